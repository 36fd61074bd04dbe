//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

// sendPass bounds the system calls that one op gets in a row, so that a large
// send to a fast reader does not hold up the rest.
const sendPass = 4

// send goes on with op until it is whole, the socket is full or the pass is
// over.
func (p *Port) send(s *slot, op *port.Op) {
	for call := 0; ; call++ {
		count, bytes := p.fill(op)
		switch {
		case bytes == 0:
			p.end(op, s.object, nil)
			return
		case call == sendPass:
			p.pieces.Drop(count)
			p.writers.push(s)
			return
		}
		p.stats.Syscalls++
		n, tried, errno := p.pieces.Send(int(s.fd), count, bytes)
		switch {
		case errno == unix.EINTR:
			continue
		case errno == unix.EAGAIN:
			p.awaitRoom(s, op)
			return
		case errno != 0:
			s.learn(errno)
			p.end(op, s.object, p.fail(op.Type.String(), errno))
			return
		}
		advance(op, n)
		if n < tried { // full: room makes an edge
			p.awaitRoom(s, op)
			return
		}
	}
}

// TrySend makes the one call that a small send needs, without an op.
func (p *Port) TrySend(ref port.Ref, b []byte) (n int, err error) {
	p.own()
	s := p.slots.find(ref)
	if s == nil || s.closing || s.ops[port.LaneWrite] != nil {
		return 0, nil
	}
	p.stats.Syscalls++
	n, errno := socket.Send(int(s.fd), b[:min(len(b), port.SendChunk)])
	switch errno {
	case 0:
		return n, nil
	case unix.EAGAIN, unix.EINTR:
		return 0, nil
	}
	s.learn(errno)
	return 0, p.fail(port.OpSend.String(), errno)
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
		p.pieces.Set(count, b)
		count++
		if bytes += len(b); bytes == port.SendChunk {
			break
		}
	}
	return count, bytes
}

// advance takes note that the kernel took n bytes.
func advance(op *port.Op, n int) {
	op.Done += n
	at := &op.Driver
	for n > 0 {
		left := len(op.Bufs[at.Index]) - int(at.Skip)
		if n < left {
			at.Skip += uint32(n)
			return
		}
		n -= left
		at.Index, at.Skip = at.Index+1, 0
	}
}

// awaitRoom makes sure that an edge comes when s can be written to.
func (p *Port) awaitRoom(s *slot, op *port.Op) {
	if s.writing {
		return
	}
	p.stats.Syscalls++
	if err := p.queue.AddWrite(int(s.fd), s.ref); err != nil {
		p.end(op, s.object, p.fail(op.Type.String(), err))
		return
	}
	s.writing = true
}

// learn remembers that the connection failed, for the Recv that comes later.
// EPIPE is left out: the peer had finished in good order before.
func (s *slot) learn(errno unix.Errno) {
	if s.failed == 0 && errno != unix.EPIPE {
		s.failed = errno
	}
}
