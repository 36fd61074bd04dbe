package wheel

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/invariant"
)

const ms = time.Millisecond

// ownerFunc is an Owner made of a function.
type ownerFunc func(t *Timer, now time.Duration)

func (fn ownerFunc) OnTimer(t *Timer, now time.Duration) { fn(t, now) }

// counter is an Owner that counts.
type counter struct{ fired int }

func (c *counter) OnTimer(*Timer, time.Duration) { c.fired++ }

func TestTimerIsSmall(t *testing.T) {
	if size := reflect.TypeFor[Timer]().Size(); size > 48 {
		t.Errorf("a Timer takes %d bytes, want at most 48", size)
	}
}

func TestFiresAtItsTickAndNotBefore(t *testing.T) {
	starts := []time.Duration{0, 7*time.Hour + 123, -5 * time.Second}
	delays := []time.Duration{1, ms, ms + 1, 63 * ms, 64 * ms, 65*ms - 1, 4096 * ms,
		30 * time.Second, 5 * time.Minute, 24 * time.Hour, 400 * 24 * time.Hour, 50 * 365 * 24 * time.Hour}
	for _, start := range starts {
		for _, delay := range delays {
			var c counter
			timer := Timer{Owner: &c}
			w := New(start, ms)
			w.Schedule(&timer, start+delay)
			due := start + (delay+ms-1)/ms*ms
			if w.Advance(due - 1); c.fired != 0 || !timer.Pending() {
				t.Errorf("start %v, delay %v: fired before its tick", start, delay)
			}
			if n := w.Advance(due); n != 1 || c.fired != 1 || timer.Pending() || w.Pending() != 0 {
				t.Errorf("start %v, delay %v: fired %d times at its tick", start, delay, c.fired)
			}
		}
	}
}

func TestPassedDeadlineFiresAtTheNextTick(t *testing.T) {
	var c counter
	timer := Timer{Owner: &c}
	w := New(0, ms)
	w.Advance(100 * ms)
	w.Schedule(&timer, 3*ms)
	if at, ok := w.Next(); !ok || at != 101*ms {
		t.Errorf("Next is %v, %v, want the next tick", at, ok)
	}
	if w.Advance(101 * ms); c.fired != 1 {
		t.Errorf("fired %d times", c.fired)
	}
}

func TestCancelAndReschedule(t *testing.T) {
	var c counter
	timer := Timer{Owner: &c}
	w := New(0, ms)
	w.Cancel(&timer) // never scheduled
	w.Schedule(&timer, 10*ms)
	w.Cancel(&timer)
	w.Cancel(&timer)
	if _, ok := w.Next(); ok || w.Pending() != 0 || timer.Pending() {
		t.Error("a cancelled timer is still pending")
	}
	w.Schedule(&timer, 10*ms)
	w.Schedule(&timer, 5*time.Second)
	w.Schedule(&timer, 20*ms)
	if w.Pending() != 1 {
		t.Errorf("one timer scheduled thrice counts as %d", w.Pending())
	}
	if w.Advance(19 * ms); c.fired != 0 {
		t.Error("fired at a deadline that was replaced")
	}
	w.Advance(10 * time.Second)
	if c.fired != 1 {
		t.Errorf("fired %d times, want once", c.fired)
	}
}

func TestFarthestDeadline(t *testing.T) {
	var c counter
	for _, start := range []time.Duration{0, 5, math.MinInt64, math.MaxInt64 - 10} {
		timer := Timer{Owner: &c}
		w := New(start, MinTick)
		w.Schedule(&timer, math.MaxInt64)
		at, ok := w.Next()
		if !ok || at <= start {
			t.Errorf("start %d: Next is %d, %v", start, at, ok)
		}
		w.Advance(start + 1)
		if c.fired != 0 {
			t.Errorf("start %d: fired at once", start)
		}
		w.Cancel(&timer)
	}
}

func TestTickerDoesNotDrift(t *testing.T) {
	const period = 7 * ms
	w := New(0, ms)
	var at time.Duration
	fired := 0
	timer := Timer{}
	timer.Owner = ownerFunc(func(t *Timer, _ time.Duration) {
		fired++
		at += period
		w.Schedule(t, at)
	})
	at = period
	w.Schedule(&timer, at)
	for now := time.Duration(0); now < time.Second; now += 3*ms + 137*time.Microsecond {
		w.Advance(now) // late nearly always
	}
	w.Advance(time.Second)
	if want := int(time.Second / period); fired != want {
		t.Errorf("a ticker of %v fired %d times in a second, want %d", period, fired, want)
	}
}

func TestNextSleepsThroughEmptyTicks(t *testing.T) {
	var c counter
	timer := Timer{Owner: &c}
	w := New(0, ms)
	w.Schedule(&timer, 24*time.Hour)
	calls := 0
	for now, ok := w.Next(); ok; now, ok = w.Next() {
		w.Advance(now)
		calls++
	}
	if c.fired != 1 || calls > levels {
		t.Errorf("fired %d times after %d calls of Advance, want 1 after at most %d", c.fired, calls, levels)
	}
}

func TestAdvanceBackwardsFiresNothing(t *testing.T) {
	var c counter
	timer := Timer{Owner: &c}
	w := New(0, ms)
	w.Advance(time.Second)
	w.Schedule(&timer, 1001*ms)
	if w.Advance(500*ms) != 0 || w.Advance(1000*ms) != 0 {
		t.Error("fired before its time")
	}
	if w.Advance(1001*ms) != 1 {
		t.Error("did not fire at its time")
	}
}

func TestScheduleAllocatesNothing(t *testing.T) {
	var c counter
	timer := Timer{Owner: &c}
	w := New(0, ms)
	now := time.Duration(0)
	allocs := testing.AllocsPerRun(1000, func() {
		w.Schedule(&timer, now+5*ms)
		w.Schedule(&timer, now+100*ms)
		now += 100 * ms
		w.Advance(now)
	})
	if allocs != 0 || c.fired == 0 {
		t.Errorf("%v allocations, %d fired", allocs, c.fired)
	}
}

func TestMisusePanics(t *testing.T) {
	w, other := New(0, ms), New(0, ms)
	foreign := &Timer{Owner: &counter{}}
	other.Schedule(foreign, ms)
	nested := &Timer{Owner: ownerFunc(func(*Timer, time.Duration) { w.Advance(time.Hour) })}
	w.Schedule(nested, 5*ms)
	for name, misuse := range map[string]func(){
		"tick too short":       func() { New(0, MinTick-1) },
		"no owner":             func() { New(0, ms).Schedule(&Timer{}, ms) },
		"timer of another":     func() { w.Cancel(foreign) },
		"Advance from OnTimer": func() { w.Advance(time.Second) },
	} {
		func() {
			defer func() {
				if _, ok := recover().(invariant.Violation); !ok {
					t.Errorf("%s: no violation", name)
				}
			}()
			misuse()
		}()
	}
}

func TestPanicInOnTimerLeavesTheWheelUsable(t *testing.T) {
	var c counter
	w := New(0, ms)
	w.Schedule(&Timer{Owner: ownerFunc(func(*Timer, time.Duration) { panic("handler") })}, ms)
	w.Schedule(&Timer{Owner: &c}, 2*ms)
	func() {
		defer func() {
			if r := recover(); r != "handler" {
				t.Errorf("recovered %v", r)
			}
		}()
		w.Advance(2 * ms)
	}()
	if w.Advance(2 * ms); c.fired != 1 || w.Pending() != 0 {
		t.Errorf("after a panic: %d fired, %d pending", c.fired, w.Pending())
	}
}
