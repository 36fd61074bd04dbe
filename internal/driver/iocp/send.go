//go:build windows

package iocp

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// sendPass bounds the system calls that one op gets in a row, so that a large
// send to a fast reader does not hold up the rest.
const sendPass = 4

// send goes on with op until it is whole, the kernel keeps a piece of it or the
// pass is over.
func (p *Port) send(s *slot, op *port.Op) {
	for call := 0; ; call++ {
		count, bytes := p.fill(op)
		switch {
		case bytes == 0:
			p.end(op, s.object, nil)
			return
		case call == sendPass:
			clear(p.pieces[:count])
			p.writers.push(s)
			return
		}
		p.stats.Syscalls++
		n, errno := winsock.Send(s.handle, p.pieces[:count], s.record(port.LaneWrite))
		clear(p.pieces[:count]) // the kernel has a copy; op keeps the bytes alive
		switch {
		case p.pends(errno):
			p.given(s, port.LaneWrite)
			return
		case errno != 0:
			s.learn(errno)
			p.end(op, s.object, p.fail(op.Type.String(), errno))
			return
		}
		advance(op, n)
	}
}

// sendDone takes the end of a piece of a Send. A canceled one has moved what it
// says.
func (p *Port) sendDone(s *slot, n int, errno syscall.Errno) {
	op := s.ops[port.LaneWrite]
	advance(op, n)
	switch {
	case op.Driver.Flags&flagCanceled != 0:
		p.end(op, s.object, p.sendVerdict(op, errno))
	case errno != 0:
		s.learn(errno)
		p.end(op, s.object, p.fail(op.Type.String(), errno))
	default:
		p.send(s, op)
	}
}

// sendVerdict is how a Send ended that was canceled: it may have become whole
// before.
func (p *Port) sendVerdict(op *port.Op, errno syscall.Errno) error {
	if errno == 0 && int(op.Driver.Index) == len(op.Bufs) {
		return nil
	}
	return p.verdict(op, errno)
}

// fill makes pieces of what op has left, SendChunk bytes at most.
func (p *Port) fill(op *port.Op) (count, bytes int) {
	skip := int(op.Driver.Skip)
	for _, b := range op.Bufs[op.Driver.Index:] {
		b = b[skip:]
		skip = 0
		if len(b) == 0 {
			continue
		}
		b = b[:min(len(b), port.SendChunk-bytes)]
		p.pieces[count] = windows.WSABuf{Len: uint32(len(b)), Buf: unsafe.SliceData(b)}
		count++
		if bytes += len(b); bytes == port.SendChunk {
			break
		}
	}
	return count, bytes
}

// advance takes note that the kernel took n bytes, and steps over empty pieces.
func advance(op *port.Op, n int) {
	op.Done += n
	at := &op.Driver
	for int(at.Index) < len(op.Bufs) {
		left := len(op.Bufs[at.Index]) - int(at.Skip)
		if n < left {
			at.Skip += uint32(n)
			return
		}
		n -= left
		at.Index, at.Skip = at.Index+1, 0
	}
}

// learn remembers that the connection failed, for the Recv that comes later.
func (s *slot) learn(errno syscall.Errno) {
	if s.failed == 0 && errno != windows.WSAESHUTDOWN {
		s.failed = errno
	}
}
