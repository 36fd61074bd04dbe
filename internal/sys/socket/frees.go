//go:build linux

package socket

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Waker is woken when a descriptor came free; a port is one.
type Waker interface{ Wake() }

// frees counts the descriptors that were closed, and knows the ports that
// starve for one.
type frees struct {
	count   atomic.Uint64
	waiting atomic.Int32 // len(wakers), to be read without the lock
	mu      sync.Mutex
	wakers  []Waker
}

// Freed tells that a descriptor was closed. Ports call it after each close.
func (s *Sockets) Freed() {
	f := &s.frees
	f.count.Add(1)
	if f.waiting.Load() == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, w := range f.wakers {
		w.Wake()
	}
	f.wakers = f.wakers[:0]
	f.waiting.Store(0)
}

// Frees is how many descriptors were closed so far.
func (s *Sockets) Frees() uint64 { return s.frees.count.Load() }

// AwaitFree has w woken, once, at the next Freed. It returns false when a
// descriptor came free since Frees was seen: then try again at once, and expect
// a wake for nothing later.
func (s *Sockets) AwaitFree(w Waker, seen uint64) bool {
	f := &s.frees
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.wakers, w) {
		f.wakers = append(f.wakers, w)
	}
	// Announced before the count is read, counted before the announcement is
	// read: one of the two threads sees the other.
	f.waiting.Store(int32(len(f.wakers)))
	return f.count.Load() == seen
}

// ForgetWaker undoes AwaitFree; a port calls it in Close.
func (s *Sockets) ForgetWaker(w Waker) {
	f := &s.frees
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wakers = slices.DeleteFunc(f.wakers, func(have Waker) bool { return have == w })
	f.waiting.Store(int32(len(f.wakers)))
}
