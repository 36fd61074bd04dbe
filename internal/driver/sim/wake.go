package sim

import (
	"sync/atomic"
	"time"
)

// bell wakes the owner of a port. A sleep ends by exactly one token in the
// channel, or by its time, so that nothing is left over for the next one.
type bell struct {
	state atomic.Uint32
	rings atomic.Uint64 // rings that ended a sleep
	token chan struct{} // holds one
	timer *time.Timer
}

// The states of a bell.
const (
	bellIdle   = iota
	bellAsleep // the owner waits for a token; who leaves this state sends it
	bellRung   // and the owner has not taken note
)

func (b *bell) init() { b.token = make(chan struct{}, 1) }

// ring ends the current sleep, or else the next one. Any thread.
func (b *bell) ring() {
	if b.state.Swap(bellRung) == bellAsleep {
		b.rings.Add(1)
		b.token <- struct{}{}
	}
}

// nudge ends the current sleep if there is one. Any thread.
func (b *bell) nudge() {
	if b.state.CompareAndSwap(bellAsleep, bellIdle) {
		b.token <- struct{}{}
	}
}

// rung tells whether the bell has been rung since takeNote.
func (b *bell) rung() bool { return b.state.Load() == bellRung }

// takeNote is rung, and the end of it.
func (b *bell) takeNote() bool { return b.state.CompareAndSwap(bellRung, bellIdle) }

// doze announces a sleep, unless the bell was rung. What happens from now on
// ends it; the owner must call sleep.
func (b *bell) doze() bool { return b.state.CompareAndSwap(bellIdle, bellAsleep) }

// sleep waits for a token, or for d if it is not negative.
func (b *bell) sleep(d time.Duration) {
	if d < 0 {
		<-b.token
		return
	}
	if b.timer == nil {
		b.timer = time.NewTimer(d)
	} else {
		b.timer.Reset(d)
	}
	select {
	case <-b.token:
		b.timer.Stop()
	case <-b.timer.C:
		if !b.state.CompareAndSwap(bellAsleep, bellIdle) {
			<-b.token
		}
	}
}
