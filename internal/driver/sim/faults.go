package sim

import (
	"math/bits"
	"math/rand/v2"
	"time"

	"github.com/raon-engine/raon/internal/invariant"
)

// Faults are the probabilities, 0 to 1, of what a network, a disk or a kernel
// may do and seldom does. The zero Faults are none.
type Faults struct {
	// The network.
	Delay          float64       // a segment takes up to MaxDelay longer
	MaxDelay       time.Duration // default 50 ms
	Reset          float64       // at a step of a Send or Recv: both ends are reset
	ResetDiscards  float64       // a reset destroys what has arrived and is unread, too
	ConnectRefused float64       // a Connect ends with ErrRefused
	ConnectTimeout float64       // a Connect ends with ErrTimeout, within Options.ConnectTimeout
	Unreachable    float64       // a Connect ends with ErrUnreachable

	// The kernel.
	ShortSend          float64 // a step of a Send takes fewer bytes than there is room for
	ShortRecv          float64 // a buffer is filled with fewer bytes than there are
	NoBuffers          float64 // a Recv finds no buffer, once, and starves
	LostMore           float64 // a stream is disarmed after an event, and armed again
	AcceptTooManyFiles float64 // an Accept finds no descriptor free
	SpuriousWake       float64 // a Poll that would wait returns, with no event
	ShuffleEvents      float64 // a Poll visits the attachments in another order
	Late               float64 // starting, canceling or ending an op is left for a later visit

	// The disk.
	FileShortWrite float64 // a step of a FileWrite writes fewer bytes
	FileError      float64 // a file operation fails
	FileNoSpace    float64 // a FileWrite ends with ErrNoSpace
	FileDelay      float64 // a file operation takes up to MaxDelay
}

const defaultMaxDelay = 50 * time.Millisecond

// check panics unless all of f are probabilities.
func (f *Faults) check() {
	for _, p := range []float64{
		f.Delay, f.Reset, f.ResetDiscards, f.ConnectRefused, f.ConnectTimeout, f.Unreachable,
		f.ShortSend, f.ShortRecv, f.NoBuffers, f.LostMore, f.AcceptTooManyFiles, f.SpuriousWake,
		f.ShuffleEvents, f.Late, f.FileShortWrite, f.FileError, f.FileNoSpace, f.FileDelay,
	} {
		invariant.Check(p >= 0 && p <= 1, "sim: a fault's probability is between 0 and 1")
	}
	invariant.Check(f.MaxDelay >= 0, "sim: MaxDelay is negative")
	setDefault(&f.MaxDelay, defaultMaxDelay)
}

// dice are all chance of a world.
type dice struct{ pcg rand.PCG }

// seed starts the sequence anew. The second word only tells it from a PCG that
// somebody else seeds with the same number.
func (d *dice) seed(seed uint64) { d.pcg.Seed(seed, 0x5241_4f4e) }

// chance is true with probability p. It draws nothing when p is zero, so that
// a fault that is off changes no run.
func (d *dice) chance(p float64) bool {
	if p <= 0 {
		return false
	}
	return float64(d.pcg.Uint64()>>11) < p*(1<<53)
}

// below is a number from 0 to n-1; n must be positive.
func (d *dice) below(n int) int {
	high, _ := bits.Mul64(d.pcg.Uint64(), uint64(n))
	return int(high)
}

// within is a time from 1 ns to limit.
func (d *dice) within(limit time.Duration) time.Duration {
	return 1 + time.Duration(d.below(int(limit)))
}

// shorten is n or, with probability p, some number from 1 to n.
func (d *dice) shorten(n int, p float64) int {
	if n > 1 && d.chance(p) {
		return 1 + d.below(n)
	}
	return n
}
