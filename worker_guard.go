package raon

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/raon-engine/raon/internal/invariant"
)

// rescue runs deferred at the end of every turn. When a callback panicked, or
// called runtime.Goexit, it ends that callback's session and lets the worker
// live: see outlive.
//
// A violated invariant is not survived: the engine's state cannot be trusted.
func (w *worker) rescue() {
	if !w.inTurn {
		return
	}
	w.inTurn = false
	cause := recover()
	if v, ok := cause.(invariant.Violation); ok {
		panic(v)
	}
	w.blame(cause)
}

// outlive runs deferred at the end of the worker's goroutine. After a Goexit,
// which cannot be called off, the loop goes on inside this very call, on the
// same goroutine and thread, until the worker ends.
func (w *worker) outlive() {
	if !w.ended {
		defer w.outlive()
		w.loop()
	}
}

// blame logs the end of a callback and kicks its session, if it had one.
func (w *worker) blame(cause any) {
	w.stats.panics.Add(1)
	w.chunks.Abandon() // a packet that it was writing
	what := "panicked"
	if cause == nil {
		what, cause = "called runtime.Goexit", "Goexit"
	}
	s, j := w.current.Load(), w.job.Swap(nil)
	stack := failedStack()
	if s == nil && j != nil {
		w.log.Error("raon: job "+what, "job", j.Name, "cause", cause, "stack", stack)
		return
	}
	if s == nil {
		w.log.Error("raon: job "+what, "cause", cause, "stack", stack)
		return
	}
	w.current.Store(nil)
	w.log.Error("raon: handler "+what, "session", s.id, "service", s.service.name,
		"cause", cause, "stack", stack)
	if s.state != statePooled && s.state < stateClosing {
		s.kick(KickPanic, fmt.Errorf("callback %s: %v", what, cause))
	}
}

// shownFrames is how many frames of a failed callback's stack are logged. It is
// a bound on work, too: after many a Goexit the whole stack is deep.
const shownFrames = 32

// failedStack is the stack of a callback that has failed, innermost frame first.
// It is called by blame.
func failedStack() string {
	var pcs [shownFrames]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs[:])]) // from the caller of rescue
	var b strings.Builder
	for {
		f, more := frames.Next()
		fmt.Fprintf(&b, "%s\n\t%s:%d\n", f.Function, f.File, f.Line)
		if !more {
			return b.String()
		}
	}
}
