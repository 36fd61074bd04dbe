//go:build linux

package uring

import (
	"github.com/raon-engine/raon/internal/port"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// reap reads completions as long as there is room for what they may say. Each
// gives at most one event.
func (p *Port) reap() {
	for p.n < len(p.out) {
		c := p.ring.Peek()
		if c == nil || !p.complete(c) {
			return
		}
		p.ring.Seen()
	}
}

// complete takes one completion; false leaves it in the queue.
func (p *Port) complete(c *abi.CQE) bool {
	t := token(c.UserData)
	switch lane := port.Lane(t.lane()); lane {
	case port.LaneRead, port.LaneWrite:
		if p.isArmed(t) {
			return p.onLane(p.slots.at(t.slot()), lane, c)
		}
		p.onStale(c)
	case laneCancel + port.LaneRead, laneCancel + port.LaneWrite:
		p.onCancel(t)
	case laneWake:
		if c.Flags&abi.CQEMore == 0 {
			p.wake.armed = false
			p.inflight--
		}
	}
	return true
}

// onLane takes a completion of the lane's request.
func (p *Port) onLane(s *slot, lane port.Lane, c *abi.CQE) bool {
	op := s.ops[lane]
	switch op.Type {
	case port.OpRecv:
		return p.onRecv(s, op, c)
	case port.OpAccept:
		p.onAccept(s, op, c)
		return true
	}
	p.disarm(s, lane)
	switch op.Type {
	case port.OpSend:
		p.onSend(s, op, c.Res)
	case port.OpConnect:
		p.onConnect(s, op, c.Res)
	case port.OpPreRecv:
		p.onPreRecv(s, op, c.Res)
	default:
		p.onFile(s, op, c.Res)
	}
	return true
}

// disarm notes that the lane's request is over.
func (p *Port) disarm(s *slot, lane port.Lane) {
	s.armed[lane] = 0
	p.inflight--
}

// onStale takes a completion of a request that its slot has forgotten. Every
// request is awaited before its lane is used again, so there should be none.
func (p *Port) onStale(c *abi.CQE) {
	p.stats.Stale++
	if c.Flags&abi.CQEBuffer != 0 {
		p.buffers.restore(c.Flags >> abi.CQEBufferShift)
	}
}
