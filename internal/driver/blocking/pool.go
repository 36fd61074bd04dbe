package blocking

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/raon-engine/raon/internal/port"
)

// poolMost bounds the goroutines of one port's pool.
const poolMost = 4

// Task is one operation on its way through a pool. From Put to TakeDone it
// belongs to the pool. Owner says whose it is, for the port's thread only.
type Task[Owner any] struct {
	next *Task[Owner]

	Owner  Owner
	Handle port.Handle
	Kind   port.OpType
	Bufs   [][]byte
	Offset int64

	N   int // the outcome
	Err error
}

// Next is the task that was done after this one, of those that TakeDone gave.
func (t *Task[Owner]) Next() *Task[Owner] { return t.next }

// Pool is the goroutines that do a port's blocking calls. They are made when
// the first tasks come, up to poolMost, and end with the port. The caller
// bounds the tasks: a port puts in at most one per attachment.
type Pool[Owner any] struct {
	wake     func() // the port's
	worker   func() func(*Task[Owner])
	most     int
	finished atomic.Bool // done may hold something
	ended    sync.WaitGroup

	mu struct {
		sync.Mutex
		work    sync.Cond    // todo or closing changed
		todo    *Task[Owner] // oldest first
		last    *Task[Owner] // of todo
		done    *Task[Owner] // newest first
		queued  int          // in todo
		workers int
		idle    int
		closing bool
	}
}

// New makes a pool. Each of its goroutines calls worker once for the function
// that it then does tasks with. wake is called after each task, by any
// goroutine.
func New[Owner any](wake func(), worker func() func(*Task[Owner])) *Pool[Owner] {
	l := &Pool[Owner]{wake: wake, worker: worker, most: min(poolMost, max(2, runtime.GOMAXPROCS(0)))}
	l.mu.work.L = &l.mu
	return l
}

// Put gives t to the pool. The port's thread.
func (l *Pool[Owner]) Put(t *Task[Owner]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.next = nil
	if l.mu.todo == nil {
		l.mu.todo = t
	} else {
		l.mu.last.next = t
	}
	l.mu.last = t
	l.mu.queued++
	if l.mu.queued > l.mu.idle && l.mu.workers < l.most {
		l.mu.workers++
		l.ended.Go(l.work)
	}
	l.mu.work.Signal()
}

// TakeDone takes all tasks that are done, oldest first; Next leads on. The
// port's thread.
func (l *Pool[Owner]) TakeDone() (first *Task[Owner]) {
	if !l.finished.Swap(false) {
		return nil
	}
	l.mu.Lock()
	t := l.mu.done
	l.mu.done = nil
	l.mu.Unlock()
	for t != nil {
		next := t.next
		t.next, first, t = first, t, next
	}
	return first
}

// Close awaits the tasks that run, drops the others and ends the goroutines.
func (l *Pool[Owner]) Close() {
	l.mu.Lock()
	l.mu.closing, l.mu.todo = true, nil
	l.mu.work.Broadcast()
	l.mu.Unlock()
	l.ended.Wait()
}

// work is one goroutine of the pool.
func (l *Pool[Owner]) work() {
	do := l.worker()
	for t := l.next(); t != nil; t = l.next() {
		do(t)
		l.mu.Lock()
		t.next, l.mu.done = l.mu.done, t
		l.mu.Unlock()
		l.finished.Store(true)
		l.wake()
	}
}

// next waits for a task; nil means that the pool is closing.
func (l *Pool[Owner]) next() *Task[Owner] {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.mu.todo == nil && !l.mu.closing {
		l.mu.idle++
		l.mu.work.Wait()
		l.mu.idle--
	}
	t := l.mu.todo
	if t != nil {
		l.mu.todo = t.next
		l.mu.queued--
	}
	return t
}
