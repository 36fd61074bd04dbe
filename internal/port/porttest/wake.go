package porttest

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// wait is how long a Poll may wait that a Wake must end. Where time is
// simulated it would pass at once, so such a Poll does not wait.
func (l *loop) wait() time.Duration {
	if l.drv.Caps().Virtual {
		return 0
	}
	return l.patience
}

// woken polls, which must return before its wait is over.
func (l *loop) woken() {
	l.t.Helper()
	began := time.Now()
	l.turn(l.wait())
	if time.Since(began) >= l.patience {
		l.fatalf("Poll waited %v although there was a Wake", l.patience)
	}
}

// wakeBefore wakes a port that is not polling: its next Poll returns at once,
// also when something else ends the Polls.
func wakeBefore(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	for range 100 {
		l.p.Wake()
		l.woken()
	}
	before := l.p.Stats().Wakes
	for range 1000 {
		l.p.Wake()
	}
	if n := l.p.Stats().Wakes - before; n != 0 {
		l.fatalf("%d wakes of a port that was not waiting needed a system call", n)
	}
	l.woken()
	c, s := l.pair()
	s.read()
	for range 100 {
		c.write(1)
		l.p.Wake()
		l.turn(0)
		c.sent()
		s.received(c.out.pos)
	}
}

// wakeSettles shows that wakes which were answered do not keep the port awake.
func wakeSettles(t *testing.T, cfg *Config) {
	const wait = 5 * time.Millisecond
	l := newLoop(t, cfg)
	for range 100 {
		l.p.Wake()
	}
	for range 10 {
		began := l.now()
		l.turn(wait)
		if l.now()-began >= wait {
			return
		}
	}
	l.fatalf("ten Polls returned early after all wakes were answered")
}

// wakePingPong answers a goroutine that waits for the answer before it asks
// again: one lost wake ends it.
func wakePingPong(t *testing.T, cfg *Config) {
	const rounds = 2000
	l := newLoop(t, cfg)
	var asked, answered atomic.Int64
	var done sync.WaitGroup
	done.Go(func() {
		for i := int64(1); i <= rounds; i++ {
			asked.Store(i)
			l.p.Wake()
			for answered.Load() < i && !l.t.Failed() {
				runtime.Gosched()
			}
		}
	})
	defer done.Wait()
	for i := int64(1); i <= rounds; i++ {
		for asked.Load() < i {
			l.woken()
		}
		answered.Store(i)
	}
}

// wakeStorm wakes from many goroutines while bytes go back and forth: nothing
// posted before a Wake is left unseen.
func wakeStorm(t *testing.T, cfg *Config) {
	const goroutines, wakes = 8, 4000
	l := newLoop(t, cfg)
	c, s := l.pair()
	s.read()
	var posted atomic.Int64
	var done sync.WaitGroup
	defer done.Wait()
	for range goroutines {
		done.Go(func() {
			for range wakes {
				posted.Add(1)
				l.p.Wake()
			}
		})
	}
	for posted.Load() < goroutines*wakes {
		if !c.send.pending {
			c.write(16)
		}
		l.woken()
	}
	c.sent()
	s.received(c.out.pos)
}
