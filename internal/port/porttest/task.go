package porttest

import "github.com/raon-engine/raon/internal/port"

// task is an Op and the model of its life: idle, pending, ended.
type task struct {
	op    port.Op
	owner *attachment // nil: a Job, or a target that does not exist

	pending bool
	ends    int   // how often it was submitted and ended
	n       int   // of the last end
	err     error // of the last end
	rank    int   // the last end among all ends of the loop
	seen    int   // Done at the last look
}

// begin takes note that the task is about to be submitted.
func (k *task) begin() {
	k.pending, k.n, k.err, k.seen = true, 0, nil, 0
	k.op.Done = 0
	if k.owner != nil {
		k.owner.pending++
	}
}

// finish takes note of the event that ends the task.
func (k *task) finish(ev *port.Event, rank int) {
	k.pending, k.n, k.err, k.rank = false, ev.N, ev.Err, rank
	k.ends++
	if k.owner != nil {
		k.owner.pending--
	}
}

// total is how many bytes the task has to move, for those that are told.
func (k *task) total() (n int) {
	for _, b := range k.op.Bufs {
		n += len(b)
	}
	return n
}
