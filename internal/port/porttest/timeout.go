package porttest

import (
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// timeoutKept waits for nothing: never shorter than asked, and not so much
// longer that the clock must be coarser than a millisecond. One try may always
// be held up by the machine, so the best of several counts.
func timeoutKept(t *testing.T, cfg *Config) {
	const tries, slack = 20, 8 * time.Millisecond
	l := newLoop(t, cfg)
	l.listen(loopback4, port.ListenOptions{})
	l.turn(0)
	for _, wait := range []time.Duration{100 * time.Microsecond, time.Millisecond, 3 * time.Millisecond, 20 * time.Millisecond} {
		best := time.Hour
		for range tries {
			began, clock := l.now(), l.p.Now()
			l.turn(wait)
			took := l.now() - began
			if took < wait && cfg.EarlyPolls {
				continue
			}
			if took < wait {
				l.fatalf("Poll(%v) returned after %v", wait, took)
			}
			// The thread may be held up between a Poll and the look at our own clock.
			if moved := l.p.Now() - clock; moved < wait {
				l.fatalf("Now moved by %v in a Poll(%v)", moved, wait)
			}
			if best = min(best, took); best <= wait+slack {
				break
			}
		}
		if best > wait+slack {
			l.fatalf("Poll(%v) took %v at best", wait, best)
		}
	}
}

// timeoutZero polls without waiting while an op is pending. Between Polls time
// stands still.
func timeoutZero(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	l.serve()
	began := time.Now()
	for range 1000 {
		l.turn(0)
		if l.p.Now() != l.clock {
			l.fatalf("Now changed without a Poll")
		}
	}
	if took := time.Since(began); took > l.patience/2 {
		l.fatalf("1,000 Polls that do not wait took %v", took)
	}
}
