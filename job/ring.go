package job

// item is a job that waits.
type item struct {
	fn   func()
	task *Task // whose run it is; nil for a pushed one
}

// ring is a queue that grows when it is full and shrinks when it has emptied. Who
// uses it bounds it.
type ring struct {
	items []item
	head  int
	n     int
}

// keptItems is the size that an empty ring keeps.
const keptItems = 256

func (r *ring) len() int { return r.n }

func (r *ring) push(it item) {
	if r.n == len(r.items) {
		r.grow()
	}
	r.items[(r.head+r.n)%len(r.items)] = it
	r.n++
}

func (r *ring) grow() {
	bigger := make([]item, max(8, 2*len(r.items)))
	k := copy(bigger, r.items[r.head:])
	copy(bigger[k:], r.items[:r.head])
	r.items, r.head = bigger, 0
}

func (r *ring) pop() item {
	it := r.items[r.head]
	r.items[r.head] = item{}
	r.head = (r.head + 1) % len(r.items)
	r.n--
	if r.n == 0 && len(r.items) > keptItems {
		*r = ring{}
	}
	return it
}
