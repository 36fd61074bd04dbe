//go:build windows

package iocp

import (
	"io"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/driver/blocking"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// fileBytes is how much one system call reads or writes.
const fileBytes = 1 << 20

// fileQueue is what an attachment of KindFile has besides its slot: its
// operations in the order submitted, of which the first is under way.
type fileQueue struct {
	first, last *port.Op // linked by Driver.Next
	task        task
}

// task is a file operation that blocks, which a goroutine of the pool does.
type task = blocking.Task[*slot]

// newWorker makes what one goroutine of the pool does tasks with.
func newWorker() func(*task) {
	return func(t *task) {
		h := windows.Handle(t.Handle)
		if t.Kind == port.OpFileSync {
			t.Err = winsock.Sync(h)
			return
		}
		t.Err = winsock.Truncate(h, t.Offset)
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

// runFile begins the first op of the file, and the next when it ends at once.
func (p *Port) runFile(s *slot) {
	for op := s.file.first; op != nil; op = s.file.first {
		if op.Type == port.OpFileSync || op.Type == port.OpFileTruncate {
			p.block(s, op)
			return
		}
		done, err := p.moveFile(s, op)
		if !done {
			return
		}
		p.endFile(s, err)
	}
}

// block has the pool do op.
func (p *Port) block(s *slot, op *port.Op) {
	if p.files == nil {
		p.files = blocking.New(p.Wake, newWorker)
	}
	s.file.task = task{Owner: s, Handle: port.Handle(s.handle), Kind: op.Type, Offset: op.Offset}
	p.files.Put(&s.file.task)
}

// collectFiles ends the ops that the pool is done with, and starts the next of
// their files.
func (p *Port) collectFiles() {
	if p.files == nil {
		return
	}
	for t := p.files.TakeDone(); t != nil; {
		s, next := t.Owner, t.Next()
		p.endFile(s, p.fail(t.Kind.String(), t.Err))
		p.runFile(s)
		t = next
	}
}

// moveFile goes on with a read or write until it has ended or the kernel keeps
// a piece of it.
func (p *Port) moveFile(s *slot, op *port.Op) (done bool, err error) {
	for {
		piece := pieceOf(op)
		if len(piece) == 0 {
			return true, nil
		}
		p.stats.Syscalls++
		n, errno := p.call(s, op, piece)
		if p.pends(errno) {
			p.given(s, port.LaneWrite)
			return false, nil
		}
		advance(op, n)
		if errno != 0 || n == 0 {
			return true, p.fileVerdict(op, errno)
		}
	}
}

// call starts to read or write a piece of op.
func (p *Port) call(s *slot, op *port.Op, piece []byte) (int, syscall.Errno) {
	ov := s.record(port.LaneWrite)
	offset := op.Offset + int64(op.Done)
	if op.Type == port.OpFileRead {
		return winsock.ReadFile(s.handle, piece, offset, ov)
	}
	if op.Offset == port.Append {
		offset = port.Append
	}
	return winsock.WriteFile(s.handle, piece, offset, ov)
}

// fileDone takes the end of a piece.
func (p *Port) fileDone(s *slot, n int, errno syscall.Errno) {
	op := s.file.first
	advance(op, n)
	if errno != 0 || n == 0 {
		p.endFile(s, p.fileVerdict(op, errno))
	}
	p.runFile(s)
}

// pieceOf is what op has to move next: slices that are empty are stepped over.
func pieceOf(op *port.Op) []byte {
	advance(op, 0)
	at := &op.Driver
	if int(at.Index) == len(op.Bufs) {
		return nil
	}
	b := op.Bufs[at.Index][at.Skip:]
	return b[:min(len(b), fileBytes)]
}

// fileVerdict is how a read or write ended that stopped before it was whole. A
// read that found the end is no failure of the system.
func (p *Port) fileVerdict(op *port.Op, errno syscall.Errno) error {
	switch atEnd := errno == windows.ERROR_HANDLE_EOF || errno == 0; {
	case op.Type == port.OpFileRead && atEnd && op.Done == 0:
		return io.EOF
	case op.Type == port.OpFileRead && atEnd:
		return nil
	case errno == 0: // never for a file; do not spin on it
		errno = windows.ERROR_WRITE_FAULT
	}
	return p.fail(op.Type.String(), errno)
}

// endFile ends the first op of the file.
func (p *Port) endFile(s *slot, err error) {
	op := s.file.first
	s.file.first = op.Driver.Next
	op.Driver.Next = nil
	p.end(op, s.object, err)
}

// cancelFile ends op unless it is under way.
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

// cancelFiles ends all ops of the file but the one that is under way.
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
