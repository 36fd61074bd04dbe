package inbox

import (
	"math/bits"
	"sync/atomic"

	"github.com/raon-engine/raon/internal/invariant"
)

// MaxCapacity is the largest capacity of a Queue.
const MaxCapacity = 1 << 24

// cacheLine separates what different threads write. 128 covers processors that
// fetch lines in pairs.
const cacheLine = 128

// Queue is a bounded queue for many producers and one consumer. What one
// producer pushes comes out in the order it was pushed. All memory is allocated
// by New: the element and 8 bytes for each slot.
//
// It is Dmitry Vyukov's bounded queue with a sequence number in each slot
// (https://www.1024cores.net/home/lock-free-algorithms/queues/bounded-mpmc-queue),
// reduced to one consumer. A slot at position p (which grows forever; the index
// is p modulo the capacity) is free for the push number p when its sequence is
// p, and holds that value when it is p+1.
type Queue[T any] struct {
	_     [cacheLine]byte
	tail  atomic.Uint64 // position of the next push; producers
	_     [cacheLine - 8]byte
	head  atomic.Uint64 // position of the next pop; written by the consumer
	_     [cacheLine - 8]byte
	mask  uint64 // capacity - 1; constant, like slots itself
	slots []slot[T]
}

type slot[T any] struct {
	sequence atomic.Uint64
	value    T // written by whoever the sequence gives the slot to
}

// New makes a queue that holds at least capacity values: the next power of two,
// no fewer than 2. A capacity outside of 1 to MaxCapacity panics.
func New[T any](capacity int) *Queue[T] {
	if capacity < 1 || capacity > MaxCapacity {
		invariant.Failf("inbox capacity %d is not in 1..%d", capacity, MaxCapacity)
	}
	size := max(2, uint64(1)<<bits.Len64(uint64(capacity)-1))
	q := &Queue[T]{mask: size - 1, slots: make([]slot[T], size)}
	for i := range q.slots {
		q.slots[i].sequence.Store(uint64(i))
	}
	return q
}

// Push adds v at the end. False means that the queue is full and v was not
// added; Push never waits. Any goroutine.
func (q *Queue[T]) Push(v T) bool {
	for {
		position := q.tail.Load()
		s := &q.slots[position&q.mask]
		switch ahead := int64(s.sequence.Load() - position); {
		case ahead < 0:
			return false // still holds the value of the previous lap
		case ahead == 0 && q.tail.CompareAndSwap(position, position+1):
			s.value = v
			s.sequence.Store(position + 1)
			return true
		}
		// Another producer took the position; there is a newer one.
	}
}

// Pop takes the first value out. False means that there is none whose push has
// ended: one that is under way, and all behind it, come once it has. The
// consumer only.
func (q *Queue[T]) Pop() (v T, ok bool) {
	position := q.head.Load()
	s := &q.slots[position&q.mask]
	if s.sequence.Load() != position+1 {
		return v, false
	}
	var none T
	v, s.value = s.value, none // the queue must not keep what v refers to
	s.sequence.Store(position + q.mask + 1)
	q.head.Store(position + 1)
	return v, true
}

// Len is how many values there are, those being pushed included; it may be out
// of date when it returns. Any goroutine.
func (q *Queue[T]) Len() int {
	head := q.head.Load() // first, so that the difference is never negative
	return int(min(q.tail.Load()-head, q.mask+1))
}

// Cap is how many values fit.
func (q *Queue[T]) Cap() int { return len(q.slots) }
