//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// The bits of an op's Driver.Flags.
const (
	flagPending uint8 = 1 << iota // submitted, its end not yet returned by Poll
	flagEnded                     // its last event is queued
	flagStarted                   // OpConnect: the kernel is connecting
)

// Submit starts op.
func (p *Port) Submit(op *port.Op) {
	p.own()
	invariant.Check(op.Driver.Flags&flagPending == 0, "submitted an op that is pending")
	op.Check()
	var s *slot
	if op.Type != port.OpJob {
		s = p.slots.find(op.Target)
		checkLane(s, op)
	}
	op.Driver = port.DriverState{Flags: flagPending}
	op.Done = 0
	p.pending++
	switch {
	case op.Type == port.OpJob:
		p.end(op, op.Object, nil)
		return
	case s == nil:
		p.end(op, nil, p.outcome(op, port.ErrClosed))
		return
	}
	s.occupy(op)
	switch {
	case s.closing && op.Type != port.OpDisconnect:
		p.end(op, s.object, p.outcome(op, port.ErrClosed))
	case !s.kind.Takes(op.Type):
		p.end(op, s.object, p.outcome(op, port.ErrNotSupported))
	default:
		p.start(s, op)
	}
}

// checkLane panics when s, which may be nil, has no place for op. It changes
// nothing.
func checkLane(s *slot, op *port.Op) {
	lane := op.Type.Lane()
	if s == nil || lane == port.LaneFile {
		return
	}
	invariant.Check(s.ops[lane] == nil, "submitted a second op to a lane")
	if op.How == port.HowShutdown && lane == port.LaneEnd {
		invariant.Check(s.ops[port.LaneWrite] == nil, "shut down with a send pending")
	}
}

// occupy takes the lane of op.
func (s *slot) occupy(op *port.Op) {
	lane := op.Type.Lane()
	if lane != port.LaneFile {
		s.ops[lane] = op
	}
	if lane != port.LaneEnd {
		s.pending++
	}
}

// start begins an op whose lane is taken.
func (p *Port) start(s *slot, op *port.Op) {
	switch op.Type {
	case port.OpAccept, port.OpRecv, port.OpPreRecv:
		// What is no socket may have become readable without an edge: its owner
		// reads from it behind our back.
		if s.readable || s.kind == port.KindOther {
			p.readers.push(s)
		}
	case port.OpConnect:
		p.connect(s, op)
	case port.OpSend:
		p.send(s, op)
	case port.OpDisconnect:
		p.disconnect(s, op)
	default:
		p.startFile(s, op)
	}
}

// Cancel asks a pending op to end.
func (p *Port) Cancel(op *port.Op) {
	p.own()
	s := p.slots.find(op.Target)
	if s == nil || op.Driver.Flags&(flagPending|flagEnded) != flagPending {
		return // not pending, or its outcome came first
	}
	switch op.Type.Lane() {
	case port.LaneRead, port.LaneWrite:
		if s.ops[op.Type.Lane()] == op {
			p.end(op, s.object, port.ErrCanceled)
		}
	case port.LaneFile:
		p.cancelFile(s, op)
	}
}

// end queues the last event of op. Its lane stays taken until Poll has returned
// the event.
func (p *Port) end(op *port.Op, object port.Object, err error) {
	op.Driver.Flags |= flagEnded
	p.done.Push(port.Event{Op: op, Object: object, N: op.Done, Handle: port.NoHandle, Err: err})
}

// ended is called when Poll returns the last event of op, which is the caller's
// again. A disconnect waits for that.
func (p *Port) ended(op *port.Op) {
	p.pending--
	op.Driver = port.DriverState{}
	s := p.slots.find(op.Target)
	if op.Type == port.OpJob || s == nil {
		return
	}
	lane := op.Type.Lane()
	if lane != port.LaneFile {
		s.ops[lane] = nil
	}
	switch {
	case lane != port.LaneEnd:
		s.pending--
		p.closeIfDone(s)
	case s.closed:
		p.free(s)
	}
}
