package wheel

import (
	"testing"
	"time"
)

// TestBurstIsSpreadOverCalls has more timers due at one tick than an Advance may
// move down or fire, and one that comes in between and is due before them.
func TestBurstIsSpreadOverCalls(t *testing.T) {
	const burst = 3 * maxMoved
	const due = time.Hour
	w := New(0, ms)
	var order []*Timer
	owner := ownerFunc(func(timer *Timer, _ time.Duration) { order = append(order, timer) })
	timers := make([]Timer, burst)
	for i := range timers {
		timers[i].Owner = owner
		w.Schedule(&timers[i], due)
	}
	if n := w.Advance(due); n != 0 || w.moving == 0 {
		t.Fatalf("fired %d before all have moved down", n)
	}
	early := Timer{Owner: owner}
	w.Schedule(&early, due-ms)
	for calls := 0; w.Pending() > 0; calls++ {
		if at, ok := w.Next(); !ok || at > due {
			t.Fatalf("Next is %v, %v with %d due", at, ok, w.Pending())
		}
		if n := w.Advance(due); n > MaxFired {
			t.Fatalf("one Advance fired %d, want at most %d", n, MaxFired)
		}
		if calls > 2*burst/MaxFired {
			t.Fatalf("%d of %d left after %d calls", w.Pending(), burst, calls)
		}
	}
	if len(order) != burst+1 || order[0] != &early {
		t.Errorf("%d fired, the earliest one first: %v", len(order), order[0] == &early)
	}
}

// TestCancelDuringMove cancels and reschedules timers of a slot that is only
// half moved down.
func TestCancelDuringMove(t *testing.T) {
	var c counter
	w := New(0, ms)
	timers := make([]Timer, 2*maxMoved)
	for i := range timers {
		timers[i].Owner = &c
		w.Schedule(&timers[i], time.Hour)
	}
	for w.moving == 0 {
		at, _ := w.Next()
		w.Advance(at)
	}
	for i := range timers {
		if i%2 == 0 {
			w.Cancel(&timers[i])
		} else {
			w.Schedule(&timers[i], 2*time.Hour)
		}
	}
	for range 3 * len(timers) / MaxFired {
		w.Advance(2*time.Hour - ms)
	}
	if c.fired != 0 {
		t.Fatalf("%d fired that were cancelled or put off", c.fired)
	}
	for range 3 * len(timers) / MaxFired {
		w.Advance(2 * time.Hour)
	}
	if c.fired != len(timers)/2 {
		t.Errorf("%d fired, want %d", c.fired, len(timers)/2)
	}
}
