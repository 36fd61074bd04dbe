package raon

import (
	"testing"

	"github.com/raon-engine/raon/buffer"
)

// modelEntry is what the model knows of a queued packet.
type modelEntry struct {
	seed      byte
	n         int
	id        uint16
	droppable bool
	dropped   bool
}

// queueModel plays a script on a queue and on a slice and compares them.
type queueModel struct {
	t       *testing.T
	pool    *buffer.ChunkPool
	blocks  blockPool
	queue   sendQueue
	entries []modelEntry
	sent    int // bytes of the oldest
	pushed  uint16
}

func (m *queueModel) bytes() (sum int) {
	for _, e := range m.entries {
		if !e.dropped {
			sum += e.n
		}
	}
	return sum - m.sent
}

func (m *queueModel) push(arg byte) {
	e := modelEntry{seed: byte(m.pushed), n: 1 + int(arg)*3, id: m.pushed, droppable: arg%3 != 0}
	m.pushed++
	data := make([]byte, e.n)
	for i := range data {
		data[i] = e.seed + byte(i)
	}
	m.queue.push(&m.blocks, entry{buf: m.pool.Copy(data), id: e.id, droppable: e.droppable})
	m.entries = append(m.entries, e)
}

func (m *queueModel) pop() {
	if len(m.entries) == 0 {
		return
	}
	got := m.queue.pop(&m.blocks)
	m.compare(&got, m.entries[0])
	got.buf.Release(1)
	m.entries, m.sent = m.entries[1:], 0
}

func (m *queueModel) take(arg byte) {
	if len(m.entries) == 0 || m.entries[0].dropped {
		return
	}
	n := int(arg)
	if left := m.entries[0].n - m.sent; n >= left {
		n = left - 1
	}
	m.queue.take(n)
	m.sent += n
}

// drop drops in the model what dropOldest promises to drop, then compares.
func (m *queueModel) drop(arg byte) {
	skip, want := int(arg)%4, 1+int(arg)*2
	packets, bytes := 0, 0
	for i := range m.entries {
		e := &m.entries[i]
		if bytes >= want {
			break
		}
		if i < skip || i == 0 && m.sent > 0 || !e.droppable || e.dropped {
			continue
		}
		e.dropped = true
		packets++
		bytes += e.n
	}
	if gp, gb := m.queue.dropOldest(skip, want); gp != packets || gb != bytes {
		m.t.Fatalf("dropOldest(%d, %d) dropped %d packets of %d bytes, want %d of %d", skip, want, gp, gb, packets, bytes)
	}
}

func (m *queueModel) compare(got *entry, want modelEntry) {
	if got.dropped != want.dropped || !want.dropped && got.id != want.id {
		m.t.Fatalf("entry %d, dropped %v; want %d, dropped %v", got.id, got.dropped, want.id, want.dropped)
	}
	if want.dropped {
		return
	}
	b := got.buf.Bytes()
	if len(b) != want.n || b[0] != want.seed || b[len(b)-1] != want.seed+byte(len(b)-1) {
		m.t.Fatalf("entry %d has other bytes than pushed", got.id)
	}
}

func (m *queueModel) check() {
	q := &m.queue
	if q.count != len(m.entries) || q.bytes != m.bytes() || q.sent != m.sent {
		m.t.Fatalf("%d entries, %d bytes, %d sent; want %d, %d, %d", q.count, q.bytes, q.sent, len(m.entries), m.bytes(), m.sent)
	}
	c := q.walk()
	for _, want := range m.entries {
		got := c.next()
		if got == nil {
			m.t.Fatalf("the walk ends before entry %d", want.id)
		}
		m.compare(got, want)
	}
	if c.next() != nil {
		m.t.Fatal("the walk goes on after the last entry")
	}
	if q.count == 0 && (q.head != nil || q.tail != nil) {
		m.t.Fatal("an empty queue holds a block")
	}
}

// FuzzSendQueue runs a script: pairs of an operation and its argument.
func FuzzSendQueue(f *testing.F) {
	f.Add([]byte{0, 1, 0, 2, 4, 0, 0, 3, 4, 0, 4, 0, 4, 0, 0, 9})
	f.Add([]byte{0, 100, 5, 50, 0, 1, 6, 252, 4, 0, 4, 0})
	f.Add([]byte{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 6, 4, 6, 255, 4, 0, 4, 0, 0, 7})
	f.Fuzz(func(t *testing.T, script []byte) {
		m := &queueModel{t: t, pool: buffer.NewChunkPool(buffer.PoolOptions{ChunkBytes: 2 << 10})}
		for i := 0; i+1 < len(script) && i < 400; i += 2 {
			switch op, arg := script[i], script[i+1]; op % 8 {
			case 4:
				m.pop()
			case 5:
				m.take(arg)
			case 6:
				m.drop(arg)
			default:
				m.push(arg)
			}
			m.check()
		}
		for len(m.entries) > 0 {
			m.pop()
			m.check()
		}
		m.pool.Close()
		if m.pool.InUse() != 0 {
			t.Fatalf("%d chunks in use in the end", m.pool.InUse())
		}
	})
}

// TestPartlySentIsNotDropped would tear the stream: the peer has got the first
// half of the packet.
func TestPartlySentIsNotDropped(t *testing.T) {
	pool := buffer.NewChunkPool(buffer.PoolOptions{})
	var blocks blockPool
	var q sendQueue
	for range 2 {
		q.push(&blocks, entry{buf: pool.Copy(make([]byte, 100)), droppable: true})
	}
	q.take(60)
	packets, bytes := q.dropOldest(0, 150)
	if packets != 1 || bytes != 100 || q.bytes != 40 || q.oldest().dropped {
		t.Errorf("dropped %d packets of %d bytes, %d left; want the second packet only", packets, bytes, q.bytes)
	}
	for q.count > 0 {
		e := q.pop(&blocks)
		e.buf.Release(1)
	}
	pool.Close()
}

func TestBlocksAreUsedAgain(t *testing.T) {
	var blocks blockPool
	var q sendQueue
	round := func() {
		for range 3 * blockEntries {
			q.push(&blocks, entry{})
		}
		for q.count > 0 {
			q.pop(&blocks)
		}
	}
	if allocs := testing.AllocsPerRun(100, round); allocs != 0 {
		t.Errorf("filling and emptying a queue allocates %v times", allocs)
	}
}

func TestKeptBlocksAreBounded(t *testing.T) {
	var blocks blockPool
	var taken []*block
	for range keptBlocks + 10 {
		taken = append(taken, blocks.get())
	}
	for _, b := range taken {
		blocks.put(b)
	}
	if n := len(blocks.free); n != keptBlocks {
		t.Errorf("%d blocks kept, want %d", n, keptBlocks)
	}
}

// TestReleaserGoesByChunk gives back references of several chunks, mixed.
func TestReleaserGoesByChunk(t *testing.T) {
	pool := buffer.NewChunkPool(buffer.PoolOptions{ChunkBytes: 2 << 10})
	var rel releaser
	for i := range 100 {
		n := 100
		if i%10 == 0 {
			n = 70 << 10
		}
		rel.add(pool.Copy(make([]byte, n)))
	}
	rel.flush()
	rel.flush()
	pool.Close()
	if pool.InUse() != 0 {
		t.Errorf("%d chunks in use", pool.InUse())
	}
}
