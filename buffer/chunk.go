package buffer

import (
	"sync/atomic"

	"github.com/raon-engine/raon/internal/invariant"
)

// bias is the number of references that a chunk is charged with while buffers
// are being cut from it. The owner hands them out by plain arithmetic and
// gives the rest back when it retires the chunk.
const bias = 1 << 30

// Chunk is a piece of memory that SendBuffers are cut from. Its pool's owner
// writes to it; any goroutine may hold references to what has been cut.
type Chunk struct {
	data  []byte
	used  int // bytes cut; the owner's
	given int // references handed out of the bias; the owner's

	refs atomic.Int64 // outstanding references, the bias included
	pool *ChunkPool   // where it returns to
	next *Chunk       // link in the pool's lists
	size class
}

// charge prepares an unused chunk for cutting.
func (c *Chunk) charge() {
	c.used, c.given = 0, 0
	c.refs.Store(bias)
}

// room is how many bytes can still be cut.
func (c *Chunk) room() int { return len(c.data) - c.used }

// cut takes n bytes and one reference. The caller has checked room.
func (c *Chunk) cut(n int) SendBuffer {
	b := SendBuffer{chunk: c, off: uint32(c.used), n: uint32(n)}
	c.used += n
	c.given++
	return b
}

// retire ends cutting: what was not handed out of the bias goes back.
func (c *Chunk) retire() {
	c.drop(int64(bias - c.given))
}

// drop gives back n references; the last one returns the chunk to its pool.
func (c *Chunk) drop(n int64) {
	left := c.refs.Add(-n)
	if left > 0 {
		return
	}
	invariant.Check(left == 0, "buffer: released more often than retained")
	c.pool.giveBack(c)
}
