//go:build linux

package uring

import (
	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

// admitDisconnect is admit for what only OpDisconnect must hold.
func admitDisconnect(s *slot, op *port.Op) {
	invariant.Check(op.How >= port.HowShutdown && op.How <= port.HowAbort, "uring: unknown How")
	if op.How == port.HowShutdown {
		send := s.ops[port.LaneWrite]
		invariant.Check(s.kind == port.KindStream, "uring: HowShutdown of no stream")
		invariant.Check(send == nil || send.Type != port.OpSend, "uring: HowShutdown while a Send is pending")
	}
}

// disconnect starts an OpDisconnect.
func (p *Port) disconnect(s *slot, op *port.Op) {
	if op.How == port.HowShutdown {
		p.stats.Syscalls++
		p.end(op, -int32(socket.Shutdown(int(s.fd))))
		return
	}
	s.closing = true
	if s.kind == port.KindFile {
		p.cancelFiles(s)
	} else {
		p.cancelLane(s, port.LaneRead)
		p.cancelLane(s, port.LaneWrite)
	}
	p.closeIfIdle(s)
}

// closeIfIdle has the next Poll close the attachment if nothing else of it is
// pending: the Poll that returned the last event of it was before that one.
func (p *Port) closeIfIdle(s *slot) {
	if s.closing && s.idle() {
		p.closing.push(&p.slots, s)
	}
}

// close ends the first attachment that can end: the handle first, then the slot.
func (p *Port) close() {
	s := p.closing.pop(&p.slots)
	op := s.ops[port.LaneEnd]
	abort := op.How == port.HowAbort
	p.stats.Syscalls++
	if abort {
		p.stats.Syscalls++ // SO_LINGER
	}
	_ = p.driver.CloseHandle(port.Handle(s.fd), abort) // the handle is gone in any case
	ev := p.emit(s, op)
	ev.N = op.Done
	p.retire(op)
	p.slots.give(s)
}
