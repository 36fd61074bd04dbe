//go:build linux

package uring

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// Cancel asks for the end of op.
func (p *Port) Cancel(op *port.Op) {
	p.check()
	if op.Driver.Flags&opPending == 0 {
		return
	}
	s := p.slots.find(op.Target)
	if s == nil {
		return
	}
	switch lane := op.Type.Lane(); {
	case lane == port.LaneFile:
		p.cancelFile(s, op)
	case lane < port.LaneEnd && s.ops[lane] == op:
		p.cancelLane(s, lane)
	}
}

// cancelLane asks for the end of the lane's op, if there is one: at once where
// the kernel does not have it, else by a request. The op ends with its own last
// completion, whatever the request comes to.
func (p *Port) cancelLane(s *slot, lane port.Lane) {
	op := s.ops[lane]
	if op == nil || op.Driver.Flags&opCanceled != 0 {
		return
	}
	op.Driver.Flags |= opCanceled
	switch {
	case s.armed[lane] != 0:
		p.cancelToken(s.token(lane))
	case lane == port.LaneRead && s.list == listStarved:
		p.starved.remove(&p.slots, s)
		p.end(op, -int32(unix.ECANCELED))
	case lane == port.LaneRead && s.list == listFull:
		p.full.remove(&p.slots, s)
		p.end(op, -int32(unix.ECANCELED))
	}
	// Otherwise it is in the backlog, which looks at the flag, or has ended.
}

// cancelToken asks the kernel to end a request.
func (p *Port) cancelToken(target token) {
	if len(p.cancels) > 0 || !p.prepareCancel(target) {
		p.cancels = append(p.cancels, target)
	}
}

// prepareCancel writes the entry of a cancellation. Only a failure completes.
func (p *Port) prepareCancel(target token) bool {
	e := p.ring.Prepare()
	if e == nil {
		return false
	}
	e.Opcode, e.Flags, e.FD = abi.OpAsyncCancel, abi.SQECQESkipSuccess, -1
	e.Addr = uint64(target)
	e.UserData = uint64(target.cancellation())
	p.quick++
	return true
}

// onCancel takes the failure of a cancellation. Mostly the target has completed.
// But ENOENT also comes for a request that is between two attempts (its poll said
// ready, the socket says not), and EALREADY for one that a kernel worker has;
// both may then go on to wait, untouched. So it is tried once more, later.
func (p *Port) onCancel(t token) {
	if target := t.target(); p.isArmed(target) {
		p.missed = append(p.missed, target)
	}
}

func (p *Port) isArmed(t token) bool {
	return p.slots.at(t.slot()).armed[t.lane()] == t.stamp()
}

// retryCancels cancels again what was missed. It is called when a Poll begins
// and after each sleep, which lasts no longer than missedNs then.
func (p *Port) retryCancels() {
	for _, target := range p.missed {
		if p.isArmed(target) {
			p.cancelToken(target)
		}
	}
	p.missed = p.missed[:0]
}

// drainCancels prepares the cancellations that found no room.
func (p *Port) drainCancels() {
	n := 0
	for n < len(p.cancels) && p.prepareCancel(p.cancels[n]) {
		n++
	}
	p.cancels = append(p.cancels[:0], p.cancels[n:]...)
}
