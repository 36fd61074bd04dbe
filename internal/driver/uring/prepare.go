//go:build linux

package uring

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// start hands op to the kernel at the next enter, or to the backlog when the
// submission queue is full.
func (p *Port) start(s *slot, op *port.Op) {
	if p.backlog.empty() && p.prepare(s, op) {
		return
	}
	p.queue(op)
}

func (p *Port) queue(op *port.Op) {
	op.Driver.Flags |= opQueued
	p.backlog.push(op)
}

// prepare writes the submission entry for what op has to do next. False means
// that there is no room before the next enter.
func (p *Port) prepare(s *slot, op *port.Op) bool {
	if p.scratch.full() {
		return false
	}
	e := p.ring.Prepare()
	if e == nil {
		return false
	}
	e.FD = s.fd
	lane := port.LaneRead // of a file, the running op's
	switch op.Type {
	case port.OpAccept:
		prepareAccept(e)
	case port.OpRecv:
		p.prepareRecv(op, e)
	case port.OpPreRecv:
		preparePoll(e, false)
	case port.OpSend:
		lane = port.LaneWrite
		p.prepareSend(op, e)
	case port.OpConnect:
		lane = port.LaneWrite
		p.prepareConnect(op, e)
	default:
		p.prepareFile(op, e)
	}
	e.UserData = uint64(s.arm(lane))
	p.inflight++
	if p.fault != nil {
		p.fault(e)
	}
	return true
}

// refill prepares what waits for a buffer, a descriptor or room, as far as
// there is some. It is called before each enter.
func (p *Port) refill() {
	p.armWake()
	p.retryAccepts()
	p.retryRecvs()
	p.drainBacklog()
}

// drainBacklog prepares what found no room, oldest first. Cancellations go
// first: their targets are in the kernel already.
func (p *Port) drainBacklog() {
	p.drainCancels()
	for !p.backlog.empty() {
		op := p.backlog.first
		s := p.slots.find(op.Target)
		switch {
		case op.Driver.Flags&opCanceled != 0:
			p.unqueue()
			p.end(op, -int32(unix.ECANCELED))
		case op.Type == port.OpFileTruncate && !p.driver.features.truncate:
			p.unqueue()
			p.end(op, p.truncate(s, op))
		case p.prepare(s, op):
			p.unqueue()
		default:
			return
		}
	}
}

func (p *Port) unqueue() { p.backlog.pop().Driver.Flags &^= opQueued }
