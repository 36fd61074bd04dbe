//go:build windows

package iocp

import (
	"io"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// startRecv reads when there may be something to read, else waits for it.
func (p *Port) startRecv(s *slot, op *port.Op) {
	if s.readable {
		p.readers.push(s)
		return
	}
	p.awaitBytes(s, op)
}

// startPreRecv waits for something to read: what was known of that may be out
// of date.
func (p *Port) startPreRecv(s *slot, op *port.Op) {
	switch s.kind {
	case port.KindListener:
		p.startAccept(s)
	case port.KindOther:
		p.startWait(s, op)
	default:
		p.awaitBytes(s, op)
	}
}

// awaitBytes posts a receive of no bytes, which completes when there is
// something to read: bytes, the end or an error.
func (p *Port) awaitBytes(s *slot, op *port.Op) {
	p.stats.Syscalls++
	errno := winsock.RecvZero(s.handle, s.record(port.LaneRead))
	if p.pends(errno) {
		p.given(s, port.LaneRead)
		return
	}
	p.bytesCame(s, op, errno)
}

// readDone takes the end of what awaitBytes posted.
func (p *Port) readDone(s *slot, errno syscall.Errno) {
	op := s.ops[port.LaneRead]
	if op.Driver.Flags&flagCanceled != 0 {
		s.readable = errno == 0
		p.end(op, s.object, p.verdict(op, errno))
		return
	}
	p.bytesCame(s, op, errno)
}

// bytesCame goes on with an op that waited for something to read. A reset that
// a Recv is to be told of has the same error whether it waited or read.
func (p *Port) bytesCame(s *slot, op *port.Op, errno syscall.Errno) {
	switch {
	case errno != 0:
		p.end(op, s.object, p.fail(op.Type.String(), errno))
	case op.Type == port.OpPreRecv:
		s.readable = true
		p.end(op, s.object, nil)
	default:
		s.readable = true
		p.readers.push(s)
	}
}

// recv reads into lent buffers until the socket is empty, out is full or the
// pass's budget is spent. One event per read.
func (p *Port) recv(s *slot, op *port.Op, out []port.Event) (n int) {
	for left := port.PassBytes; left > 0 && n < len(out); {
		space := p.buffers.Space(left)
		if space == nil {
			p.starve(s, n > 0)
			return n
		}
		p.stats.Syscalls++
		got, errno := winsock.Recv(s.handle, space)
		if errno != 0 || got == 0 {
			p.recvEnded(s, op, errno)
			return n
		}
		out[n] = port.Event{Op: op, Object: s.object, N: got, Handle: port.NoHandle, Buf: p.buffers.Lend(got), More: true}
		n, left = n+1, left-got
		if got < len(space) {
			s.readable = false
			p.awaitBytes(s, op)
			return n
		}
	}
	p.readers.push(s)
	return n
}

// recvEnded deals with a read that gave nothing.
func (p *Port) recvEnded(s *slot, op *port.Op, errno syscall.Errno) {
	switch {
	case errno == windows.WSAEWOULDBLOCK:
		s.readable = false
		p.awaitBytes(s, op)
	case errno != 0:
		p.end(op, s.object, p.fail(op.Type.String(), errno))
	case s.failed != 0:
		// A Send was told of the reset, and a kernel may tell only once: what
		// looks like an orderly end is none.
		p.end(op, s.object, p.fail(op.Type.String(), s.failed))
	default:
		p.end(op, s.object, io.EOF)
	}
}

// starve puts s where it waits for buffers to come back. One that got some in
// this pass queues behind those that got none.
func (p *Port) starve(s *slot, fed bool) {
	if fed {
		p.readers.push(s)
		return
	}
	p.stats.Starved++
	p.starved.push(s)
}
