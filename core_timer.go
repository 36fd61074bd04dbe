package raon

import (
	"sync/atomic"
	"time"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/wheel"
)

// Alarm is a deadline or a tick of the process rather than of one session. It
// runs on one of the workers; any goroutine may stop it.
type Alarm struct {
	worker  *worker
	job     *Job
	delay   time.Duration
	period  time.Duration // 0: once
	at      time.Duration
	node    wheel.Timer
	stopped atomic.Bool // Stop was called, or it ran for the last time
	missed  atomic.Uint64
}

// After has job run on one of the workers, d from when that worker hears of it:
// within its next turn. Any goroutine. Errors: ErrQueueFull, ErrClosed.
func (c *Core) After(d time.Duration, job *Job) (*Alarm, error) { return c.arm(d, 0, job) }

// Every has job run once per period, at least a millisecond, always on the same
// worker. It does not drift; ticks that a busy worker could not run in time are
// left out, and counted by Missed. Any goroutine. Errors: ErrQueueFull, ErrClosed.
func (c *Core) Every(period time.Duration, job *Job) (*Alarm, error) {
	invariant.Check(period >= wheelTick, "raon: Every with a period below a millisecond")
	return c.arm(period, period, job)
}

func (c *Core) arm(d, period time.Duration, job *Job) (*Alarm, error) {
	invariant.Check(job != nil && job.Run != nil, "raon: a Job without Run")
	a := &Alarm{worker: c.nextWorker(), job: job, delay: d, period: period}
	a.node.Owner = a
	if err := a.worker.push(message{kind: msgAlarm, arg: a}); err != nil {
		return nil, err
	}
	return a, nil
}

// Stop keeps the job from running again. It tells whether it would have. A run
// that has begun on the worker goes on. Any goroutine.
func (a *Alarm) Stop() bool {
	if a.stopped.Swap(true) {
		return false
	}
	_ = a.worker.push(message{kind: msgAlarm, arg: a}) // forgets it early; else it is found stopped when due
	return true
}

// Missed is how many ticks were left out since the alarm was set. A tick's job
// finds those counted that had passed when it began: with the runs, itself
// included, they are all the periods that have. Any goroutine.
func (a *Alarm) Missed() uint64 { return a.missed.Load() }

// settle arms the alarm, or forgets a stopped one. On the worker.
func (a *Alarm) settle() {
	w := a.worker
	if a.stopped.Load() {
		w.wheel.Cancel(&a.node)
		return
	}
	a.at = w.now + a.delay
	w.wheel.Schedule(&a.node, a.at)
}

// OnTimer runs the job. The worker's wheel calls it.
func (a *Alarm) OnTimer(_ *wheel.Timer, now time.Duration) {
	if a.period == 0 {
		if a.stopped.Swap(true) {
			return
		}
		a.worker.runJob(a.job)
		return
	}
	if a.stopped.Load() {
		return
	}
	next := nextTick(a.at, now, a.period)
	a.missed.Add(uint64((next-a.at)/a.period) - 1)
	a.at = next
	a.worker.wheel.Schedule(&a.node, a.at)
	a.worker.runJob(a.job)
}
