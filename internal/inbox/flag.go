package inbox

import "sync/atomic"

// The states of a Flag. The zero Flag is awake.
const (
	awake    uint32 = iota // the consumer will look at its queue before it sleeps
	asleep                 // the consumer blocks, or is about to
	notified               // there is something to look at
)

// Flag tells producers whether their consumer must be woken. Of all that notify
// a sleeping consumer exactly one is told to wake it. No notification is lost:
// what a producer did before Notify, the consumer sees after its next Wake, or
// after its next Sleep that returned false.
//
// The zero Flag is ready for use. It must not be copied after first use.
type Flag struct {
	_     [cacheLine]byte
	state atomic.Uint32
	_     [cacheLine - 4]byte
}

// Notify announces something new, after it was put where the consumer looks.
// True means that the caller must wake the consumer. Any goroutine.
func (f *Flag) Notify() (mustWake bool) {
	if f.state.Load() == notified {
		return false // a shared read, while many producers are busy
	}
	return f.state.Swap(notified) == asleep
}

// Asleep tells whether the consumer blocks, or is about to. Any goroutine; the
// answer may be old at once.
func (f *Flag) Asleep() bool { return f.state.Load() == asleep }

// Sleep announces that the consumer is going to block. It returns false if it
// must not, because something was announced since its last Wake or Sleep; then
// it is awake and has to look. The consumer only.
func (f *Flag) Sleep() (ok bool) {
	if f.state.CompareAndSwap(awake, asleep) {
		return true
	}
	f.state.Store(awake)
	return false
}

// Wake announces that the consumer runs, whatever woke it: a producer, an event
// or a timeout. It takes up all notifications so far and tells whether there
// were any; the consumer has to look at its queue afterwards. A producer that
// was told to wake it may only be about to, which then ends the next block
// early. The consumer only; harmless when it did not sleep.
func (f *Flag) Wake() (wasNotified bool) {
	return f.state.Load() != awake && f.state.Swap(awake) == notified
}
