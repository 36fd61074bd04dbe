package serve

import (
	"sync"
	"time"
)

// logsPerSecond is how many log lines of one kind a second may have. Hostile
// peers can cause as many as they like.
const logsPerSecond = 10

// limiter bounds how often something is logged. Any goroutine may use it.
type limiter struct {
	mu     sync.Mutex
	began  time.Time // of the second being counted
	passed int       // in it
	hidden uint64    // refused since the last that passed
}

// allow tells whether to log now, and how many were not logged since the last
// time.
func (l *limiter) allow(now time.Time) (hidden uint64, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.began) >= time.Second {
		l.began, l.passed = now, 0
	}
	if l.passed == logsPerSecond {
		l.hidden++
		return 0, false
	}
	l.passed++
	hidden, l.hidden = l.hidden, 0
	return hidden, true
}
