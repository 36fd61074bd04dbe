//go:build windows

package winsock

import "sync"

// limit makes the system run out of handles when a test wants it to.
type limit struct {
	mu    sync.Mutex
	on    bool
	left  int    // handles that may still be made
	frees uint64 // handles closed as of when left was right
}

// LimitHandles lets n more handles be made; then making one fails as it does
// when the system has no more, until one is closed. It is for tests.
func (s *Sockets) LimitHandles(n int) {
	s.limit.mu.Lock()
	defer s.limit.mu.Unlock()
	s.limit.on, s.limit.left, s.limit.frees = true, n, s.Frees()
}

// UnlimitHandles undoes LimitHandles.
func (s *Sockets) UnlimitHandles() {
	s.limit.mu.Lock()
	defer s.limit.mu.Unlock()
	s.limit.on = false
}

// take counts a handle to be made, and tells whether it may be. frees is how
// many were closed so far.
func (l *limit) take(frees uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.on {
		return true
	}
	l.left += int(frees - l.frees)
	l.frees = frees
	if l.left <= 0 {
		return false
	}
	l.left--
	return true
}

// give undoes take for a handle that was not made.
func (l *limit) give() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left++
}
