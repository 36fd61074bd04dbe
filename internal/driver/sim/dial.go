package sim

import (
	"net/netip"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// dialing is the part of a stream that matters while it connects.
type dialing struct {
	op      *port.Op
	verdict error     // how it will end; nil: ask the listener
	timer   timer     // when the answer, or its absence, is known
	backlog *listener // that is full, and waited for
	done    bool
	err     error
}

// dial starts connecting; dialing.done tells when it has ended.
func (s *stream) dial(op *port.Op) {
	s.dialing = dialing{op: op}
	s.dialing.timer.owner = s
	switch {
	case s.state != streamFresh:
		s.dialing.done, s.dialing.err = true, failOp(op, port.ErrFailed, errConnected)
		return
	case op.Addr == nil || !op.Addr.IsValid():
		s.dialed(port.ErrBadAddr)
		return
	}
	s.state = streamConnecting
	s.peer = canonical(*op.Addr)
	s.local = s.world.net.source(s.peer)
	verdict, after := s.fate()
	s.dialing.verdict = verdict
	if after == 0 {
		s.expire()
		return
	}
	s.world.arm(&s.dialing.timer, s.world.clock.now+after)
}

// fate is what the network does with a connect: how it ends, nil if the
// listener decides, and after what time.
func (s *stream) fate() (verdict error, after time.Duration) {
	w := s.world
	f := &w.opts.Faults
	roundTrip := 2 * w.opts.Latency
	if w.chance(f.Delay) {
		roundTrip += w.dice.within(f.MaxDelay)
	}
	switch {
	case isSilent(s.peer):
		return port.ErrTimeout, w.opts.ConnectTimeout
	case w.chance(f.ConnectTimeout):
		return port.ErrTimeout, w.dice.within(w.opts.ConnectTimeout)
	case isUnreachable(s.peer), w.chance(f.Unreachable):
		return port.ErrUnreachable, roundTrip
	case w.chance(f.ConnectRefused):
		return port.ErrRefused, roundTrip
	}
	return nil, roundTrip
}

// expire is when the answer to a connect is there, or overdue.
func (s *stream) expire() {
	w := s.world
	if s.dialing.verdict != nil {
		s.leaveBacklog()
		s.dialed(s.dialing.verdict)
		return
	}
	l := w.net.find(&w.dice, s.peer)
	switch {
	case l == nil:
		s.dialed(port.ErrRefused)
	case l.full():
		s.dialing.backlog = l
		s.dialing.verdict = port.ErrTimeout
		l.waiters.push(s)
		w.arm(&s.dialing.timer, w.clock.now+w.opts.ConnectTimeout)
	default:
		l.admit(s)
	}
}

// dialed ends the connect; a nil outcome is success.
func (s *stream) dialed(outcome error) {
	d := &s.dialing
	s.world.clock.stop(&d.timer)
	d.done, d.backlog = true, nil
	if outcome != nil {
		detail := "nowhere"
		if d.op.Addr != nil {
			detail = d.op.Addr.String()
		}
		d.err = fail(d.op.Type.String(), outcome, nil, detail)
		s.state = streamFresh
		s.peer = port.Addr{}
	}
	d.op = nil
	s.wake(port.LaneRead)
	s.wake(port.LaneWrite)
}

// hangUp gives up a connect, if there is one that has not ended.
func (s *stream) hangUp() {
	if s.state != streamConnecting {
		return
	}
	s.world.clock.stop(&s.dialing.timer)
	s.leaveBacklog()
	s.state = streamFresh
	s.peer = port.Addr{}
}

// leaveBacklog stops waiting for a full listener.
func (s *stream) leaveBacklog() {
	l := s.dialing.backlog
	if l == nil {
		return
	}
	s.dialing.backlog = nil
	for range l.waiters.len() {
		if other := l.waiters.pop(); other != s {
			l.waiters.push(other)
		}
	}
}

// The networks that nobody has, RFC 5737. See the package documentation.
var (
	silent1     = netip.MustParsePrefix("192.0.2.0/24")
	silent2     = netip.MustParsePrefix("198.51.100.0/24")
	unreachable = netip.MustParsePrefix("203.0.113.0/24")
)

func isSilent(a port.Addr) bool {
	return silent1.Contains(a.IP.Addr()) || silent2.Contains(a.IP.Addr())
}

func isUnreachable(a port.Addr) bool { return unreachable.Contains(a.IP.Addr()) }
