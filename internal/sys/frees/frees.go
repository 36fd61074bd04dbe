package frees

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Waker is woken when a handle came free; a port is one.
type Waker interface{ Wake() }

// Counter counts the handles that were closed, and knows the ports that starve
// for one. The zero Counter is ready for use and must not be copied. Any
// goroutine may call its methods.
type Counter struct {
	count   atomic.Uint64
	waiting atomic.Int32 // len(wakers), to be read without the lock
	mu      sync.Mutex
	wakers  []Waker
}

// Freed tells that a handle was closed. Ports call it after each close.
func (f *Counter) Freed() {
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

// Frees is how many handles were closed so far.
func (f *Counter) Frees() uint64 { return f.count.Load() }

// AwaitFree has w woken, once, at the next Freed. It returns false when a
// handle came free since Frees was seen: then try again at once, and expect
// a wake for nothing later.
func (f *Counter) AwaitFree(w Waker, seen uint64) bool {
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
func (f *Counter) ForgetWaker(w Waker) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wakers = slices.DeleteFunc(f.wakers, func(have Waker) bool { return have == w })
	f.waiting.Store(int32(len(f.wakers)))
}
