package packet

import (
	"testing"
	"time"
)

// TestBudget plays packets against a budget of 10 per second, 3 at once.
func TestBudget(t *testing.T) {
	b := Rate{PerSecond: 10, Burst: 3}.budget(0)
	var full time.Duration
	for i, c := range []struct {
		at   time.Duration
		want bool
	}{
		{time.Hour, true}, {time.Hour, true}, {time.Hour, true}, {time.Hour, false}, // the burst, and no more
		{time.Hour + 99*time.Millisecond, false},
		{time.Hour + 100*time.Millisecond, true}, {time.Hour + 100*time.Millisecond, false}, // one has come back
		{time.Hour + 10*time.Second, true}, {time.Hour + 10*time.Second, true}, {time.Hour + 10*time.Second, true}, // all, not more
		{time.Hour + 10*time.Second, false},
	} {
		if got := b.take(&full, c.at); got != c.want {
			t.Errorf("packet %d at %v: %v, want %v", i, c.at, got, c.want)
		}
	}
}

func TestRateDefaultsAndFaults(t *testing.T) {
	if b := (Rate{PerSecond: 2.5}).budget(0); b.spread != 2*400*time.Millisecond {
		t.Errorf("2.5 per second has a spread of %v, want 3 at once", b.spread)
	}
	if b := (Rate{}).budget(0); b.slot != -1 {
		t.Error("no rate is a budget")
	}
	for _, r := range []Rate{{PerSecond: -1}, {Burst: 5}, {Drop: true}, {PerSecond: 2e9}, {PerSecond: 1, Burst: -1}, {PerSecond: 1e-9, Burst: 1e6}} {
		if r.check() == nil {
			t.Errorf("%+v: no fault", r)
		}
	}
}
