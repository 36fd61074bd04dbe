//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
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
	for lane := range port.LaneEnd {
		if other := s.op(lane); other != nil {
			p.end(other, s.object, port.ErrCanceled)
		}
	}
	if s.file != nil {
		p.cancelFiles(s)
	}
	p.closeIfDone(s)
}

func (p *Port) shutdown(s *slot) error {
	if errno := socket.Shutdown(int(s.fd)); errno != 0 {
		return p.fail(port.OpDisconnect.String(), errno)
	}
	return nil
}

// closeIfDone closes the handle if that was asked for and nothing else is
// pending. The attachment is gone when Poll returns that.
func (p *Port) closeIfDone(s *slot) {
	if !s.closing || s.closed || s.pending > 0 {
		return
	}
	op := s.ops[port.LaneEnd]
	s.closed = true
	err := p.closeHandle(s, op.How == port.HowAbort)
	p.end(op, s.object, p.fail(op.Type.String(), err))
}
