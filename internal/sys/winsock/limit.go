//go:build windows

package winsock

import "sync"

// limit is a bound on sockets that are to come, as if the system had it: it can
// be lowered for a process nowhere.
type limit struct {
	mu     sync.Mutex
	active bool
	left   int
	frees  uint64 // as of when left was last brought up to date
}

// LimitHandles has making sockets fail with WSAEMFILE after n more. Each handle
// that is closed through s makes room for another. It is for tests.
func (s *Sockets) LimitHandles(n int) (restore func()) {
	s.limit.mu.Lock()
	defer s.limit.mu.Unlock()
	s.limit.active, s.limit.left, s.limit.frees = true, n, s.Frees()
	return func() {
		s.limit.mu.Lock()
		defer s.limit.mu.Unlock()
		s.limit.active = false
	}
}

// take tells whether one more socket may be made. frees is how many handles were
// closed so far.
func (l *limit) take(frees uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.active {
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
