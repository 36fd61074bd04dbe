//go:build windows

package iocp

import (
	"syscall"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// startWait has the system wait for an application's own handle: an event, a
// process, whatever can be waited for. It posts a packet for the lane's record.
func (p *Port) startWait(s *slot, op *port.Op) {
	p.stats.Syscalls++
	wait, errno := winsock.NewWait(p.port, s.key(), s.record(port.LaneRead), s.handle)
	if errno != 0 {
		p.end(op, s.object, p.fail(op.Type.String(), errno))
		return
	}
	s.wait = wait
	p.given(s, port.LaneRead)
}

// cancelWait ends op unless the handle was signaled already: then its packet
// does.
func (p *Port) cancelWait(s *slot, op *port.Op) {
	p.stats.Syscalls++
	posted := s.wait.Stop()
	s.wait = nil
	if !posted {
		p.back(s, port.LaneRead)
		p.end(op, s.object, port.ErrCanceled)
	}
}

// waitDone takes the packet that says that the handle is signaled.
func (p *Port) waitDone(s *slot, errno syscall.Errno) {
	op := s.ops[port.LaneRead]
	if s.wait != nil {
		p.stats.Syscalls++
		s.wait.Stop()
		s.wait = nil
	}
	p.end(op, s.object, p.verdict(op, errno))
}
