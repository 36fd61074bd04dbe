package raon

import "github.com/raon-engine/raon/internal/invariant"

// Job is work for a worker, with a name for logs. It is the caller's memory and
// may be posted again and again; posting allocates nothing. RAON called it
// IocpObjectJob.
type Job struct {
	Name string // of what it belongs to: a room, a zone
	Run  func() // runs on the worker, inline: it must not block
}

// PushJob runs fn on one of the workers. Errors: ErrQueueFull, ErrClosed.
func (c *Core) PushJob(fn func()) error {
	return c.nextWorker().push(message{kind: msgJob, arg: fn})
}

// PostJob runs j on one of the workers, once for each time it is posted. If it
// holds its worker up, the log names it. Errors: ErrQueueFull, ErrClosed.
func (c *Core) PostJob(j *Job) error {
	invariant.Check(j != nil && j.Run != nil, "raon: a Job without Run")
	return c.nextWorker().push(message{kind: msgNamedJob, arg: j})
}

// nextWorker deals work to the workers in turn.
func (c *Core) nextWorker() *worker {
	return c.workers[c.turn.Add(1)%uint32(len(c.workers))]
}

// runJob runs a named job, which the watchdog and the guard can see.
func (w *worker) runJob(j *Job) {
	w.job.Store(j)
	j.Run()
	w.job.Store(nil)
}
