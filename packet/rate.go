package packet

import (
	"fmt"
	"math"
	"time"
)

// Rate is a budget of packets of one session: Burst at once, and PerSecond in the
// long run. The zero Rate is no budget.
type Rate struct {
	PerSecond float64
	Burst     int // what PerSecond allows in a second, at least 1

	// Drop leaves out and counts what is over the budget, instead of ending the
	// session with KickFlood.
	Drop bool
}

// longestFill bounds how long an empty budget takes to be full again.
const longestFill = 24 * time.Hour

func (r Rate) check() error {
	if r == (Rate{}) {
		return nil
	}
	if !(r.PerSecond > 0) || r.PerSecond > 1e9 {
		return fmt.Errorf("PerSecond %v: want more than 0 and at most 1e9", r.PerSecond)
	}
	if r.Burst < 0 || float64(r.Burst) > r.PerSecond*longestFill.Seconds() {
		return fmt.Errorf("Burst %d: want 0 to what PerSecond gives in %v", r.Burst, longestFill)
	}
	return nil
}

// budget is a Rate made ready for use. A token bucket is one instant per session,
// when it will be full again: a packet moves that on by interval, and there is
// none left when it is further away than spread (the generic cell rate algorithm).
type budget struct {
	interval time.Duration // between two packets in the long run
	spread   time.Duration // of a burst but for its first packet
	drop     bool
	slot     int // of the instant in Conn.budgets; -1 is no budget
}

func (r Rate) budget(slot int) budget {
	if r == (Rate{}) {
		return budget{slot: -1}
	}
	if r.Burst == 0 {
		r.Burst = max(int(math.Ceil(r.PerSecond)), 1)
	}
	interval := max(time.Duration(float64(time.Second)/r.PerSecond), 1)
	return budget{interval: interval, spread: time.Duration(r.Burst-1) * interval, drop: r.Drop, slot: slot}
}

// take tells whether the budget has room for a packet now, and takes it.
func (b *budget) take(full *time.Duration, now time.Duration) bool {
	if *full < now {
		*full = now
	}
	if *full-now > b.spread {
		return false
	}
	*full += b.interval
	return true
}
