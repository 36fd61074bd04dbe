package raon

import (
	"sync"
	"testing"

	"github.com/raon-engine/raon/internal/invariant"
)

// poolService is a service of which only the pool is used.
func poolService(size int, freed func()) *Service {
	s := &Service{newHandler: func() Handler { return nil }}
	s.pool = newSessionPool(s, size)
	s.pool.onFree = freed
	return s
}

func TestPoolIsCircular(t *testing.T) {
	s := poolService(3, func() {})
	p := s.pool
	a, b := p.acquire(s), p.acquire(s)
	p.release(a)
	p.release(b)
	if third := p.acquire(s); third == a || third == b {
		t.Error("a session that just came back is used before one that rested")
	}
	if again := p.acquire(s); again != a {
		t.Error("sessions do not come in the order in which they came back")
	}
}

func TestEmptyPoolGivesNothingAndTellsWhenItIsNot(t *testing.T) {
	freed := 0
	s := poolService(2, func() { freed++ })
	a, b := s.pool.acquire(s), s.pool.acquire(s)
	if x := s.pool.acquire(s); x != nil || s.pool.idleCount() != 0 {
		t.Fatal("an empty pool gave a session")
	}
	s.pool.release(a)
	s.pool.release(b)
	if freed != 1 || s.pool.idleCount() != 2 {
		t.Errorf("told %d times that an empty pool has a session, want once; %d idle, want 2", freed, s.pool.idleCount())
	}
}

func TestHandlersAreMadeOncePerSession(t *testing.T) {
	made := 0
	s := poolService(4, func() {})
	s.newHandler = func() Handler { made++; return nil }
	for range 12 {
		s.pool.release(s.pool.acquire(s))
	}
	if made != 4 {
		t.Errorf("%d handlers for 4 sessions", made)
	}
}

func TestReleasingTooManySessionsPanics(t *testing.T) {
	defer func() {
		if _, ok := recover().(invariant.Violation); !ok {
			t.Error("a session was released twice and nobody noticed")
		}
	}()
	s := poolService(1, func() {})
	x := s.pool.acquire(s)
	s.pool.release(x)
	s.pool.release(x)
}

func TestPoolFromManyGoroutines(t *testing.T) {
	s := poolService(5, func() {})
	owned := map[*Session]bool{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 2000 {
				x := s.pool.acquire(s)
				if x == nil {
					continue
				}
				mu.Lock()
				if owned[x] {
					t.Error("a session has two owners")
				}
				owned[x] = true
				mu.Unlock()
				mu.Lock()
				owned[x] = false
				mu.Unlock()
				s.pool.release(x)
			}
		})
	}
	group.Wait()
	if s.pool.idleCount() != 5 {
		t.Errorf("%d of 5 sessions are idle in the end", s.pool.idleCount())
	}
}
