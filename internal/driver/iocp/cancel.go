//go:build windows

package iocp

import (
	"syscall"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// Cancel asks a pending op to end.
func (p *Port) Cancel(op *port.Op) {
	p.own()
	s := p.slots.find(op.Target)
	if s == nil || op.Driver.Flags&(flagPending|flagEnded|flagCanceled) != flagPending {
		return // not pending, or its outcome came first
	}
	switch lane := op.Type.Lane(); lane {
	case port.LaneRead, port.LaneWrite:
		if s.ops[lane] == op {
			p.cancelLane(s, lane)
		}
	case port.LaneFile:
		p.cancelFile(s, op)
	}
}

// cancelLane ends the lane's op at once if the kernel has nothing of it, and
// otherwise asks the kernel: the op ends with its packet.
func (p *Port) cancelLane(s *slot, lane port.Lane) {
	op := s.op(lane)
	if op == nil || op.Driver.Flags&flagCanceled != 0 {
		return
	}
	op.Driver.Flags |= flagCanceled
	switch {
	case op.Type == port.OpAccept || s.listener != nil:
		p.cancelAccepts(s)
	case s.wait != nil:
		p.cancelWait(s, op)
	case s.posted[lane]:
		// That it is not found says that its packet is on the way.
		p.stats.Syscalls++
		_ = winsock.Cancel(s.handle, &s.records[lane])
	default:
		p.end(op, s.object, port.ErrCanceled)
	}
}

// verdict is how an op ended whose record came back with errno: nothing that a
// canceled op is told of its own end is an error of the connection's.
func (p *Port) verdict(op *port.Op, errno syscall.Errno) error {
	switch {
	case op.Driver.Flags&flagCanceled != 0 && (errno == 0 || winsock.Canceled(errno)):
		return port.ErrCanceled
	case op.Type == port.OpConnect && errno != 0:
		return winsock.ConnectError(Name, op.Addr.String(), errno)
	case errno != 0:
		return p.fail(op.Type.String(), errno)
	}
	return nil
}
