package raon

import (
	"errors"
	"sync/atomic"

	"github.com/raon-engine/raon/internal/invariant"
)

// Job is work for a worker, with a name for logs. It is the caller's memory, as
// an Op is: posting allocates nothing, and one that waits already is not posted
// twice. It must not be copied. RAON called it IocpObjectJob.
type Job struct {
	Name string // of what it belongs to: a room, a zone
	Run  func() // runs on the worker, inline: it must not block

	posted atomic.Bool // and not yet begun
}

// PushJob runs fn on one of the workers. Errors: ErrQueueFull, ErrClosed.
func (c *Core) PushJob(fn func()) error {
	return c.nextWorker().push(message{kind: msgJob, arg: fn})
}

// PostJob has j run once, on one of the workers. A j that waits already runs once
// for both; a j that is running may run a second time at once, on another worker.
// If it holds its worker up, the log names it. There is always room: what waits
// is bounded by how many Jobs there are. Any goroutine. Errors: ErrClosed.
func (c *Core) PostJob(j *Job) error {
	invariant.Check(j != nil && j.Run != nil, "raon: a Job without Run")
	if j.posted.Swap(true) {
		return nil
	}
	var w *worker
	for range c.workers {
		w = c.nextWorker()
		err := w.push(message{kind: msgNamedJob, arg: j})
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrQueueFull) {
			j.posted.Store(false)
			return err
		}
	}
	w.urge(func() { w.runPosted(j) })
	return nil
}

// nextWorker deals work to the workers in turn.
func (c *Core) nextWorker() *worker {
	return c.workers[c.turn.Add(1)%uint32(len(c.workers))]
}

// runPosted runs a job that PostJob left. From here on it may be posted anew.
func (w *worker) runPosted(j *Job) {
	j.posted.Store(false)
	w.runJob(j)
}

// runJob runs a named job, which the watchdog and the guard can see.
func (w *worker) runJob(j *Job) {
	w.job.Store(j)
	j.Run()
	w.job.Store(nil)
}
