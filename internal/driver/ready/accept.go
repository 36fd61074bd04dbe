//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

// acceptPass bounds the connections that one listener gives in one pass.
const acceptPass = 64

// accept takes connections until the backlog is empty, out is full or the pass
// is over.
func (p *Port) accept(s *slot, op *port.Op, out []port.Event) (n int) {
	for range acceptPass {
		if n == len(out) {
			break
		}
		frees := p.sockets.Frees()
		p.stats.Syscalls++
		fd, errno := socket.Accept(int(s.fd))
		switch socket.AcceptVerdict(errno) {
		case socket.AcceptOK:
			out[n] = port.Event{Op: op, Object: s.object, Handle: port.Handle(fd), More: true}
			n++
		case socket.AcceptEmpty:
			s.readable = false
			return n
		case socket.AcceptDead: // no event: nobody has seen it
		case socket.AcceptFull:
			return n + p.acceptFull(s, op, errno, frees, out[n:])
		default:
			p.end(op, s.object, p.fail(op.Type.String(), errno))
			return n
		}
	}
	p.readers.push(s)
	return n
}

// acceptFull puts off accepting until a descriptor is free, or AcceptRetry is
// over, and tells of it at most that often. frees is what Sockets.Frees was
// before the attempt.
func (p *Port) acceptFull(s *slot, op *port.Op, errno unix.Errno, frees uint64, out []port.Event) int {
	now := p.clock()
	at := now + port.AcceptRetry
	if !p.sockets.AwaitFree(p, frees) {
		at = now // one came free meanwhile
	}
	p.retryLater(s, port.LaneRead, at, frees)
	outcome := socket.Outcome(errno)
	if outcome != port.ErrTooManyFiles || s.told != 0 && now-s.told < port.AcceptRetry {
		return 0
	}
	s.told = now
	out[0] = port.Event{Op: op, Object: s.object, Handle: port.NoHandle, Err: p.fail(op.Type.String(), errno), More: true}
	return 1
}
