package sim

import (
	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// A Handle is an index into the table of its world and, above that, how often
// the index was used before. So a handle that was closed is never mistaken for
// the one that came after it.
const (
	handleBits  = 20
	maxHandles  = 1<<handleBits - 1
	firstHandle = 3 // as in Unix: 0 is no handle that anyone would miss
)

// resource is what a handle stands for.
type resource interface {
	// base is the part that all resources have.
	base() *resourceBase
	// readable tells whether a PreRecv would end.
	readable() bool
	// close ends the resource; its handle is gone already.
	close(abort bool)
}

// resourceBase is embedded in every resource.
type resourceBase struct {
	world  *World
	handle port.Handle
	owner  *attachment // nil: attached to no port
}

func (r *resourceBase) base() *resourceBase { return r }

// wake has the owner look at one of its lanes, if an op is pending there.
func (r *resourceBase) wake(lane port.Lane) {
	if r.owner != nil && r.owner.lanes[lane].op != nil {
		r.owner.mark()
	}
}

// handles is the table of a world.
type handles struct {
	slots   []handleSlot
	free    []uint32 // last closed, first reused
	open    int
	limit   int
	waiting []*attachment // accepting, and out of handles
}

type handleSlot struct {
	uses uint32
	res  resource // nil: closed
}

// full tells whether no handle can be opened.
func (t *handles) full() bool { return t.open >= t.limit }

// add opens a handle for r; the caller has asked full.
func (t *handles) add(r resource) port.Handle {
	invariant.Check(!t.full(), "sim: handle table overrun")
	if len(t.slots) == 0 {
		t.slots = make([]handleSlot, firstHandle, 16)
	}
	index := uint32(len(t.slots))
	if n := len(t.free); n > 0 {
		index = t.free[n-1]
		t.free = t.free[:n-1]
	} else {
		t.slots = append(t.slots, handleSlot{})
	}
	slot := &t.slots[index]
	slot.res = r
	t.open++
	h := port.Handle(slot.uses)<<handleBits | port.Handle(index)
	r.base().handle = h
	return h
}

// get is what h stands for, nil when it is closed.
func (t *handles) get(h port.Handle) resource {
	index := h & maxHandles
	if h == port.NoHandle || int(index) >= len(t.slots) {
		return nil
	}
	r := t.slots[index].res
	if r == nil || r.base().handle != h {
		return nil
	}
	return r
}

// remove closes h, which is open, and has those try again that had no handle.
func (t *handles) remove(h port.Handle) {
	index := uint32(h & maxHandles)
	t.slots[index].res = nil
	t.slots[index].uses++
	t.free = append(t.free, index)
	t.open--
	for _, a := range t.waiting {
		a.outOfHandles = false
		a.mark()
	}
	t.waiting = t.waiting[:0]
}

// closeHandle closes what is open and attached to no port.
func (w *World) closeHandle(r resource, abort bool) {
	b := r.base()
	w.handles.remove(b.handle)
	b.handle = port.NoHandle
	r.close(abort)
}
