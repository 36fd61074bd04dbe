package raon

import (
	"maps"

	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/internal/invariant"
)

// entry is one queued packet.
type entry struct {
	buf       buffer.SendBuffer
	id        uint16
	droppable bool
	dropped   bool // by QueueDropOldest; buf is empty
	raw       bool // a layer's own bytes, already as on the wire

	packets uint16 // that it holds side by side, all told to nobody; 0 is one
}

// blockEntries makes a block 256 bytes.
const blockEntries = 10

// block is a link of a queue. Blocks belong to the worker; an empty queue holds
// none.
type block struct {
	next    *block
	entries [blockEntries]entry
}

// blockPool keeps the worker's unused blocks, cleared.
type blockPool struct{ freeList[block] }

// keptBlocks bounds the unused blocks of a worker: 4 MiB.
const keptBlocks = 16 << 10

func (p *blockPool) put(b *block) {
	*b = block{}
	p.freeList.put(b, keptBlocks)
}

// sendQueue holds a session's packets, oldest first, until the kernel has taken
// them. The worker's.
type sendQueue struct {
	head, tail *block
	first      int // oldest entry in head
	end        int // one past the newest entry in tail
	sent       int // bytes of the oldest entry that the kernel has taken
	count      int // entries, dropped ones included
	bytes      int // bytes not yet taken

	popped uint32             // entries that have left it, ever
	latest map[uint64]waiting // by key, what was queued behind a flight; nil mostly
}

// push appends a packet and takes over one reference of buf.
func (q *sendQueue) push(p *blockPool, e entry) {
	switch {
	case q.tail == nil:
		q.tail = p.get()
		q.head, q.first, q.end = q.tail, 0, 0
	case q.end == blockEntries:
		b := p.get()
		q.tail.next, q.tail, q.end = b, b, 0
	}
	q.tail.entries[q.end] = e
	q.end++
	q.count++
	q.bytes += e.buf.Len()
}

// oldest is the first entry. The queue must not be empty.
func (q *sendQueue) oldest() *entry { return &q.head.entries[q.first] }

// pop removes the oldest entry, whose reference is now the caller's.
func (q *sendQueue) pop(p *blockPool) entry {
	e := *q.oldest()
	q.bytes -= e.buf.Len() - q.sent
	q.sent = 0
	q.count--
	q.popped++
	q.first++
	if q.count == 0 {
		p.put(q.head)
		*q = sendQueue{bytes: q.bytes, popped: q.popped, latest: q.latest}
		invariant.Check(q.bytes == 0, "send queue: bytes left in an empty queue")
		return e
	}
	if q.first == blockEntries {
		b := q.head
		q.head, q.first = b.next, 0
		p.put(b)
	}
	return e
}

// take notes that the kernel has taken n bytes of the oldest entry, fewer than
// it has.
func (q *sendQueue) take(n int) {
	q.sent += n
	q.bytes -= n
}

// cursor walks a queue without changing it.
type cursor struct {
	block *block
	at    int
	left  int
}

func (q *sendQueue) walk() cursor { return cursor{q.head, q.first, q.count} }

// next is the next entry, nil at the end.
func (c *cursor) next() *entry {
	if c.left == 0 {
		return nil
	}
	if c.at == blockEntries {
		c.block, c.at = c.block.next, 0
	}
	e := &c.block.entries[c.at]
	c.at++
	c.left--
	return e
}

// dropOldest drops droppable packets, oldest first, until at least want bytes
// are free. It leaves out the first skip entries, and one that the kernel has
// taken a part of. It returns what it dropped.
func (q *sendQueue) dropOldest(skip, want int) (packets, bytes int) {
	if q.sent > 0 {
		skip = max(skip, 1)
	}
	c := q.walk()
	for i := 0; bytes < want; i++ {
		e := c.next()
		if e == nil {
			break
		}
		if i < skip || !e.droppable || e.dropped {
			continue
		}
		packets++
		bytes += e.buf.Len()
		e.buf.Release(1)
		*e = entry{dropped: true}
	}
	q.bytes -= bytes
	return packets, bytes
}

// releaser gives back references in runs, one atomic per chunk.
type releaser struct {
	buf buffer.SendBuffer
	n   int
}

func (r *releaser) add(b buffer.SendBuffer) {
	if r.n > 0 && !b.SameChunk(r.buf) {
		r.flush()
	}
	r.buf = b
	r.n++
}

func (r *releaser) flush() {
	if r.n > 0 {
		r.buf.Release(r.n)
	}
	*r = releaser{}
}

// waiting is where an entry stands that a newer one may replace. Once it has
// left the queue, or is in flight, at tells.
type waiting struct {
	entry *entry
	at    uint32 // its number, as popped counts
}

// remember has the newest entry found under key.
func (q *sendQueue) remember(key uint64) {
	if q.latest == nil {
		q.latest = make(map[uint64]waiting)
	}
	if len(q.latest) > 2*q.count+64 {
		maps.DeleteFunc(q.latest, func(_ uint64, w waiting) bool { return int32(w.at-q.popped) < 0 })
	}
	q.latest[key] = waiting{&q.tail.entries[q.end-1], q.popped + uint32(q.count) - 1}
}

// supersede drops what waits under key, behind the first skip entries, which are
// in flight. It returns how many packets that were.
func (q *sendQueue) supersede(key uint64, skip int) (packets int) {
	if q.sent > 0 {
		skip = max(skip, 1)
	}
	w, ok := q.latest[key]
	if !ok || int32(w.at-q.popped) < int32(skip) || w.entry.dropped {
		return 0
	}
	q.bytes -= w.entry.buf.Len()
	w.entry.buf.Release(1)
	*w.entry = entry{dropped: true}
	return 1
}
