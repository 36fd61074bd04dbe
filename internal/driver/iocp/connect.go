//go:build windows

package iocp

import (
	"syscall"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// connect begins to connect.
func (p *Port) connect(s *slot, op *port.Op) {
	if err := p.addr.Set(op.Addr); err != nil {
		p.end(op, s.object, &port.Error{Op: op.Type.String(), Driver: Name,
			Outcome: port.ErrBadAddr, Cause: err, Detail: op.Addr.String()})
		return
	}
	p.stats.Syscalls += 2 // ConnectEx wants a socket that is bound
	errno := winsock.ConnectEx(s.handle, &p.addr, s.record(port.LaneWrite))
	if p.pends(errno) {
		p.given(s, port.LaneWrite)
		return
	}
	p.connected(s, op, errno)
}

// connectDone takes the end of a connect.
func (p *Port) connectDone(s *slot, errno syscall.Errno) {
	p.connected(s, s.ops[port.LaneWrite], errno)
}

// connected ends op. A connect that succeeded makes the socket one that knows
// its ends and can be shut down.
//
// A peer that accepts and resets at once may be faster than the packet. Only an
// established connection can be reset, one that was not is refused; so the
// connect succeeded, and it is the Recv that learns of the rest.
func (p *Port) connected(s *slot, op *port.Op, errno syscall.Errno) {
	canceled := op.Driver.Flags&flagCanceled != 0
	if !canceled && winsock.Outcome(errno) == port.ErrReset {
		s.learn(errno)
		errno = 0
	}
	if errno == 0 && !canceled {
		p.stats.Syscalls++
		if failed := winsock.UpdateConnect(s.handle); failed != 0 {
			s.learn(failed)
		}
	}
	p.end(op, s.object, p.verdict(op, errno))
}
