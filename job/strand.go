package job

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/sys/thread"
)

// Options shape a Strand. Zero means the default given.
type Options struct {
	Name  string // in logs, when a job fails or holds its worker up; "strand"
	Queue int    // bound of the jobs that wait, those with a delay among them; 4,096
	Slice int    // jobs in a row before the worker turns to others; 32
}

const (
	defaultQueue = 4096
	defaultSlice = 32
	maxQueue     = 1 << 24
)

// Strand is a serial queue of jobs. They run on the workers of its core, one
// at a time, each after the one pushed before it; what one job wrote the next one
// sees. A job that blocks holds up its strand and the worker that it is on, and
// the log names the strand. A job that panics or calls runtime.Goexit is logged
// and counted, and the next one runs. Any goroutine may call the methods.
type Strand struct {
	core  *raon.Core
	opts  Options
	drain raon.Job

	runner atomic.Int64 // thread of the worker that runs a job, 0 when none does

	mu       sync.Mutex
	queue    ring
	reserved int  // places of the queue that tasks hold
	draining bool // a worker is in a slice, and will see what is queued
	closed   bool
	idle     sync.Cond // no job runs
	running  bool
	tasks    map[*Task]struct{}
	stats    Stats
}

// Stats are a strand's counters since it was made.
type Stats struct {
	Queued  int           // jobs that wait, those with a delay not among them
	Run     uint64        // jobs begun
	Failed  uint64        // of them, panicked or called runtime.Goexit
	Dropped uint64        // still waiting when the strand was closed
	Longest time.Duration // one job took
}

// New makes a strand. Errors: every fault of opts at once.
func New(core *raon.Core, opts Options) (*Strand, error) {
	if opts.Name == "" {
		opts.Name = "strand"
	}
	var errs []error
	bound := func(name string, v *int, def int) {
		if *v == 0 {
			*v = def
		}
		if *v < 1 || *v > maxQueue {
			errs = append(errs, fmt.Errorf("job.Options.%s %d: want 1 to %d", name, *v, maxQueue))
		}
	}
	bound("Queue", &opts.Queue, defaultQueue)
	bound("Slice", &opts.Slice, defaultSlice)
	if core == nil {
		errs = append(errs, errors.New("job.New: no core"))
	}
	s := &Strand{core: core, opts: opts, tasks: map[*Task]struct{}{}}
	s.drain = raon.Job{Name: opts.Name, Run: s.run}
	s.idle.L = &s.mu
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return s, nil
}

// Name is the strand's name.
func (s *Strand) Name() string { return s.opts.Name }

// Push queues fn. It never waits. Errors: raon.ErrQueueFull, raon.ErrClosed; the
// latter also when the core has ended, which drops what waits.
func (s *Strand) Push(fn func()) error {
	invariant.Check(fn != nil, "job: Push of nothing")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return raon.ErrClosed
	}
	if s.queue.len()+s.reserved >= s.opts.Queue {
		return raon.ErrQueueFull
	}
	return s.enqueue(item{fn: fn})
}

// enqueue sees that the queue is drained, and appends. The lock is held.
func (s *Strand) enqueue(it item) error {
	if !s.draining {
		if err := s.post(); err != nil {
			return err
		}
	}
	s.queue.push(it)
	return nil
}

// post asks for a slice. It asks again while the last one asked for has not
// begun, which costs next to nothing and tells whether it ever will. The lock is
// held.
func (s *Strand) post() error {
	err := s.core.PostJob(&s.drain)
	if err != nil {
		s.shut() // the core has ended
	}
	return err
}

// Stats reads the counters.
func (s *Strand) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stats
	st.Queued = s.queue.len()
	return st
}

// run is one slice of jobs, on a worker.
func (s *Strand) run() {
	if !s.start() {
		return
	}
	returned := false
	began := time.Time{}
	defer func() { s.pause(returned, began) }() // also when a job fails
	for range s.opts.Slice {
		it, ok := s.next()
		if !ok {
			break
		}
		began = time.Now()
		it.fn()
		s.ran(began, false)
	}
	returned = true
}

// start begins a slice, unless another worker is in one: that one was asked for
// too early, and sees to the rest.
func (s *Strand) start() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return false
	}
	s.draining = true
	s.runner.Store(int64(thread.ID()))
	return true
}

// next takes the next job that is to run.
func (s *Strand) next() (it item, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.queue.len() > 0 {
		it = s.queue.pop()
		if t := it.task; t != nil && !s.begin(t) {
			continue
		}
		s.running = true
		s.stats.Run++
		return it, true
	}
	return item{}, false
}

// ran counts a job that has ended.
func (s *Strand) ran(began time.Time, failed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = false
	s.stats.Longest = max(s.stats.Longest, time.Since(began))
	if failed {
		s.stats.Failed++
	}
	s.idle.Broadcast()
}

// pause ends a slice: the rest, if there is any, is for a later turn.
func (s *Strand) pause(returned bool, began time.Time) {
	if !returned {
		s.ran(began, true)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runner.Store(0)
	s.draining = false
	if s.queue.len() > 0 {
		_ = s.post() // an ended core shuts the strand
	}
}

// Stop ends the strand without waiting: the job that runs goes on, nothing else
// begins any more, what waits is dropped. It may be called again.
func (s *Strand) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut()
}

// Close is Stop, and returns when no job runs any more. A job that closes its own
// strand is the last one. No other callback may call Close: its worker would
// wait for another; Stop is for that.
func (s *Strand) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut()
	if me := int64(thread.ID()); me != 0 && me == s.runner.Load() {
		return
	}
	for s.running {
		s.idle.Wait()
	}
}

// shut is Stop with the lock held.
func (s *Strand) shut() {
	s.closed = true
	for t := range s.tasks {
		s.forget(t)
	}
	for s.queue.len() > 0 {
		if s.queue.pop().task == nil {
			s.stats.Dropped++
		}
	}
}
