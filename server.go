package raon

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// ServerOptions shapes a service that listens. Zero means the default given.
type ServerOptions struct {
	Name        string // label in logs and metrics; "server"
	SessionType SessionType

	Listen []Addr   // where to listen
	Adopt  []Handle // listening sockets to take over, as Surrender gave them away

	MaxSessions int  // size of the pool; 10,000. Beyond it clients wait in the backlog
	Backlog     int  // 1,024; the system may cap it
	ReusePort   bool // a listener per worker on each address (SO_REUSEPORT); sockets stay where they were accepted
	V6Only      bool // [::] takes IPv6 only; default dual stack

	// What follows is asked before a connection takes a session; who is refused is
	// reset. Connections over unix sockets are not subject to it. 65,536 addresses are
	// remembered. Beyond that those without a connection are forgotten, and with them
	// how fast they came; when all have one, new addresses are refused.
	MaxPerAddress    int // connections of one address at once; 0 is any number
	AcceptsPerSecond int // connections of one address per second; 0 is any number
	AcceptBurst      int // of them at once after a pause; AcceptsPerSecond
	AddressBits6     int // an IPv6 address counts as its network of so many bits; 64

	Allow []netip.Prefix // who may connect; none is everybody. Service.SetAccess changes it
	Deny  []netip.Prefix // who may not, even if allowed

	// ProxyFrom are the networks of proxies. A connection from there has to begin with
	// a PROXY protocol header, version 2, within HandshakeTimeout, and is from then on
	// the announced client's: for limits, lists, OnAccept and PeerAddr. Without one it
	// is kicked with KickPacketError. One that the proxy makes for itself (LOCAL, a
	// health check) is neither counted nor looked up in the lists; of one whose client
	// the proxy does not know, the proxy is the client. Everybody else sends none.
	ProxyFrom []netip.Prefix

	// FullReply is what those get, as it is, without layers, who find no idle session;
	// then their connection is closed. At most 128 at a time per address listened on,
	// each for at most 1 s; more are reset. Without it accepting stops, and clients
	// wait in the backlog.
	FullReply []byte

	DrainTimeout time.Duration  // for Core.Shutdown; 10 s
	NewHandler   func() Handler // makes the handler of one pooled session; required
	NewLayers    func() []Layer // makes a connection's layers, outermost first; nil is none
	Session      SessionOptions
}

const defaultMaxSessions = 10_000

// maxPool bounds a service's sessions: what a Ref's slot index can name.
const maxPool = 1 << 22

// RegisterServer makes a service that listens. When it returns, the kernel takes
// connections. Errors: every fault of opts at once, ErrAddrInUse and the like
// with the address, ErrClosed.
func (c *Core) RegisterServer(opts ServerOptions) (*Service, error) {
	limits, err := opts.validate()
	gate, gateErr := newGate(&opts)
	if err := errors.Join(err, gateErr); err != nil {
		return nil, err
	}
	s := newService(c, serviceParts{
		name: opts.Name, kind: ServiceServer, sessionType: opts.SessionType, sessions: opts.MaxSessions,
		drainTimeout: opts.DrainTimeout, newHandler: opts.NewHandler, newLayers: opts.NewLayers, limits: limits,
	})
	s.gate, s.fullReply = gate, slices.Clone(opts.FullReply)
	if err := s.listen(opts); err != nil {
		return nil, err
	}
	s.open.Add(int64(len(s.listeners)))
	if err := c.addService(s, s.startListeners); err != nil {
		s.closeListeners()
		return nil, err
	}
	return s, nil
}

// startListeners has each worker begin to accept.
func (s *Service) startListeners() {
	for _, l := range s.listeners {
		l.worker.urge(l.start)
	}
}

// validate fills in defaults and reports every fault at once.
func (o *ServerOptions) validate() (limits, error) {
	var errs []error
	if o.MaxSessions == 0 {
		o.MaxSessions = defaultMaxSessions
	}
	if o.MaxSessions < 1 || o.MaxSessions > maxPool {
		errs = append(errs, fmt.Errorf("ServerOptions.MaxSessions %d: want 1 to %d", o.MaxSessions, maxPool))
	}
	if o.NewHandler == nil {
		errs = append(errs, errors.New("ServerOptions.NewHandler: required"))
	}
	if len(o.Listen)+len(o.Adopt) == 0 {
		errs = append(errs, errors.New("ServerOptions.Listen: no address"))
	}
	if len(o.FullReply) > port.SendChunk {
		errs = append(errs, fmt.Errorf("ServerOptions.FullReply: %d bytes, want at most %d", len(o.FullReply), port.SendChunk))
	}
	if o.Backlog < 0 {
		errs = append(errs, fmt.Errorf("ServerOptions.Backlog %d: must not be negative", o.Backlog))
	}
	if o.DrainTimeout < 0 {
		errs = append(errs, fmt.Errorf("ServerOptions.DrainTimeout %v: must not be negative", o.DrainTimeout))
	}
	l, err := o.Session.normalized(ServiceServer)
	return l, errors.Join(append(errs, err)...)
}

// listen makes every listening socket, or none.
func (s *Service) listen(opts ServerOptions) error {
	lo := port.ListenOptions{Backlog: opts.Backlog, ReusePort: opts.ReusePort, V6Only: opts.V6Only}
	for _, addr := range opts.Listen {
		each := 1
		if opts.ReusePort && !addr.IsUnix() {
			each = len(s.core.workers)
		}
		for range each {
			h, err := s.driver.Listen(addr, lo)
			if err != nil {
				s.closeListeners()
				return err
			}
			addr = s.addListener(h, opts.ReusePort) // the siblings share the port that the first one got
		}
	}
	for _, h := range opts.Adopt {
		s.addListener(h, false)
	}
	return nil
}

// addListener makes the Listener of a listening socket, on the next worker.
func (s *Service) addListener(h Handle, keep bool) Addr {
	addr, _ := s.driver.LocalAddr(h) // a socket without an address shows as none
	sh := s.shares[len(s.listeners)%len(s.shares)]
	s.listeners = append(s.listeners, &Listener{service: s, worker: sh.worker, ground: sh.ground, addr: addr, handle: h, keep: keep})
	return addr
}

// closeListeners closes sockets that have not been started.
func (s *Service) closeListeners() {
	for _, l := range s.listeners {
		_ = s.driver.CloseHandle(l.handle, false) // the caller reports why
	}
}

// Addrs is where the service listens, with the real ports.
func (s *Service) Addrs() []Addr {
	var out []Addr
	for _, l := range s.listeners {
		if len(out) == 0 || out[len(out)-1] != l.addr {
			out = append(out, l.addr)
		}
	}
	return out
}

// Surrender stops accepting and gives the listening sockets away, for another
// core or process to adopt: connections in their backlogs are not lost. The
// sessions live on until Drain. It must not be called by a callback. Errors:
// ErrClosed when draining or ended, ErrNotSupported where the system cannot.
func (s *Service) Surrender() ([]Handle, error) {
	answers := make(chan surrendered, len(s.listeners))
	for _, l := range s.listeners {
		l.worker.urge(func() { l.give(answers) })
	}
	var handles []Handle
	var errs []error
	for range s.listeners {
		select {
		case a := <-answers:
			if a.err == nil {
				handles = append(handles, a.handle)
			} else {
				errs = append(errs, a.err)
			}
		case <-s.core.ended:
			return handles, errors.Join(append(errs, ErrClosed)...)
		}
	}
	return handles, errors.Join(errs...)
}
