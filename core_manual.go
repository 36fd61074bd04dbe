package raon

import (
	"errors"
	"runtime"
	"time"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/sys/thread"
)

// HandleCompletions runs one turn of a manual core's worker: it waits up to
// timeout for something to do, does it, and returns how many completions there
// were. timeout < 0 waits without a limit, 0 does not wait. The first call
// locks its goroutine to its thread and makes the port there; other threads get
// ErrWrongThread from then on, also when a callback has ended that goroutine by
// runtime.Goexit. When the core has ended it returns ErrClosed. A
// call inside a callback panics.
func (c *Core) HandleCompletions(timeout time.Duration) (int, error) {
	if !c.opts.Manual {
		return 0, ErrNotManual
	}
	select {
	case <-c.ended:
		return 0, ErrClosed
	default:
	}
	w := c.workers[0]
	if err := c.bind(w); err != nil {
		return 0, err
	}
	invariant.Check(!w.inTurn, "raon: HandleCompletions inside a callback")
	n, err := w.turn(timeout)
	if err != nil || w.stopping() {
		w.finish(err)
	}
	return n, err
}

// bind gives the worker its thread on the first call and checks it on others.
func (c *Core) bind(w *worker) error {
	runtime.LockOSThread() // first: the number is of no use if the goroutine moves
	me := int64(thread.ID())
	if w.thread.CompareAndSwap(0, me) {
		if err := w.open(); err != nil {
			w.finish(err)
			return err
		}
		return nil // locked until finish
	}
	runtime.UnlockOSThread()
	if w.thread.Load() != me {
		return ErrWrongThread
	}
	return nil
}

// closeManual runs turns until the core has ended.
func (c *Core) closeManual() error {
	for {
		_, err := c.HandleCompletions(-1)
		if errors.Is(err, ErrClosed) {
			return c.Wait()
		}
		if err != nil {
			return err
		}
	}
}
