package sim

import "github.com/raon-engine/raon/internal/port"

// visitWrite takes the op in the write lane as far as it goes.
func (a *attachment) visitWrite(out []port.Event) int {
	l := &a.lanes[port.LaneWrite]
	if l.op == nil || a.blocked(out) {
		return 0
	}
	if l.canceled && !l.ended && !a.putOff(l) {
		a.abandon(l)
	}
	switch {
	case l.ended:
	case l.started:
		a.write(l)
	case a.putOff(l):
		return 0
	default:
		a.startWrite(l)
	}
	if !l.ended || a.putOff(l) {
		return 0
	}
	return a.emit(l, out)
}

// startWrite begins the op in l.
func (a *attachment) startWrite(l *lane) {
	l.started = true
	for _, b := range l.op.Bufs {
		l.size += len(b)
	}
	if l.op.Type == port.OpConnect {
		a.res.(*stream).dial(l.op)
	}
	a.write(l)
}

// write takes the next steps of the op in l.
func (a *attachment) write(l *lane) {
	s := a.res.(*stream)
	if l.op.Type == port.OpSend {
		a.send(l, s)
	} else if s.dialing.done {
		l.end(s.dialing.err)
	}
}

// abandon ends the op in l, wherever it is.
func (a *attachment) abandon(l *lane) {
	if l.started && l.op.Type == port.OpConnect {
		s := a.res.(*stream)
		if s.dialing.done {
			return // its real outcome came first
		}
		s.hangUp()
	}
	l.end(port.ErrCanceled)
}

// send gives the kernel what it has room for, SendChunk at a time. A short
// send goes on at the next visit.
func (a *attachment) send(l *lane, s *stream) {
	w := a.port.world
	if w.chance(w.opts.Faults.Reset) {
		s.sever()
	}
	for l.op.Done < l.size {
		if err := s.writeEnd(l.op); err != nil {
			l.end(err)
			return
		}
		most := min(s.out.room(), port.SendChunk, l.size-l.op.Done)
		if most == 0 {
			return
		}
		n := w.dice.shorten(most, w.opts.Faults.ShortSend)
		for left := n; left > 0; {
			piece := nextPiece(l.op, left)
			s.out.put(piece)
			left -= len(piece)
		}
		l.op.Done += n
		s.out.launch(signNone)
		if n < most {
			a.mark()
			break
		}
	}
	if l.op.Done == l.size {
		l.end(nil)
	}
}

// nextPiece is the next of op's bytes that lie together, at most limit.
func nextPiece(op *port.Op, limit int) []byte {
	d := &op.Driver
	b := op.Bufs[d.Index][d.Skip:]
	if len(b) > limit {
		d.Skip += uint32(limit)
		return b[:limit]
	}
	d.Index++
	d.Skip = 0
	return b
}
