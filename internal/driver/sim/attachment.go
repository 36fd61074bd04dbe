package sim

import (
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// attachment is a slot of a port: a resource and the ops pending on it. Things
// that happen mark it, the next Poll visits it.
type attachment struct {
	port   *Port
	ref    port.Ref
	handle port.Handle
	kind   port.Kind
	object port.Object
	res    resource // nil: the slot is free
	lanes  [port.Lanes]lane
	files  opList
	timer  timer // the next try of an Accept, the end of a file operation

	queued       bool          // in Port.ready
	starved      bool          // in Port.starved
	spared       bool          // the next visit is spared the NoBuffers fault
	outOfHandles bool          // in handles.waiting
	mutedUntil   time.Duration // no ErrTooManyFiles before
}

// lane is what occupies a lane of an attachment, if anything.
type lane struct {
	op       *port.Op
	err      error // how it ended
	size     int   // bytes that a Send has to move
	putOffs  uint8
	started  bool
	canceled bool
	disarmed bool // a stream that lost its More
	ended    bool // and the event is yet to be returned
}

// end makes err the outcome of the op.
func (l *lane) end(err error) { l.ended, l.err = true, err }

// mark has the next Poll visit a.
func (a *attachment) mark() {
	if a.queued || a.res == nil {
		return
	}
	a.queued = true
	a.port.ready.push(a)
	a.port.bell.nudge()
}

// expire is a's timer.
func (a *attachment) expire() { a.mark() }

// idle tells whether nothing is pending but perhaps a Disconnect.
func (a *attachment) idle() bool {
	return a.lanes[port.LaneRead].op == nil && a.lanes[port.LaneWrite].op == nil && a.files.empty()
}

// visit takes every lane as far as it goes and fills out with events.
func (a *attachment) visit(out []port.Event) int {
	idle := a.idle()
	n := a.visitRead(out)
	n += a.visitWrite(out[n:])
	n += a.visitFiles(out[n:])
	return n + a.visitEnd(out[n:], idle)
}

// maxPutOffs bounds what Faults.Late does to one op, so that a probability of
// one is no end of the world.
const maxPutOffs = 4

// putOff tells whether the next step of l is left for a later visit.
func (a *attachment) putOff(l *lane) bool {
	w := a.port.world
	if l.putOffs >= maxPutOffs || !w.chance(w.opts.Faults.Late) {
		return false
	}
	l.putOffs++
	a.mark()
	return true
}

// lost tells whether the stream in l is disarmed after an event; it is armed
// again by the next visit.
func (a *attachment) lost(l *lane) bool {
	w := a.port.world
	l.disarmed = w.chance(w.opts.Faults.LostMore)
	if l.disarmed {
		a.mark()
	}
	return l.disarmed
}

// blocked tells whether out has no room for an event. The attachment then gets
// its turn at the next Poll.
func (a *attachment) blocked(out []port.Event) bool {
	if len(out) == 0 {
		a.mark()
	}
	return len(out) == 0
}

// emit returns the event that ends the op of l.
func (a *attachment) emit(l *lane, out []port.Event) int {
	op := l.op
	ev := port.Event{Op: op, Object: a.object, Err: l.err}
	if op.Type != port.OpRecv {
		ev.N = op.Done
	}
	*l = lane{}
	a.port.settle(op)
	out[0] = ev
	return 1
}

// drop forgets what is pending, without events.
func (a *attachment) drop() {
	for i := range a.lanes {
		if op := a.lanes[i].op; op != nil {
			op.Driver = port.DriverState{}
		}
		a.lanes[i] = lane{}
	}
	for op := a.files.pop(); op != nil; op = a.files.pop() {
		op.Driver = port.DriverState{}
	}
}
