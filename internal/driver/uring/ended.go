//go:build linux

package uring

import (
	"io"
	"math"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

// Results of ops are like those of completions: negative error numbers, and
// this for the end of a stream or file.
const resEOF = math.MinInt32

// end has op, which the kernel does not have, end with res in a Poll to come.
// Until then it keeps its lane.
func (p *Port) end(op *port.Op, res int32) {
	op.Driver.Index = uint32(res)
	p.ended.push(op)
}

// takeEnded returns the ended ops, and then, unless some are left, closes what
// could be closed when this Poll began: a Disconnect ends last.
func (p *Port) takeEnded() {
	for !p.ended.empty() {
		if p.n == len(p.out) {
			return
		}
		op := p.ended.pop()
		var s *slot
		if op.Type != port.OpJob {
			s = p.slots.find(op.Target)
		}
		p.finish(s, op, int32(op.Driver.Index))
	}
	for ; p.closable > 0 && p.n < len(p.out); p.closable-- {
		p.close()
	}
}

// emit adds an event of op to those that Poll returns. There must be room. s is
// nil for a Job, and when the op never had an attachment.
func (p *Port) emit(s *slot, op *port.Op) *port.Event {
	ev := &p.out[p.n]
	p.n++
	*ev = port.Event{Op: op, Handle: port.NoHandle}
	switch {
	case s != nil:
		ev.Object = s.object
	case op.Type == port.OpJob:
		ev.Object = op.Object
	}
	return ev
}

// finish returns the last event of op and frees its lane.
func (p *Port) finish(s *slot, op *port.Op, res int32) {
	ev := p.emit(s, op)
	if op.Type != port.OpRecv {
		ev.N = op.Done
	}
	ev.Err = outcome(op, res)
	p.retire(op)
	if s != nil {
		p.vacate(s, op)
	}
}

// retire makes op the caller's again.
func (p *Port) retire(op *port.Op) {
	op.Driver = port.DriverState{}
	p.stats.Pending--
}

// vacate frees the lane that op had, if it had one.
func (p *Port) vacate(s *slot, op *port.Op) {
	lane := op.Type.Lane()
	file := lane == port.LaneFile
	if file {
		lane = port.LaneRead
	}
	if s.ops[lane] != op {
		return // refused, or ended while it waited for another of its file
	}
	s.ops[lane] = nil
	if file {
		p.nextFile(s)
	}
	if lane != port.LaneEnd {
		p.closeIfIdle(s)
	}
}

// outcome turns a result into an event's error.
func outcome(op *port.Op, res int32) error {
	switch errno := unix.Errno(-res); {
	case res == resEOF:
		return io.EOF
	case res >= 0:
		return nil
	case errno == unix.ECANCELED:
		return port.ErrCanceled
	case op.Type == port.OpConnect && op.Addr != nil:
		return socket.ConnectError(driverName, op.Addr.String(), errno)
	default:
		return socket.Error(driverName, op.Type.String(), "", errno)
	}
}
