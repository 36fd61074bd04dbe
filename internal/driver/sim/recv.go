package sim

import "github.com/raon-engine/raon/internal/port"

// visitRead takes the op in the read lane as far as it goes.
func (a *attachment) visitRead(out []port.Event) int {
	l := &a.lanes[port.LaneRead]
	if l.op == nil || a.blocked(out) {
		return 0
	}
	n := 0
	switch {
	case l.ended:
	case l.canceled && !a.putOff(l):
		l.end(port.ErrCanceled)
	case !l.started && a.putOff(l):
		return 0
	default:
		l.started = true
		n = a.read(l, out)
	}
	if l.canceled && !l.ended {
		l.end(port.ErrCanceled) // after what came first
	}
	if l.ended && !a.blocked(out[n:]) {
		n += a.emit(l, out[n:])
	}
	return n
}

// read takes the next steps of the op in l.
func (a *attachment) read(l *lane, out []port.Event) int {
	if l.disarmed {
		l.disarmed = false
		a.port.stats.Rearms++
	}
	switch l.op.Type {
	case port.OpAccept:
		return a.accept(l, out)
	case port.OpRecv:
		return a.recv(l, out)
	}
	if a.res.readable() {
		l.end(nil)
	}
	return 0
}

// recv lends what has arrived, up to PassBytes.
func (a *attachment) recv(l *lane, out []port.Event) int {
	s := a.res.(*stream)
	w := a.port.world
	if w.chance(w.opts.Faults.Reset) {
		s.sever()
	}
	budget := port.PassBytes
	for n := range out {
		if s.in == nil || s.in.unread() == 0 {
			if err := s.readEnd(l.op); err != nil {
				l.end(err)
			}
			return n
		}
		if budget == 0 || n > 0 && a.port.scarce {
			a.mark()
			return n
		}
		if a.starves() {
			return n
		}
		size := w.dice.shorten(min(s.in.unread(), a.port.lender.size, budget), w.opts.Faults.ShortRecv)
		out[n] = a.lend(l.op, s, size)
		budget -= size
		if a.lost(l) {
			return n + 1
		}
	}
	a.mark() // there may be more
	return len(out)
}

// lend is the event for the next size bytes.
func (a *attachment) lend(op *port.Op, s *stream, size int) port.Event {
	buf := a.port.lender.lend(size)
	a.port.stats.Lent++
	s.in.take(buf.Data)
	op.Done += size
	return port.Event{Op: op, Object: a.object, N: size, Buf: buf, More: true}
}

// starves tells whether there is no buffer for a, which then queues for one.
func (a *attachment) starves() bool {
	p := a.port
	faults := &p.world.opts.Faults
	if !p.lender.empty() && (a.spared || !p.world.chance(faults.NoBuffers)) {
		a.spared = false
		return false
	}
	p.stats.Starved++
	a.spared = true
	if !a.starved {
		a.starved = true
		p.starved.push(a)
	}
	return true
}
