//go:build windows

package iocp

import "github.com/raon-engine/raon/internal/port"

// gather fills out with what is at hand: queued completions, and what serving
// the slots in line gives. Neither of the two can keep out the other.
func (p *Port) gather(out []port.Event) (n int) {
	p.retryAccepts()
	p.collectFiles()
	room := len(out)
	if p.readers.len() > 0 {
		room = (room + int(p.pass&1)) / 2
	}
	n = p.takeEnded(out[:room])
	p.serveWriters()
	n += p.serveReaders(out[n:])
	return n + p.takeEnded(out[n:])
}

// takeEnded moves queued completions to out.
func (p *Port) takeEnded(out []port.Event) (n int) {
	for n < len(out) && p.done.Len() > 0 {
		out[n] = p.done.Pop()
		p.ended(out[n].Op)
		n++
	}
	return n
}

// serveWriters goes on with sends that had their share of the last pass.
// Outcomes are queued.
func (p *Port) serveWriters() {
	for range p.writers.len() {
		s := p.writers.pop()
		if op := s.op(port.LaneWrite); op != nil && op.Type == port.OpSend && !s.posted[port.LaneWrite] {
			p.send(s, op)
		}
	}
}

// serveReaders reads from slots, each at most once in a pass: first from those
// that starved for a buffer, then from the others.
func (p *Port) serveReaders(out []port.Event) (n int) {
	for range p.starved.len() {
		if n == len(out) || !p.buffers.Room() {
			break
		}
		n += p.serveReader(p.starved.pop(), out[n:])
	}
	for range p.readers.len() {
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
	case op == nil || s.posted[port.LaneRead]: // it was canceled, or waits for the kernel
		return 0
	case s.pass == p.pass:
		p.readers.push(s)
		return 0
	}
	s.pass = p.pass
	switch {
	case s.listener != nil:
		return p.accept(s, op, out)
	case op.Type == port.OpRecv:
		return p.recv(s, op, out)
	}
	return 0
}
