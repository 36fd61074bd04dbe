package sim

import (
	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// What Op.Driver.Flags says.
const (
	flagPending = 1 << iota
	flagCanceled
	flagStarted // file operations only
)

// opList is a queue of ops, linked through Op.Driver.Next.
type opList struct{ first, last *port.Op }

func (l *opList) empty() bool { return l.first == nil }

func (l *opList) push(op *port.Op) {
	if l.first == nil {
		l.first = op
	} else {
		l.last.Driver.Next = op
	}
	l.last = op
}

// pop is the first op, nil when there is none.
func (l *opList) pop() *port.Op {
	op := l.first
	if op == nil {
		return nil
	}
	l.first, op.Driver.Next = op.Driver.Next, nil
	return op
}

// Submit starts op, unless Faults.Late leaves that to Poll.
func (p *Port) Submit(op *port.Op) {
	p.lock()
	defer p.world.mu.Unlock()
	p.check(op)
	var a *attachment
	if op.Type != port.OpJob {
		a = p.slots.find(op.Target)
	}
	if a != nil {
		a.check(op)
	}
	op.Done = 0
	op.Driver = port.DriverState{Flags: flagPending}
	p.stats.Pending++
	switch {
	case a == nil:
		p.instant.push(op)
	case op.Type.Lane() == port.LaneFile:
		a.enqueue(op)
	default:
		a.occupy(op)
	}
}

// check panics if op breaks a rule whatever its target.
func (p *Port) check(op *port.Op) {
	invariant.Check(op.Type > port.OpNone && op.Type <= port.OpJob, "sim: Submit of an op without a valid Type")
	invariant.Check(op.Driver.Flags&flagPending == 0, "sim: Submit of a pending op")
	invariant.Check(len(op.Bufs) <= port.MaxGather, "sim: more than MaxGather slices in one op")
	switch op.Type {
	case port.OpDisconnect:
		invariant.Check(op.How >= port.HowShutdown && op.How <= port.HowAbort, "sim: Disconnect without a valid How")
	case port.OpFileRead:
		invariant.Check(len(op.Bufs) == 1, "sim: FileRead without exactly one slice")
	}
}

// check panics if op cannot be pending together with what is pending on a.
func (a *attachment) check(op *port.Op) {
	lane := op.Type.Lane()
	if lane == port.LaneFile {
		return
	}
	if a.lanes[lane].op != nil {
		invariant.Failf("sim: Submit of a %v while a %v is pending in its lane", op.Type, a.lanes[lane].op.Type)
	}
	if send := a.lanes[port.LaneWrite].op; op.Type == port.OpDisconnect && op.How == port.HowShutdown {
		invariant.Check(send == nil || send.Type != port.OpSend, "sim: HowShutdown while a Send is pending")
	}
}

// occupy puts op into its lane. An attachment that is being closed takes it
// only to cancel it.
func (a *attachment) occupy(op *port.Op) {
	l := &a.lanes[op.Type.Lane()]
	*l = lane{op: op, canceled: a.closing()}
	a.mark()
	switch {
	case !fits(a.kind, op):
		l.end(failOp(op, port.ErrNotSupported, nil))
	case l.canceled || a.putOff(l):
	case op.Type.Lane() == port.LaneWrite:
		a.startWrite(l)
	case op.Type.Lane() == port.LaneEnd:
		a.startEnd(l)
	}
}

// fits tells whether handles of the kind have the operation. OpDisconnect is
// everyone's, but only a stream has a half to end.
func fits(kind port.Kind, op *port.Op) bool {
	switch op.Type {
	case port.OpDisconnect:
		return kind == port.KindStream || op.How != port.HowShutdown
	case port.OpPreRecv:
		return kind != port.KindFile
	case port.OpAccept:
		return kind == port.KindListener
	}
	return kind == port.KindStream
}

// Cancel asks op to end, as far as it is pending here and can be stopped.
func (p *Port) Cancel(op *port.Op) {
	p.lock()
	defer p.world.mu.Unlock()
	if op.Driver.Flags&flagPending == 0 {
		return
	}
	a := p.slots.find(op.Target)
	switch lane := op.Type.Lane(); {
	case lane == port.LaneNone:
		op.Driver.Flags |= flagCanceled
	case a == nil, lane == port.LaneEnd:
	case lane == port.LaneFile:
		op.Driver.Flags |= flagCanceled
		a.mark()
	case a.lanes[lane].op == op:
		a.lanes[lane].canceled = true
		a.mark()
	}
}

// settle takes note that op has ended.
func (p *Port) settle(op *port.Op) {
	op.Driver = port.DriverState{}
	p.stats.Pending--
}
