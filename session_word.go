package raon

import (
	"sync/atomic"

	"github.com/raon-engine/raon/internal/invariant"
)

// sessionWord is what other goroutines may look at without asking the worker.
// One 64-bit word:
//
//	bits 63..32  generation: which connection of this pooled session
//	bits 31..1   references held by SessionRef methods now running
//	bit  0       live: the connection takes sends and jobs
//
// A SessionRef method adds a reference by compare-and-swap while generation and
// live match, and drops it before it returns. The session goes back to its pool
// when it is not live and nobody holds a reference; whoever finds that first,
// the worker or the last reference, returns it.
type sessionWord struct{ v atomic.Uint64 }

const (
	wordLive    = uint64(1)
	wordRef     = uint64(2)
	wordRefMask = (uint64(1)<<31 - 1) << 1
)

func (w *sessionWord) generation() uint32 { return uint32(w.v.Load() >> 32) }

// live tells whether generation gen is the living one.
func (w *sessionWord) live(gen uint32) bool {
	v := w.v.Load()
	return uint32(v>>32) == gen && v&wordLive != 0
}

// next is the generation that start will begin.
func (w *sessionWord) next() uint32 {
	return max(w.generation()+1, 1) // a zero SessionRef is never valid
}

// start begins a generation. The worker's, while nobody can hold a reference.
func (w *sessionWord) start() {
	w.v.Store(uint64(w.next())<<32 | wordLive)
}

// end makes the generation dead. It tells whether nobody holds a reference, so
// that the caller returns the session to its pool. The worker's.
func (w *sessionWord) end() bool {
	for {
		v := w.v.Load()
		invariant.Check(v&wordLive != 0, "session ended twice")
		if w.v.CompareAndSwap(v, v&^wordLive) {
			return v&wordRefMask == 0
		}
	}
}

// retain adds a reference to generation gen if it lives.
func (w *sessionWord) retain(gen uint32) bool {
	for {
		v := w.v.Load()
		if uint32(v>>32) != gen || v&wordLive == 0 {
			return false
		}
		if w.v.CompareAndSwap(v, v+wordRef) {
			return true
		}
	}
}

// release drops a reference. It tells whether the session has ended and this
// was the last one, so that the caller returns it to its pool.
func (w *sessionWord) release() bool {
	v := w.v.Add(^(wordRef - 1))
	return v&(wordRefMask|wordLive) == 0
}
