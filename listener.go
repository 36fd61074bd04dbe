package raon

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// Listener accepts connections for a server and deals them to the workers. It
// lives on one worker; its atomics and Addr are for everybody. RAON called it
// IocpObjectListener.
type Listener struct {
	service *Service
	worker  *worker
	ground  *ground
	addr    Addr
	keep    bool // SO_REUSEPORT: accepted sockets stay on this worker

	handle   Handle
	ref      port.Ref
	acceptOp port.Op
	endOp    port.Op
	armed    bool
	ending   bool
	given    chan<- surrendered // a Surrender waits for the handle
	parked   []Handle           // accepted while no session was idle
	replies  int                // server-full replies under way

	starving atomic.Bool // parked or stopped for want of a session
	complain rateLimit
}

// surrendered is the answer to a Surrender.
type surrendered struct {
	handle Handle
	err    error
}

// parkedMost bounds the connections that were accepted before the driver heard
// that sessions had run out. What comes on top is reset.
const parkedMost = 1024

// SessionType labels the listener in logs and metrics.
func (l *Listener) SessionType() SessionType { return l.service.sessionType }

// Handle is the listening socket.
func (l *Listener) Handle() Handle { return l.handle }

// Addr is where it listens, with the real port.
func (l *Listener) Addr() Addr { return l.addr }

// start attaches the listening socket to the worker's port. On the worker.
func (l *Listener) start() {
	ref, err := l.ground.port.Attach(l.handle, port.KindListener, l)
	if err != nil {
		l.service.log.Error("raon: cannot listen", "addr", l.addr.String(), "err", err)
		_ = l.ground.driver.CloseHandle(l.handle, false) // the cause has been logged
		l.ending = true
		l.service.partEnded()
		return
	}
	l.ref = ref
	l.accept()
}

// accept arms the stream of connections unless it is armed, ending, or there is
// no session for the next one.
func (l *Listener) accept() {
	if l.armed || l.ending || l.starving.Load() {
		return
	}
	l.armed = true
	l.acceptOp = port.Op{Type: port.OpAccept, Target: l.ref}
	l.ground.port.Submit(&l.acceptOp)
}

// HandleCompletion takes accepted connections. The listener's worker calls it.
func (l *Listener) HandleCompletion(ev *Event) {
	if ev.Op == &l.endOp {
		l.service.partEnded()
		return
	}
	switch {
	case ev.Err == nil && ev.Handle != NoHandle:
		l.place(ev.Handle)
	case ev.Err != nil && !errors.Is(ev.Err, port.ErrCanceled):
		l.report(ev.Err)
	}
	if !ev.More {
		l.armed = false
		l.surrender()
		l.accept()
	}
}

// place finds a session for an accepted connection and a worker for both.
func (l *Listener) place(h Handle) {
	if l.ending && l.given == nil { // while it is being handed over its own are served
		l.refuse(h)
		return
	}
	from, err := l.ground.driver.PeerAddr(h)
	if err != nil { // the peer is gone already
		l.service.log.Debug("raon: accepted connection could not begin", "err", err)
		l.reset(h)
		return
	}
	gated := !l.service.gate.trusts(from) // else the client that is announced will be
	if gated && !l.letIn(h, from) {
		return
	}
	s := l.service.pool.acquire(l.service)
	if s == nil {
		l.turnAway(h, from, gated)
		return
	}
	s.peer = from
	if gated {
		s.set(flagGated)
	}
	l.deal(s, h)
}

// letIn asks the gate, and closes the connection if it says no. A session is not
// taken for that: who is refused keeps nobody out.
func (l *Listener) letIn(h Handle, from Addr) bool {
	now := l.worker.now
	err := l.service.gate.enter(from, now)
	if err != nil {
		l.service.refusedAtGate(from, err, now)
		l.reset(h)
	}
	return err == nil
}

// turnAway deals with a connection that there is no session for: it is told, or
// waits and asks the gate again.
func (l *Listener) turnAway(h Handle, from Addr, gated bool) {
	gate, now := l.service.gate, l.worker.now
	if l.replyFull(h) {
		if gated {
			gate.leave(from, now) // and has spent of its burst
		}
		return
	}
	if gated {
		gate.undo(from, now)
	}
	l.park(h)
}

