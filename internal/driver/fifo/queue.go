package fifo

// Queue is first in, first out. It grows as it must and never shrinks; its
// owner bounds it. The zero Queue is ready for use.
type Queue[T any] struct {
	ring []T // its length is a power of two
	head int
	n    int
}

// Len is how many wait.
func (q *Queue[T]) Len() int { return q.n }

// Push adds v at the end.
func (q *Queue[T]) Push(v T) {
	if q.n == len(q.ring) {
		q.grow()
	}
	q.ring[(q.head+q.n)&(len(q.ring)-1)] = v
	q.n++
}

// Pop takes the oldest; there must be one.
func (q *Queue[T]) Pop() T {
	at := &q.ring[q.head]
	v := *at
	var none T
	*at = none // keep nothing alive
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.n--
	return v
}

func (q *Queue[T]) grow() {
	bigger := make([]T, max(64, 2*len(q.ring)))
	n := copy(bigger, q.ring[q.head:])
	copy(bigger[n:], q.ring[:q.head])
	q.ring, q.head = bigger, 0
}
