package sim

// fifo is a queue in a ring that grows as needed and never shrinks. The zero
// fifo is empty.
type fifo[T any] struct {
	ring  []T // its length is a power of two, or zero
	head  int
	count int
}

func (q *fifo[T]) len() int { return q.count }

// at is the i-th element from the front.
func (q *fifo[T]) at(i int) *T { return &q.ring[(q.head+i)&(len(q.ring)-1)] }

func (q *fifo[T]) push(v T) {
	q.grow()
	q.count++
	*q.at(q.count - 1) = v
}

// pushFront puts v before all others.
func (q *fifo[T]) pushFront(v T) {
	q.grow()
	q.head = (q.head - 1) & (len(q.ring) - 1)
	q.count++
	*q.at(0) = v
}

func (q *fifo[T]) pop() T {
	var zero T
	v := *q.at(0)
	*q.at(0) = zero
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.count--
	return v
}

// clear empties q and keeps its ring.
func (q *fifo[T]) clear() {
	clear(q.ring)
	q.head, q.count = 0, 0
}

// grow makes room for one more.
func (q *fifo[T]) grow() {
	if q.count < len(q.ring) {
		return
	}
	ring := make([]T, max(8, 2*len(q.ring)))
	for i := range q.count {
		ring[i] = *q.at(i)
	}
	q.ring, q.head = ring, 0
}
