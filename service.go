package raon

import (
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/internal/port"
)

// Service is a role of the process with a pool of sessions: a server or a
// client. RAON called it ServiceCoordinator. Any goroutine may call its methods.
type Service struct {
	core        *Core
	driver      port.Driver // the core's, but for an offline service
	name        string
	kind        ServiceType
	sessionType SessionType
	log         *slog.Logger
	limits      limits
	newHandler  func() Handler
	newLayers   func() []Layer

	pool   *SessionPool
	shares []*share // one per worker

	listeners        []*Listener // servers only
	gate             *gate       // servers only
	fullReply        []byte      // servers only; not changed
	dialer           *dialer     // clients only
	handshakeTimeout time.Duration
	drainTimeout     time.Duration

	open     atomic.Int64 // listeners and shares that have not ended
	draining atomic.Bool

	accepted      atomic.Uint64
	refused       atomic.Uint64
	acceptErrors  atomic.Uint64
	connectFailed atomic.Uint64
	disconnected  atomic.Uint64
	foreignDrops  atomic.Uint64
	kicks         [256]atomic.Uint64
}

// serviceParts is what servers and clients have in common.
type serviceParts struct {
	name         string
	kind         ServiceType
	sessionType  SessionType
	sessions     int
	drainTimeout time.Duration
	newHandler   func() Handler
	newLayers    func() []Layer
	limits       limits
	grounds      []*ground // by worker; nil: the workers' own
}

func newService(c *Core, p serviceParts) *Service {
	if p.drainTimeout == 0 {
		p.drainTimeout = defaultDrainTimeout
	}
	if p.grounds == nil {
		for _, w := range c.workers {
			p.grounds = append(p.grounds, &w.ground)
		}
	}
	if p.name == "" {
		p.name = p.kind.String()
	}
	s := &Service{
		core: c, name: p.name, kind: p.kind, sessionType: p.sessionType,
		log:    c.log.With("service", p.name),
		limits: p.limits, newHandler: p.newHandler, newLayers: p.newLayers,
		driver: p.grounds[0].driver, handshakeTimeout: p.limits.HandshakeTimeout, drainTimeout: p.drainTimeout,
	}
	s.pool = newSessionPool(s, p.sessions)
	for i, w := range c.workers {
		s.shares = append(s.shares, &share{service: s, worker: w, ground: p.grounds[i], audience: audience{worker: w}})
	}
	s.open.Store(int64(len(s.shares)))
	return s
}

const defaultDrainTimeout = 10 * time.Second

// Name labels the service in logs and metrics.
func (s *Service) Name() string { return s.name }

// Type says what the service does.
func (s *Service) Type() ServiceType { return s.kind }

// Serves tells whether the service takes connections rather than makes them.
func (s *Service) Serves() bool { return len(s.listeners) > 0 }

// SessionType is the type of the service's sessions.
func (s *Service) SessionType() SessionType { return s.sessionType }

// Core is the core that the service lives on.
func (s *Service) Core() *Core { return s.core }

// ForEach runs fn for every connected session, on the sessions' workers, each
// as a callback of its session. It posts one job per worker and returns; on
// ErrQueueFull some workers may have got theirs.
func (s *Service) ForEach(fn func(*Session)) error {
	return s.onEachWorker(func(sh *share) error {
		return sh.worker.push(message{kind: msgJob, arg: func() { sh.forEach(fn) }})
	})
}

// Broadcast sends buf as one packet to every connected session and takes over
// one reference of it. Each worker gets one message. On ErrQueueFull some
// workers may have got theirs. What one goroutine broadcasts arrives in order.
func (s *Service) Broadcast(buf buffer.SendBuffer, packetID uint16) error {
	buf.Retain(len(s.shares))
	defer buf.Release(1)
	return s.onEachWorker(func(sh *share) error {
		err := sh.worker.pushBroadcast(parcel{audience: &sh.audience, buf: buf, id: packetID})
		if err != nil {
			buf.Release(1)
		}
		return err
	})
}

// onEachWorker calls fn for every share and returns the first error.
func (s *Service) onEachWorker(fn func(*share) error) (first error) {
	for _, sh := range s.shares {
		if err := fn(sh); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// ResetPool aborts every living session with reason. Sessions that connect
// afterwards are not affected. RAON called it ResetSessionPool.
func (s *Service) ResetPool(reason KickReason) {
	for _, sh := range s.shares {
		sh.worker.urge(func() { sh.abortAll(reason) })
	}
}

// StopAccepting closes the listening sockets; the sessions live on until Drain.
func (s *Service) StopAccepting() {
	for _, l := range s.listeners {
		l.worker.urge(l.close)
	}
}

// Drain ends the service and returns at once. It stops accepting, closes what
// waits in the backlog, lets every session answer what has been read from it,
// flush and close with KickShutdown; after timeout it aborts those that are
// left. When the last session has ended the service is gone from its core.
func (s *Service) Drain(timeout time.Duration) {
	if !s.draining.CompareAndSwap(false, true) {
		return
	}
	s.StopAccepting()
	if s.dialer != nil {
		s.dialer.stop()
	}
	for _, sh := range s.shares {
		sh.worker.urge(func() { sh.drain(timeout) })
	}
}

// partEnded counts the parts of a draining service; the last one ends it.
func (s *Service) partEnded() {
	if s.open.Add(-1) == 0 {
		s.log.Info("raon: service ended", "disconnected", s.disconnected.Load())
		s.core.serviceEnded(s)
	}
}

// sessionFreed runs when a session has come back to an empty pool.
func (s *Service) sessionFreed() {
	for _, l := range s.listeners {
		if l.starving.Load() {
			l.worker.urge(l.resume)
		}
	}
}

// noteKick counts the end of a connection.
func (s *Service) noteKick(x *Session) {
	s.disconnected.Add(1)
	s.kicks[x.reason].Add(1)
	if x.reason == KickNoLog || !x.share.kickLog.allow(x.worker.now) {
		return
	}
	s.log.Debug("raon: session ended", "session", x.id, "peer", x.PeerAddr().String(), "reason", x.reason.String(), "err", x.err)
}
