package sim

import "time"

// clock is the time of a world and what is to happen in it.
type clock struct {
	virtual bool
	origin  time.Time     // real time only: when now was 0
	now     time.Duration // real time: as of the last look
	seq     uint64
	heap    []*timer // by at, then seq
}

// timer is a thing to happen. It is part of what it happens to.
type timer struct {
	at    time.Duration
	seq   uint64 // those of one instant happen in the order they were set
	index int    // in the heap, plus one; 0 is not set
	owner expirer
}

// expirer is what has a timer.
type expirer interface{ expire() }

// look reads the machine's clock, unless time is virtual.
func (c *clock) look() {
	if !c.virtual {
		c.now = time.Since(c.origin)
	}
}

// next is the first timer, nil when nothing is to happen.
func (c *clock) next() *timer {
	if len(c.heap) == 0 {
		return nil
	}
	return c.heap[0]
}

// set arms t, anew if it was, and tells whether it is the first now.
func (c *clock) set(t *timer, at time.Duration) bool {
	c.stop(t)
	c.seq++
	t.at, t.seq = at, c.seq
	c.heap = append(c.heap, t)
	t.index = len(c.heap)
	c.up(t.index - 1)
	return t.index == 1
}

// stop disarms t if it is armed.
func (c *clock) stop(t *timer) {
	if t.index == 0 {
		return
	}
	i, last := t.index-1, len(c.heap)-1
	c.swap(i, last)
	c.heap[last] = nil
	c.heap = c.heap[:last]
	t.index = 0
	if i < last {
		c.down(i)
		c.up(i)
	}
}

// runUntil makes everything happen that is to happen up to the time given, in
// order, and leaves virtual time there. It tells whether anything did.
func (c *clock) runUntil(at time.Duration) (any bool) {
	for t := c.next(); t != nil && t.at <= at; t = c.next() {
		if c.virtual {
			c.now = max(c.now, t.at)
		}
		c.stop(t)
		t.owner.expire()
		any = true
	}
	if c.virtual {
		c.now = max(c.now, at)
	}
	return any
}

func (c *clock) less(i, j int) bool {
	a, b := c.heap[i], c.heap[j]
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

func (c *clock) swap(i, j int) {
	c.heap[i], c.heap[j] = c.heap[j], c.heap[i]
	c.heap[i].index, c.heap[j].index = i+1, j+1
}

func (c *clock) up(i int) {
	for i > 0 && c.less(i, (i-1)/2) {
		c.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
}

func (c *clock) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(c.heap) {
			return
		}
		if child+1 < len(c.heap) && c.less(child+1, child) {
			child++
		}
		if !c.less(child, i) {
			return
		}
		c.swap(i, child)
		i = child
	}
}
