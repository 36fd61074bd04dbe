//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

// connectRetry is how often a full backlog is tried again.
const connectRetry = 10 * time.Millisecond

// connect begins to connect, or finds out how that ended.
func (p *Port) connect(s *slot, op *port.Op) {
	if op.Driver.Flags&flagStarted != 0 {
		p.connected(s, op)
		return
	}
	if err := p.addr.Set(op.Addr); err != nil {
		p.end(op, s.object, &port.Error{Op: op.Type.String(), Driver: p.sockets.Name(),
			Outcome: port.ErrBadAddr, Cause: err, Detail: op.Addr.String()})
		return
	}
	p.stats.Syscalls++
	switch errno := socket.Connect(int(s.fd), &p.addr); errno {
	case 0:
		p.end(op, s.object, nil)
	case unix.EINPROGRESS, unix.EINTR, unix.EALREADY:
		op.Driver.Flags |= flagStarted
		p.awaitRoom(s, op)
	case unix.EAGAIN:
		// A unix listener's backlog is full, and no edge tells when it no
		// longer is, unix(7). TCP tries again by itself; so it does here.
		p.retryLater(s, port.LaneWrite, p.clock()+connectRetry, 0)
	default:
		p.end(op, s.object, socket.ConnectError(p.sockets.Name(), op.Addr.String(), errno))
	}
}

// connected ends op if the kernel knows the outcome. An edge may come early: a
// socket that has neither an error nor a peer is still connecting.
//
// A peer that accepts and resets at once may be faster than the edge. Only an
// established connection can be reset or broken, one that was not is refused;
// so the connect succeeded, and it is the Recv that learns of the rest.
func (p *Port) connected(s *slot, op *port.Op) {
	p.stats.Syscalls += 2
	errno := socket.Pending(int(s.fd))
	if errno == 0 {
		errno = socket.Connected(int(s.fd))
	}
	switch errno {
	case unix.ENOTCONN:
	case 0, unix.ECONNRESET, unix.EPIPE:
		s.learn(errno)
		p.end(op, s.object, nil)
	default:
		p.end(op, s.object, socket.ConnectError(p.sockets.Name(), op.Addr.String(), errno))
	}
}
