//go:build linux

package uring

import (
	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// Flags in port.DriverState of a pending op.
const (
	opPending   = 1 << iota // submitted and not ended
	opCanceled              // Cancel or Disconnect asked for its end
	opQueued                // in the backlog
	opPollFirst             // the kernel said "not now": it shall wait before it tries
	opSingle                // the next receive takes one buffer only
)

// allowed says which ops each kind of handle takes.
var allowed = [...]uint32{
	port.KindListener: opSet(port.OpAccept, port.OpPreRecv, port.OpDisconnect),
	port.KindStream:   opSet(port.OpConnect, port.OpPreRecv, port.OpRecv, port.OpSend, port.OpDisconnect),
	port.KindFile:     opSet(port.OpFileWrite, port.OpFileRead, port.OpFileSync, port.OpFileTruncate, port.OpDisconnect),
	port.KindOther:    opSet(port.OpPreRecv, port.OpDisconnect),
}

func opSet(types ...port.OpType) (set uint32) {
	for _, t := range types {
		set |= 1 << t
	}
	return set
}

// Submit starts op. It makes no system call, but for HowShutdown.
func (p *Port) Submit(op *port.Op) {
	p.check()
	s := p.slots.find(op.Target)
	admit(s, op)
	op.Done = 0
	op.Driver = port.DriverState{Flags: opPending}
	p.stats.Pending++
	switch lane := op.Type.Lane(); {
	case lane == port.LaneNone:
		p.end(op, 0)
	case s == nil:
		p.end(op, -int32(unix.EBADF))
	case s.closing:
		p.end(op, -int32(unix.ECANCELED)) // too late for a lane
	case lane == port.LaneFile:
		p.submitFile(s, op)
	case lane == port.LaneEnd:
		s.ops[lane] = op
		p.disconnect(s, op)
	default:
		s.ops[lane] = op
		p.submitSocket(s, op)
	}
}

// admit panics if op breaks a rule of the contract. Nothing was changed then.
func admit(s *slot, op *port.Op) {
	invariant.Check(op.Driver.Flags&opPending == 0, "uring: Submit of a pending op")
	invariant.Check(op.Type != port.OpNone && op.Type <= port.OpJob, "uring: Submit of an unknown op")
	invariant.Check(len(op.Bufs) <= port.MaxGather, "uring: more than MaxGather slices")
	lane := op.Type.Lane()
	if s == nil || lane == port.LaneNone {
		return
	}
	invariant.Check(allowed[s.kind]&(1<<op.Type) != 0, "uring: this kind of handle does not take this op")
	invariant.Check(lane == port.LaneFile || s.ops[lane] == nil, "uring: second op in a lane")
	invariant.Check(op.Type != port.OpConnect || op.Addr != nil, "uring: OpConnect without an address")
	invariant.Check(op.Type != port.OpFileRead || len(op.Bufs) == 1, "uring: OpFileRead takes one buffer")
	if op.Type == port.OpDisconnect {
		admitDisconnect(s, op)
	}
}

// submitSocket starts an op of the read or the write lane.
func (p *Port) submitSocket(s *slot, op *port.Op) {
	switch {
	case op.Type == port.OpSend && !begin(op):
		p.end(op, 0)
	case op.Type == port.OpRecv:
		p.startRecv(s, op)
	case op.Type == port.OpConnect:
		p.startConnect(s, op)
	default:
		p.start(s, op)
	}
}
