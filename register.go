package raon

import (
	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// Registration is an application's own object on a worker's port. Its methods
// may be called on that worker only: in the object's HandleCompletion, in the
// ready function given to Register, and in jobs pushed with PushJob, which any
// goroutine may call.
type Registration struct {
	worker *worker
	ref    port.Ref
}

// Register attaches h to the port of one of the workers with obj as its
// completion key, and calls ready there when that is done, or has failed: then
// the Registration is nil and h still the caller's. RAON called it
// RegisterIocpObject. Errors: ErrClosed.
func (c *Core) Register(obj Object, h Handle, kind Kind, ready func(*Registration, error)) error {
	invariant.Check(obj != nil && ready != nil, "raon: Register needs an object and a ready function")
	w := c.nextWorker()
	if w.stopping() {
		return ErrClosed
	}
	w.urge(func() {
		ref, err := w.port.Attach(h, kind, obj)
		if err != nil {
			ready(nil, err)
			return
		}
		ready(&Registration{w, ref}, nil)
	})
	return nil
}

// Submit starts op on the object's handle. It never blocks; the outcome comes
// to HandleCompletion. op and what it refers to are the port's until the event
// without More.
func (r *Registration) Submit(op *Op) {
	op.Target = r.ref
	r.worker.port.Submit(op)
}

// Cancel asks a pending op to end.
func (r *Registration) Cancel(op *Op) { r.worker.port.Cancel(op) }

// ReleaseBuf gives back a receive buffer.
func (r *Registration) ReleaseBuf(b Buf) { r.worker.port.Release(b) }

// Detach takes the handle off the port without closing it. No operation may be
// pending. To close it, submit an OpDisconnect instead.
func (r *Registration) Detach() (Handle, error) { return r.worker.port.Detach(r.ref) }

// Worker is the index of the worker that the object lives on.
func (r *Registration) Worker() int { return r.worker.index }

// PushJob runs fn on the object's worker. Any goroutine. Errors: ErrQueueFull,
// ErrClosed.
func (r *Registration) PushJob(fn func()) error {
	return r.worker.push(message{kind: msgJob, arg: fn})
}
