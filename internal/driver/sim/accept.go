package sim

import "github.com/raon-engine/raon/internal/port"

// accept returns the connections that wait, as far as there are handles.
func (a *attachment) accept(l *lane, out []port.Event) int {
	from := a.res.(*listener)
	w := a.port.world
	for n := range out {
		if !from.readable() {
			return n
		}
		if w.handles.full() || w.chance(w.opts.Faults.AcceptTooManyFiles) {
			return n + a.await(l.op, out[n:])
		}
		s := from.next()
		if s == nil {
			return n
		}
		out[n] = port.Event{Op: l.op, Object: a.object, Handle: w.handles.add(s), More: true}
		if a.lost(l) {
			return n + 1
		}
	}
	a.mark() // there may be more
	return len(out)
}

// await has a try again when a handle is closed or after AcceptRetry, and tells
// the caller why nothing comes, if that is not too soon again.
func (a *attachment) await(op *port.Op, out []port.Event) int {
	w := a.port.world
	if !a.outOfHandles {
		a.outOfHandles = true
		w.handles.waiting = append(w.handles.waiting, a)
	}
	if a.timer.index == 0 {
		w.arm(&a.timer, w.clock.now+port.AcceptRetry)
	}
	if w.clock.now < a.mutedUntil {
		return 0
	}
	a.mutedUntil = w.clock.now + port.AcceptRetry
	out[0] = port.Event{Op: op, Object: a.object, Handle: port.NoHandle, Err: failOp(op, port.ErrTooManyFiles, nil), More: true}
	return 1
}
