//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"io"

	"github.com/raon-engine/raon/internal/driver/blocking"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/file"
)

// fileQueue is what an attachment of KindFile has besides its slot: its
// operations in the order submitted, of which the pool works on the first.
type fileQueue struct {
	first, last *port.Op // linked by Driver.Next
	task        task
}

// task is the file operation that the pool works on.
type task = blocking.Task[*slot]

// newWorker makes what one goroutine of the pool does tasks with.
func newWorker() func(*task) {
	var w file.Writer
	return func(t *task) {
		fd := int(t.Handle)
		switch t.Kind {
		case port.OpFileWrite:
			t.N, t.Err = w.Write(fd, t.Bufs, t.Offset)
		case port.OpFileRead:
			t.N, t.Err = file.Read(fd, t.Bufs[0], t.Offset)
		case port.OpFileSync:
			t.Err = file.Sync(fd)
		case port.OpFileTruncate:
			t.Err = file.Truncate(fd, t.Offset)
		}
	}
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
	if p.files == nil {
		p.files = blocking.New(p.Wake, newWorker)
	}
	op := s.file.first
	s.file.task = task{Owner: s, Handle: port.Handle(s.fd), Kind: op.Type, Bufs: op.Bufs, Offset: op.Offset}
	p.files.Put(&s.file.task)
}

// collectFiles ends the ops that the pool is done with, and starts the next of
// their files.
func (p *Port) collectFiles() {
	for t := p.files.TakeDone(); t != nil; {
		s, next := t.Owner, t.Next()
		op := s.file.first
		op.Done = t.N
		p.end(op, s.object, p.fileError(t))
		s.file.first = op.Driver.Next
		op.Driver.Next = nil
		t.Bufs = nil
		if s.file.first != nil {
			p.runFile(s)
		}
		t = next
	}
}

// fileError is how the op of t ended. A read that found the end is no failure
// of the system.
func (p *Port) fileError(t *task) error {
	if t.Err == nil && t.Kind == port.OpFileRead && t.N == 0 && len(t.Bufs[0]) > 0 {
		return io.EOF
	}
	return p.fail(t.Kind.String(), t.Err)
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
