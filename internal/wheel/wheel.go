package wheel

import (
	"math"
	"time"

	"github.com/raon-engine/raon/internal/invariant"
)

// MinTick is the shortest tick that New takes.
const MinTick = 100 * time.Microsecond

// Limits of one Advance, so that a burst of deadlines cannot hold up a worker.
const (
	MaxFired = 1024 // timers fired
	maxMoved = 8192 // timers moved to a lower level
)

// Wheel holds timers and fires them when told the time.
type Wheel struct {
	start   time.Duration // when tick 0 began
	tick    time.Duration
	present uint64 // ticks before it have fired; those of it may have

	// moving is a slot on a higher level that the present is in and whose
	// timers have not all moved down yet; meaningless once that slot is empty.
	moving    uint16
	pending   int
	advancing bool

	slots slots
}

// New makes a wheel with tick as its resolution, at least MinTick.
func New(now, tick time.Duration) *Wheel {
	invariant.Check(tick >= MinTick, "the tick of a wheel is shorter than MinTick")
	return &Wheel{start: now, tick: tick}
}

// Pending is how many timers are scheduled.
func (w *Wheel) Pending() int { return w.pending }

// Schedule makes t fire at the time given, rounded up to a tick, in place of
// when it would have fired. A time that has passed means the next tick. O(1).
func (w *Wheel) Schedule(t *Timer, at time.Duration) {
	invariant.Check(t.Owner != nil, "a timer without an owner")
	tick := max(w.ticksUp(at), w.present+1)
	index := indexOf(tick, w.present)
	if t.Pending() {
		if t.slot == index {
			t.tick = tick
			return
		}
		w.slots.remove(t)
		w.pending--
	}
	t.tick = tick
	w.slots.append(t, index)
	w.pending++
}

// Cancel makes t not fire. It does nothing when t is not pending. O(1).
func (w *Wheel) Cancel(t *Timer) {
	if t.Pending() {
		w.slots.remove(t)
		w.pending--
	}
}

// Advance fires what is due at now, earlier ticks first, and returns how many
// timers that was, MaxFired at most; Next tells when more are due already. The
// order within a tick is not promised. A now before the latest fires nothing.
func (w *Wheel) Advance(now time.Duration) (fired int) {
	invariant.Check(!w.advancing, "Advance called from OnTimer")
	w.advancing = true
	defer func() { w.advancing = false }() // also when OnTimer panics
	target := w.ticksDown(now)
	for moved := 0; fired < MaxFired && moved < maxMoved; {
		index, tick, ok := w.earliest()
		if !ok || tick > target {
			w.present = max(w.present, target)
			break
		}
		w.present = tick
		t := w.slots.first[index]
		w.slots.remove(t)
		if index >= perLevel {
			w.moving = index
			w.slots.append(t, indexOf(t.tick, tick))
			moved++
			continue
		}
		w.pending--
		fired++
		t.Owner.OnTimer(t, now)
	}
	return fired
}

// Next is when Advance has to be called again, false if no timer is pending. It
// is the earliest deadline, rounded up to a tick, or the earlier moment at which
// timers move down, of which a timer sees at most one for each level.
func (w *Wheel) Next() (at time.Duration, ok bool) {
	_, tick, ok := w.earliest()
	if !ok {
		return 0, false
	}
	return w.timeOf(tick), true
}

// earliest is the slot to work on next and its first tick. A slot that is being
// moved comes before all others, because its timers may be the next to fire.
func (w *Wheel) earliest() (index uint16, tick uint64, ok bool) {
	if w.moving != 0 && w.slots.first[w.moving] != nil {
		return w.moving, w.present, true
	}
	w.moving = 0
	index, ok = w.slots.earliest()
	return index, startOf(index, w.present), ok
}

// ticksUp is the first tick that begins at or after the time.
func (w *Wheel) ticksUp(at time.Duration) uint64 {
	if at <= w.start {
		return 0
	}
	since := uint64(at) - uint64(w.start) // exact, also where a Duration overflows
	tick := uint64(w.tick)
	if since%tick != 0 {
		return since/tick + 1
	}
	return since / tick
}

// ticksDown is the tick that the time is in.
func (w *Wheel) ticksDown(now time.Duration) uint64 {
	if now <= w.start {
		return 0
	}
	return (uint64(now) - uint64(w.start)) / uint64(w.tick)
}

// timeOf is when the tick begins.
func (w *Wheel) timeOf(tick uint64) time.Duration {
	if left := uint64(math.MaxInt64) - uint64(w.start); tick > left/uint64(w.tick) {
		return math.MaxInt64 // rounded up past the last one there is
	}
	return w.start + time.Duration(tick*uint64(w.tick))
}
