//go:build linux

package uring

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// recvGroup is the number of a port's only buffer group.
const recvGroup = 0

// prepareRecv receives until told otherwise, or until one more buffer might
// exceed PassBytes: without a limit the kernel reads 32 buffers of a flood before
// it looks at anything else, and a few floods take all there are.
func (p *Port) prepareRecv(op *port.Op, e *abi.SQE) {
	e.Opcode, e.Flags, e.BufGroup = abi.OpRecv, abi.SQEBufferSelect, recvGroup
	if op.Driver.Flags&opSingle == 0 && !p.driver.features.singleRecv {
		e.IOPrio = abi.RecvMultishot
		if p.driver.features.recvLimit {
			e.FileIndex = uint32(port.PassBytes - p.buffers.bytes + 1)
		}
	}
	op.Driver.Flags &^= opSingle
}

// startRecv arms op, or queues it when no buffer could be chosen: arming would
// only give ENOBUFS. Who starves already goes first.
func (p *Port) startRecv(s *slot, op *port.Op) {
	if p.buffers.free() == 0 || !p.starved.empty() {
		p.starve(s)
		return
	}
	p.start(s, op)
}

func (p *Port) starve(s *slot) {
	p.stats.Starved++
	p.starved.push(&p.slots, s)
}

// retryRecvs arms as many of the starved as there are buffers, for one receive
// each: a multishot that has much to read would take the others' buffers.
func (p *Port) retryRecvs() {
	for n := min(p.starved.n, p.buffers.free()); n > 0; n-- {
		s := p.starved.pop(&p.slots)
		p.stats.Rearms++
		op := s.ops[port.LaneRead]
		op.Driver.Flags |= opSingle
		p.start(s, op)
	}
}

// hasPass tells whether Poll may return n more bytes of s.
func (p *Port) hasPass(s *slot, n int) bool {
	if s.pass != p.pass {
		s.pass, s.passBytes = p.pass, 0
	}
	return int(s.passBytes)+n <= port.PassBytes
}

// onRecv takes one completion of a Recv. False means that it would exceed what
// one Poll may return of one attachment: the completion stays in the queue, and
// what is behind it too, until the next Poll.
func (p *Port) onRecv(s *slot, op *port.Op, c *abi.CQE) bool {
	if c.Res <= 0 {
		p.onRecvEnd(s, op, c)
		return true
	}
	n := int(c.Res)
	if !p.hasPass(s, n) {
		return false
	}
	s.passBytes += uint32(n)
	p.bytes += n
	op.Done += n
	ev := p.emit(s, op)
	ev.N, ev.More = n, true
	ev.Buf = p.buffers.lend(c.Flags>>abi.CQEBufferShift, n)
	if c.Flags&abi.CQEMore == 0 {
		p.rearm(s, op)
	}
	return true
}

// onRecvEnd takes a completion that brings no bytes, which is always the last
// of its request.
func (p *Port) onRecvEnd(s *slot, op *port.Op, c *abi.CQE) {
	p.disarm(s, port.LaneRead)
	if c.Flags&abi.CQEBuffer != 0 {
		p.buffers.restore(c.Flags >> abi.CQEBufferShift)
	}
	switch canceled := op.Driver.Flags&opCanceled != 0; {
	case c.Res == 0 && s.broken != 0:
		p.finish(s, op, -int32(s.broken))
	case c.Res == 0:
		p.finish(s, op, resEOF)
	case canceled && (c.Res == -int32(unix.ENOBUFS) || again(c.Res)):
		p.finish(s, op, -int32(unix.ECANCELED))
	case c.Res == -int32(unix.ENOBUFS):
		p.starve(s)
	case again(c.Res) || c.Res == -int32(unix.ECANCELED) && !canceled:
		p.restart(s, op)
	default:
		p.finish(s, op, c.Res)
	}
}

// rearm goes on with a stream whose request ended on a success.
func (p *Port) rearm(s *slot, op *port.Op) {
	p.disarm(s, port.LaneRead)
	if op.Driver.Flags&opCanceled != 0 {
		p.end(op, -int32(unix.ECANCELED))
		return
	}
	p.restart(s, op)
}

// restart arms a stream again.
func (p *Port) restart(s *slot, op *port.Op) {
	p.stats.Rearms++
	if op.Type == port.OpRecv {
		p.startRecv(s, op)
		return
	}
	p.start(s, op)
}
