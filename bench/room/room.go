// Package room joins what is said in a room, for engines that have no turns of
// their own: everything collected until a flush goes to a member in one write.
package room

import (
	"runtime"
	"sync"
)

// Member takes the joined frames. Put keeps nothing of p and does not wait for
// the peer longer than the engine's own write does.
type Member interface{ Put(p []byte) }

// Room is safe for use by many goroutines.
type Room struct {
	mu       sync.Mutex
	members  []Member // replaced, never changed: a flush iterates without the lock
	pending  []byte
	spare    []byte
	flushing bool
}

// Join adds m; it gets what is collected from now on, and perhaps a little that
// was collected before.
func (r *Room) Join(m Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	members := make([]Member, 0, len(r.members)+1)
	r.members = append(append(members, r.members...), m)
}

// Leave removes m. A flush that is under way may still Put.
func (r *Room) Leave(m Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	members := make([]Member, 0, len(r.members))
	for _, other := range r.members {
		if other != m {
			members = append(members, other)
		}
	}
	r.members = members
}

// Collect keeps a copy of p, whole frames, for the next flush. True means that
// no flush is due yet: the caller sees to it that Flush is called.
func (r *Room) Collect(p []byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending = append(r.pending, p...)
	due := r.flushing
	r.flushing = true
	return !due
}

// Flush hands over everything collected, also what comes in meanwhile.
func (r *Room) Flush() {
	for {
		batch, members := r.take()
		if len(batch) == 0 {
			return
		}
		for _, m := range members {
			m.Put(batch)
		}
		r.mu.Lock()
		r.spare = batch[:0]
		r.mu.Unlock()
	}
}

// Say collects p and, when no other goroutine is at it, flushes: after a yield,
// so that those that are ready to say something join in.
func (r *Room) Say(p []byte) {
	if r.Collect(p) {
		runtime.Gosched()
		r.Flush()
	}
}

func (r *Room) take() ([]byte, []Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	batch := r.pending
	if len(batch) == 0 {
		r.flushing = false
		return nil, nil
	}
	r.pending = r.spare
	r.spare = nil
	return batch, r.members
}
