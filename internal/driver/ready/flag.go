//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"runtime"
	"sync/atomic"
)

// The states of a flag. The port's thread moves between awake and asleep, any
// other moves to woken:
//
//	        sleep              wake, which interrupts the sleeper
//	awake ---------> asleep ---------------------------------> woken
//	  ^ <----- rise ----'                                        ^ |
//	  |                                                          | |
//	  |---- wake: one swap, no system call ----------------------' |
//	  '---------------------- take --------------------------------'
const (
	awake uint32 = iota
	asleep
	woken
)

// flag tells wakers whether the port's thread sleeps, so that a wake costs a
// system call only then, and at most one for any number of wakes.
//
// Nothing is missed: a waker publishes its work, then swaps the flag; the port
// swaps the flag, then looks for work. Whichever swap comes second sees the
// other's.
type flag struct {
	state atomic.Uint32
	owed  uint64        // interrupts that wakers made or are about to make; the port's thread
	made  atomic.Uint64 // of those, made
}

// wake tells whether the caller must interrupt the sleeper, and then call
// interrupted. Any thread.
func (f *flag) wake() bool {
	return f.state.Load() != woken && f.state.Swap(woken) == asleep
}

// interrupted is called after the interrupt that wake asked for.
func (f *flag) interrupted() { f.made.Add(1) }

// sleep is called before the port's thread sleeps. It tells false when it must
// not, because it was woken.
func (f *flag) sleep() bool { return f.state.CompareAndSwap(awake, asleep) }

// rise is called after sleeping. If the port was woken meanwhile, it stays so
// until take.
func (f *flag) rise() {
	if !f.state.CompareAndSwap(asleep, awake) {
		f.owed++
	}
}

// woken tells whether there are wakes to answer.
func (f *flag) woken() bool { return f.state.Load() == woken }

// take answers the wakes so far. The port's thread, when it is not asleep.
func (f *flag) take() {
	if f.woken() {
		f.state.Swap(awake)
	}
}

// settle waits until no waker is about to interrupt. Without it a waker that
// was held up between its swap and its interrupt would write to a descriptor
// that has been closed and perhaps been given to somebody else.
func (f *flag) settle() {
	f.state.Store(woken) // nobody interrupts from now on
	for f.made.Load() != f.owed {
		runtime.Gosched()
	}
}
