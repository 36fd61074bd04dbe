//go:build linux

package ready

import (
	"io"

	"github.com/raon-engine/raon/internal/port"
)

// fileQueue is what an attachment of KindFile has besides its slot: its
// operations in the order submitted, of which the pool works on the first.
type fileQueue struct {
	first, last *port.Op // linked by Driver.Next
	task        task
}

// startFile queues op behind the others of its file.
func (p *Port) startFile(s *slot, op *port.Op) {
	f := s.file
	if f.first != nil {
		f.last.Driver.Next, f.last = op, op
		return
	}
	f.first, f.last = op, op
	p.runFile(s)
}

// runFile has the pool work on the first op of the file.
func (p *Port) runFile(s *slot) {
	if p.pool == nil {
		p.pool = newPool(p.Wake)
	}
	op := s.file.first
	s.file.task = task{slot: s, fd: int(s.fd), kind: op.Type, bufs: op.Bufs, offset: op.Offset}
	p.pool.put(&s.file.task)
}

// collectFiles ends the ops that the pool is done with, and starts the next of
// their files.
func (p *Port) collectFiles() {
	for t := p.pool.takeDone(); t != nil; {
		s, next := t.slot, t.next
		op := s.file.first
		op.Done = t.n
		p.end(op, s.object, p.fileError(t))
		s.file.first = op.Driver.Next
		op.Driver.Next = nil
		t.bufs = nil
		if s.file.first != nil {
			p.runFile(s)
		}
		t = next
	}
}

// fileError is how the op of t ended. A read that found the end is no failure
// of the system.
func (p *Port) fileError(t *task) error {
	if t.err == nil && t.kind == port.OpFileRead && t.n == 0 && len(t.bufs[0]) > 0 {
		return io.EOF
	}
	return p.fail(t.kind.String(), t.err)
}

// cancelFile ends op unless the pool is working on it.
func (p *Port) cancelFile(s *slot, op *port.Op) {
	for before := s.file.first; before != nil; before = before.Driver.Next {
		if before.Driver.Next != op {
			continue
		}
		before.Driver.Next = op.Driver.Next
		if s.file.last == op {
			s.file.last = before
		}
		op.Driver.Next = nil
		p.end(op, s.object, port.ErrCanceled)
		return
	}
}

// cancelFiles ends all ops of the file but the one that the pool is working on.
func (p *Port) cancelFiles(s *slot) {
	if s.file.first == nil {
		return
	}
	for op := s.file.first.Driver.Next; op != nil; {
		next := op.Driver.Next
		op.Driver.Next = nil
		p.end(op, s.object, port.ErrCanceled)
		op = next
	}
	s.file.first.Driver.Next, s.file.last = nil, s.file.first
}
