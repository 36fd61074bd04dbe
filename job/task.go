package job

import (
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/invariant"
)

// Task is a job of a Strand that runs later, once or again and again.
type Task struct {
	strand *Strand
	fn     func(missed int)
	alarm  *raon.Alarm
	job    raon.Job
	every  bool
	queued bool   // it is in the strand's queue
	missed int    // ticks since it last ran that found it still there, or were left out
	left   uint64 // ticks that the alarm had left out when it came last
	gone   bool   // cancelled, run, or its strand has ended
}

// After pushes fn to the strand d from now. Its place in the queue is reserved
// from the beginning. Errors: raon.ErrQueueFull, raon.ErrClosed.
func (s *Strand) After(d time.Duration, fn func()) (*Task, error) {
	invariant.Check(fn != nil, "job: After with nothing to run")
	t := &Task{strand: s, fn: func(int) { fn() }}
	return s.arm(t, func() (*raon.Alarm, error) { return s.core.After(d, &t.job) })
}

// Every pushes fn to the strand once per period, at least a millisecond, without
// drift. A tick that finds the one before still waiting is left out, and so is one
// that a busy worker could not see to in time. fn is told how many were since it
// last ran: a simulation has missed+1 periods to catch up with. Errors: raon.ErrQueueFull, raon.ErrClosed.
func (s *Strand) Every(period time.Duration, fn func(missed int)) (*Task, error) {
	invariant.Check(fn != nil, "job: Every with nothing to run")
	t := &Task{strand: s, fn: fn, every: true}
	return s.arm(t, func() (*raon.Alarm, error) { return s.core.Every(period, &t.job) })
}

// arm reserves a place and sets the alarm.
func (s *Strand) arm(t *Task, set func() (*raon.Alarm, error)) (_ *Task, err error) {
	t.job = raon.Job{Name: s.opts.Name, Run: t.due}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, raon.ErrClosed
	}
	if s.queue.len()+s.reserved >= s.opts.Queue {
		return nil, raon.ErrQueueFull
	}
	if t.alarm, err = set(); err != nil {
		return nil, err
	}
	s.reserved++
	s.tasks[t] = struct{}{}
	return t, nil
}

// due is the alarm: the task's time has come. On some worker.
func (t *Task) due() {
	s := t.strand
	s.mu.Lock()
	defer s.mu.Unlock()
	left := t.alarm.Missed()
	t.missed += int(left - t.left)
	t.left = left
	switch {
	case t.gone:
	case t.queued:
		t.missed++
	default:
		t.queued = true
		s.reserved--                            // it takes its place now; begin reserves the next tick's
		_ = s.enqueue(item{fn: t.run, task: t}) // a core that has ended has no jobs
	}
}

// begin tells whether t, just taken from the queue, is to run. The lock is held.
func (s *Strand) begin(t *Task) bool {
	if t.gone {
		return false
	}
	t.queued = false
	s.reserved++
	if !t.every {
		s.forget(t)
	}
	return true
}

// run is the task's turn on the strand.
func (t *Task) run() {
	t.strand.mu.Lock()
	missed := t.missed
	t.missed = 0
	t.strand.mu.Unlock()
	t.fn(missed)
}

// Cancel keeps the task from running again. It tells whether it would have. A run
// that has begun goes on, unless a job of the strand itself cancels: then none is.
func (t *Task) Cancel() bool {
	s := t.strand
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.gone {
		return false
	}
	s.forget(t)
	return true
}

// forget ends a task. The lock is held.
func (s *Strand) forget(t *Task) {
	t.gone = true
	if !t.queued {
		s.reserved--
	}
	t.alarm.Stop()
	delete(s.tasks, t)
}