// deal hands the connection to the least loaded worker.
func (l *Listener) deal(s *Session, h Handle) {
	w := l.choose()
	w.live.Add(1)
	l.service.open.Add(1) // begin takes it back
	if w == l.worker {
		s.begin(w, h)
		return
	}
	if err := w.push(message{kind: msgAdopt, session: s, handle: h}); err != nil {
		w.live.Add(-1)
		l.worker.live.Add(1)
		s.begin(l.worker, h) // that worker is flooded: keep it here
	}
}

// choose is the least loaded worker, this one if it is as good as any.
func (l *Listener) choose() *worker {
	best, load := l.worker, l.worker.live.Load()
	if l.keep {
		return best
	}
	for _, w := range l.worker.core.workers {
		if n := w.live.Load(); n < load {
			best, load = w, n
		}
	}
	return best
}

// park keeps a connection until a session is idle again, and stops accepting:
// the rest waits in the kernel's backlog.
func (l *Listener) park(h Handle) {
	if len(l.parked) == parkedMost {
		l.refuse(h)
		return
	}
	l.parked = append(l.parked, h)
	if !l.starving.Swap(true) {
		if l.complain.allow(l.worker.now) {
			l.service.log.Warn("raon: session limit reached, not accepting", "addr", l.addr.String(), "max", len(l.service.pool.sessions))
		}
		l.ground.port.Cancel(&l.acceptOp)
	}
	if l.service.pool.idleCount() > 0 { // one came back between the two looks
		l.worker.urge(l.resume)
	}
}

// resume places what is parked and accepts again while sessions last.
func (l *Listener) resume() {
	if l.ending {
		return
	}
	l.starving.Store(false)
	for len(l.parked) > 0 && !l.starving.Load() {
		h := l.parked[0]
		l.parked = l.parked[1:]
		l.place(h)
	}
	l.accept()
}

func (l *Listener) refuse(h Handle) {
	l.service.refused.Add(1)
	l.reset(h)
}

// reset closes an accepted connection that nothing has come of.
func (l *Listener) reset(h Handle) {
	_ = l.ground.driver.CloseHandle(h, true) // the peer sees it
}

// report logs trouble with accepting, at most once per second.
func (l *Listener) report(err error) {
	l.service.acceptErrors.Add(1)
	if !l.complain.allow(l.worker.now) {
		return
	}
	if errors.Is(err, port.ErrTooManyFiles) {
		l.service.log.Warn("raon: out of file descriptors, accepting resumes when some are free", "addr", l.addr.String(), "err", err)
		return
	}
	l.service.log.Error("raon: accept failed", "addr", l.addr.String(), "err", err)
}

// close stops accepting and closes the socket.
func (l *Listener) close() {
	if l.ending {
		return
	}
	l.ending = true
	l.refuseParked()
	l.endOp = port.Op{Type: port.OpDisconnect, How: port.HowClose, Target: l.ref}
	l.ground.port.Submit(&l.endOp)
}

func (l *Listener) refuseParked() {
	for _, h := range l.parked {
		l.refuse(h)
	}
	l.parked = nil
}

// leave closes what no port will close, when all workers have ended: accepted
// sockets that are parked, and a listening one that was never attached.
func (l *Listener) leave() {
	l.refuseParked()
	if l.ref == 0 && !l.ending {
		_ = l.ground.driver.CloseHandle(l.handle, false) // nobody is left to tell
	}
}

// give stops accepting and hands the socket to whoever asked. On the worker.
func (l *Listener) give(to chan<- surrendered) {
	if l.ending {
		to <- surrendered{NoHandle, ErrClosed}
		return
	}
	l.ending = true
	l.given = to
	if l.armed {
		l.ground.port.Cancel(&l.acceptOp)
		return
	}
	l.surrender()
}

// surrender detaches the socket once the accept has ended, if it was asked for.
// Where the system cannot do that, accepting goes on.
func (l *Listener) surrender() {
	if l.given == nil {
		return
	}
	h, err := l.ground.port.Detach(l.ref)
	l.given <- surrendered{h, err}
	l.given = nil
	if err != nil {
		l.ending = false
		l.accept()
		return
	}
	l.refuseParked()
	l.service.partEnded()
}

// rateLimit lets one through per second.
type rateLimit struct{ next time.Duration }

func (r *rateLimit) allow(now time.Duration) bool {
	if now < r.next {
		return false
	}
	r.next = now + time.Second
	return true
}
