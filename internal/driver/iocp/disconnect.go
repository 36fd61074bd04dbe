//go:build windows

package iocp

import (
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// disconnect ends the sending half at once, or the attachment as soon as every
// other op of it has ended and Poll has said so.
func (p *Port) disconnect(s *slot, op *port.Op) {
	if op.How == port.HowShutdown {
		p.stats.Syscalls++
		p.end(op, s.object, p.shutdown(s))
		return
	}
	s.closing = true
	if s.file != nil {
		p.cancelFiles(s)
	} else {
		p.cancelLane(s, port.LaneRead)
		p.cancelLane(s, port.LaneWrite)
	}
	p.closeIfDone(s)
}

func (p *Port) shutdown(s *slot) error {
	if errno := winsock.Shutdown(s.handle); errno != 0 {
		return p.fail(port.OpDisconnect.String(), errno)
	}
	return nil
}

// closeIfDone closes the handle if that was asked for and nothing else is
// pending: the kernel has no record of it then. The attachment is gone when
// Poll returns that.
func (p *Port) closeIfDone(s *slot) {
	if !s.closing || s.closed || s.pending > 0 {
		return
	}
	op := s.ops[port.LaneEnd]
	s.closed = true
	p.stats.Syscalls++
	err := p.closeHandle(s, op.How == port.HowAbort)
	p.end(op, s.object, p.fail(op.Type.String(), err))
}

// closeHandle closes the handle of s, and what was accepted for nobody.
func (p *Port) closeHandle(s *slot, abort bool) error {
	if s.listener != nil {
		p.closeAccepted(s.listener)
	}
	return p.sockets.CloseHandle(port.Handle(s.handle), abort)
}
