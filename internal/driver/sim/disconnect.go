package sim

import "github.com/raon-engine/raon/internal/port"

// visitEnd takes a Disconnect as far as it goes. idle tells whether all other
// ops had ended, and their events been returned, before this visit.
func (a *attachment) visitEnd(out []port.Event, idle bool) int {
	l := &a.lanes[port.LaneEnd]
	if l.op == nil || a.blocked(out) {
		return 0
	}
	if !l.started && !l.ended {
		if a.putOff(l) {
			return 0
		}
		a.startEnd(l)
	}
	switch {
	case l.ended:
		return a.emit(l, out)
	case idle:
		return a.close(l, out)
	}
	a.mark()
	return 0
}

// startEnd begins the Disconnect in l.
func (a *attachment) startEnd(l *lane) {
	l.started = true
	if l.op.How == port.HowShutdown {
		l.end(a.res.(*stream).shutdown(l.op))
		return
	}
	a.lanes[port.LaneRead].canceled = true
	a.lanes[port.LaneWrite].canceled = true
	for op := a.files.first; op != nil; op = op.Driver.Next {
		op.Driver.Flags |= flagCanceled
	}
}

// closing tells whether a HowClose or HowAbort is under way.
func (a *attachment) closing() bool {
	l := &a.lanes[port.LaneEnd]
	return l.started && l.op.How != port.HowShutdown
}

// close closes the handle, frees the slot and ends the Disconnect in l.
func (a *attachment) close(l *lane, out []port.Event) int {
	abort := l.op.How == port.HowAbort
	n := a.emit(l, out)
	r := a.res
	a.port.free(a)
	a.port.world.closeHandle(r, abort)
	return n
}
