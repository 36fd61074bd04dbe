//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import "github.com/raon-engine/raon/internal/port"

// gather fills out with what is at hand: queued completions, and what serving
// the ready slots gives. Neither of the two can keep out the other.
func (p *Port) gather(out []port.Event) (n int) {
	if len(p.retries) > 0 {
		p.retry()
	}
	if p.files != nil {
		p.collectFiles()
	}
	room := len(out)
	if p.readers.n > 0 {
		room = (room + int(p.pass&1)) / 2
	}
	n = p.take(out[:room])
	p.serveWriters()
	n += p.serveReaders(out[n:])
	return n + p.take(out[n:])
}

// take moves queued completions to out.
func (p *Port) take(out []port.Event) (n int) {
	for n < len(out) && p.done.Len() > 0 {
		out[n] = p.done.Pop()
		p.ended(out[n].Op)
		n++
	}
	return n
}

// serveWriters goes on with what was waiting for room. Outcomes are queued.
func (p *Port) serveWriters() {
	for range p.writers.n {
		s := p.writers.pop()
		switch op := s.op(port.LaneWrite); {
		case op == nil: // it was canceled
		case op.Type == port.OpConnect:
			p.connect(s, op)
		default:
			p.send(s, op)
		}
	}
}

// serveReaders reads from slots, each at most once in a pass: first from those
// that starved for a buffer, then from the others.
func (p *Port) serveReaders(out []port.Event) (n int) {
	for range p.starved.n {
		if n == len(out) || !p.buffers.Room() {
			break
		}
		n += p.serveReader(p.starved.pop(), out[n:])
	}
	for range p.readers.n {
		if n == len(out) {
			break
		}
		n += p.serveReader(p.readers.pop(), out[n:])
	}
	return n
}

func (p *Port) serveReader(s *slot, out []port.Event) int {
	op := s.op(port.LaneRead)
	switch {
	case op == nil: // it was canceled
		return 0
	case s.pass == p.pass:
		p.readers.push(s)
		return 0
	}
	s.pass = p.pass
	switch op.Type {
	case port.OpAccept:
		return p.accept(s, op, out)
	case port.OpRecv:
		return p.recv(s, op, out)
	}
	p.preRecv(s, op)
	return 0
}
