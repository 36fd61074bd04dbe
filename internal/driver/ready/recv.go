//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"io"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

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
		got, errno := socket.Recv(int(s.fd), space)
		if errno != 0 || got == 0 {
			p.recvEnded(s, op, errno)
			return n
		}
		out[n] = port.Event{Op: op, Object: s.object, N: got, Handle: port.NoHandle, Buf: p.buffers.Lend(got), More: true}
		n, left = n+1, left-got
		if got < len(space) && !s.drain {
			s.readable = false // the next byte makes an edge
			return n
		}
	}
	p.readers.push(s)
	return n
}

// recvEnded deals with a read that gave nothing.
func (p *Port) recvEnded(s *slot, op *port.Op, errno unix.Errno) {
	switch {
	case errno == unix.EAGAIN:
		s.readable = false
	case errno == unix.EINTR:
		p.readers.push(s)
	case errno != 0:
		p.end(op, s.object, p.fail(op.Type.String(), errno))
	case s.failed != 0:
		// A Send was told of the reset, and the kernel tells only once: what
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

// preRecv ends op if there is something to read. The edge may be older than the
// last read, so the kernel is asked.
func (p *Port) preRecv(s *slot, op *port.Op) {
	p.stats.Syscalls++
	if socket.Readable(int(s.fd)) {
		p.end(op, s.object, nil)
		return
	}
	s.readable = false
}
