package wheel

import "time"

// Owner is what a timer tells that its time has come.
type Owner interface {
	// OnTimer runs inside Advance, once for each deadline, when t is no longer
	// pending; now is what Advance was given. It may schedule and cancel any
	// timer of the wheel, t too. It must not call Advance.
	OnTimer(t *Timer, now time.Duration)
}

// Timer is one deadline. It is embedded in what it belongs to, must not move or
// be copied while it is pending, and can be scheduled again whenever it is not,
// or even when it is. The zero Timer with an Owner is ready for use.
type Timer struct {
	Owner Owner // does not change while the timer is pending

	next, prev *Timer // circular, within the slot; nil when not pending
	tick       uint64 // deadline, in ticks of the wheel
	slot       uint16 // index into Wheel.slots; meaningless when not pending
}

// Pending tells whether t is scheduled and has not fired yet.
func (t *Timer) Pending() bool { return t.next != nil }
