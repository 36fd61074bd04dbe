package buffer

import "github.com/raon-engine/raon/internal/invariant"

// take gives a charged chunk of the class, or of n bytes beyond the classes.
func (p *ChunkPool) take(size class, n int) *Chunk {
	p.inUse.Add(1)
	if size >= classes {
		c := &Chunk{data: make([]byte, n), pool: p, size: classes}
		c.charge()
		return c
	}
	c := p.reuse(size)
	if c == nil {
		p.evict(size.bytes())
		c = &Chunk{data: make([]byte, size.bytes()), pool: p, size: size}
	}
	c.charge()
	return c
}

// reuse gives an unused chunk of the class, nil when there is none.
func (p *ChunkPool) reuse(size class) *Chunk {
	if p.free[size] == nil {
		p.sort()
	}
	c := p.free[size]
	if c != nil {
		p.free[size], c.next = c.next, nil
		p.kept.Add(-int64(len(c.data)))
	}
	return c
}

// sort moves what was given back into the free lists.
func (p *ChunkPool) sort() {
	for c := p.back.Swap(nil); c != nil; {
		next := c.next
		p.free[c.size], c.next = c, p.free[c.size]
		c = next
	}
}

// evict drops unused chunks until n more bytes may be kept: sizes that were in
// use once must not take the place of the size in use now.
func (p *ChunkPool) evict(n int) {
	for i := range p.free {
		for p.free[i] != nil && p.kept.Load()+int64(n) > int64(p.keep) {
			c := p.free[i]
			p.free[i] = c.next
			p.kept.Add(-int64(len(c.data)))
		}
	}
}

// giveBack takes a chunk without references, on any goroutine. What KeepBytes
// has no room for is left to the garbage collector.
func (p *ChunkPool) giveBack(c *Chunk) {
	p.inUse.Add(-1)
	if c.size >= classes {
		return
	}
	n := int64(len(c.data))
	if p.kept.Add(n) > int64(p.keep) {
		p.kept.Add(-n)
		return
	}
	invariant.Poison(c.data)
	for {
		head := p.back.Load()
		c.next = head
		if p.back.CompareAndSwap(head, c) {
			return
		}
	}
}
