//go:build linux

package ready

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/file"
)

// poolMost bounds the goroutines of one port's pool.
const poolMost = 4

// task is one file operation on its way through the pool. There is one per
// file, so the queues are bounded by the attachments. From put to takeDone it
// belongs to the pool.
type task struct {
	next   *task
	slot   *slot // not for the pool's goroutines
	fd     int
	kind   port.OpType
	bufs   [][]byte
	offset int64

	n   int // the outcome
	err error
}

// pool is the goroutines that do a port's blocking file calls. They are made
// when the first operations come, up to poolMost, and end with the port.
type pool struct {
	wake     func() // the port's
	most     int
	finished atomic.Bool // done may hold something
	ended    sync.WaitGroup

	mu struct {
		sync.Mutex
		work    sync.Cond // todo or closing changed
		todo    *task     // oldest first
		last    *task     // of todo
		done    *task     // newest first
		queued  int       // in todo
		workers int
		idle    int
		closing bool
	}
}

func newPool(wake func()) *pool {
	l := &pool{wake: wake, most: min(poolMost, max(2, runtime.GOMAXPROCS(0)))}
	l.mu.work.L = &l.mu
	return l
}

// put gives t to the pool. The port's thread.
func (l *pool) put(t *task) {
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

// takeDone takes all tasks that are done, linked, oldest first. The port's
// thread.
func (l *pool) takeDone() (first *task) {
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

// close awaits the tasks that run, drops the others and ends the goroutines.
func (l *pool) close() {
	l.mu.Lock()
	l.mu.closing, l.mu.todo = true, nil
	l.mu.work.Broadcast()
	l.mu.Unlock()
	l.ended.Wait()
}

// work is one goroutine of the pool.
func (l *pool) work() {
	var w file.Writer
	for t := l.next(); t != nil; t = l.next() {
		t.run(&w)
		l.mu.Lock()
		t.next, l.mu.done = l.mu.done, t
		l.mu.Unlock()
		l.finished.Store(true)
		l.wake()
	}
}

// next waits for a task; nil means that the pool is closing.
func (l *pool) next() *task {
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

// run does the call.
func (t *task) run(w *file.Writer) {
	switch t.kind {
	case port.OpFileWrite:
		t.n, t.err = w.Write(t.fd, t.bufs, t.offset)
	case port.OpFileRead:
		t.n, t.err = file.Read(t.fd, t.bufs[0], t.offset)
	case port.OpFileSync:
		t.err = file.Sync(t.fd)
	case port.OpFileTruncate:
		t.err = file.Truncate(t.fd, t.offset)
	}
}
