//go:build windows

package iocp

import (
	"github.com/raon-engine/raon/internal/driver/fifo"
	"github.com/raon-engine/raon/internal/port"
)

// line is a queue of slots whose lane is to be served. A slot stands in one
// line of a lane at most; one that was freed meanwhile keeps its place, and
// whoever serves it finds that there is nothing to do.
type line struct {
	lane  port.Lane
	queue fifo.Queue[*slot]
}

func (l *line) len() int { return l.queue.Len() }

// push puts s at the end, unless it stands in a line already.
func (l *line) push(s *slot) {
	if !s.lined[l.lane] {
		s.lined[l.lane] = true
		l.queue.Push(s)
	}
}

// pop takes the first; there must be one.
func (l *line) pop() *slot {
	s := l.queue.Pop()
	s.lined[l.lane] = false
	return s
}
