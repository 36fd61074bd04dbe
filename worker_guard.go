package raon

import (
	"fmt"
	"runtime/debug"

	"github.com/raon-engine/raon/internal/invariant"
)

// rescue runs deferred at the end of every turn. When a callback panicked, or
// called runtime.Goexit, it ends that callback's session and lets the worker
// live. Goexit cannot be called off, so the loop then goes on inside this very
// deferred call, on the same goroutine and thread, until the worker ends.
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
	if cause == nil && !w.core.opts.Manual {
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
	s := w.current.Load()
	if s == nil {
		w.log.Error("raon: job "+what, "cause", cause, "stack", string(debug.Stack()))
		return
	}
	w.current.Store(nil)
	w.log.Error("raon: handler "+what, "session", s.id, "service", s.service.name,
		"cause", cause, "stack", string(debug.Stack()))
	if s.state != statePooled && s.state < stateClosing {
		s.kick(KickPanic, fmt.Errorf("callback %s: %v", what, cause))
	}
}
