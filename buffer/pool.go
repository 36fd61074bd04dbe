package buffer

import (
	"sync/atomic"

	"github.com/raon-engine/raon/internal/invariant"
)

// PoolOptions sizes a ChunkPool. Zero means the default given.
type PoolOptions struct {
	ChunkBytes int // size of the chunks that Open cuts from; default 64 KiB, rounded up to a power of two from 2 KiB to 64 KiB
	KeepBytes  int // unused memory kept for reuse; default 8 MiB; more is left to the garbage collector
}

// ChunkPool makes SendBuffers. All methods belong to one goroutine at a time,
// except that buffers cut from it may be released anywhere. What it has handed
// out is bounded by those who queue it; what it keeps, by KeepBytes.
type ChunkPool struct {
	current *Chunk // being cut from; nil until first used
	writing *Chunk // the open Writer's; nil when none is open
	size    class
	keep    int
	free    [classes]*Chunk

	back  atomic.Pointer[Chunk] // returned, not yet sorted into free
	kept  atomic.Int64          // bytes in back and free
	inUse atomic.Int64          // chunks that are not free
}

// NewChunkPool makes an empty pool.
func NewChunkPool(opts PoolOptions) *ChunkPool {
	if opts.ChunkBytes <= 0 {
		opts.ChunkBytes = maxClassBytes
	}
	if opts.KeepBytes <= 0 {
		opts.KeepBytes = 8 << 20
	}
	return &ChunkPool{size: min(classFor(opts.ChunkBytes), classes-1), keep: opts.KeepBytes}
}

// Open reserves n bytes for writing. Only one Writer of a pool is open at a
// time. A size beyond 64 KiB gets a chunk of its own, which is not kept.
func (p *ChunkPool) Open(n int) Writer {
	p.writing = p.forWriting(n)
	return Writer{pool: p, chunk: p.writing, limit: n}
}

// Abandon gives up the open Writer, if there is one: its owner has panicked and
// will not close it.
func (p *ChunkPool) Abandon() {
	if c := p.writing; c != nil {
		p.writing = nil
		p.closeLarge(c)
	}
}

// Copy makes a SendBuffer of a copy of b, with one reference. No Writer may be
// open.
func (p *ChunkPool) Copy(b []byte) SendBuffer {
	if len(b) == 0 {
		return SendBuffer{}
	}
	c := p.forWriting(len(b))
	copy(c.data[c.used:], b)
	s := c.cut(len(b))
	p.closeLarge(c)
	return s
}

// Append copies b to the end of run, a chunk that one queue fills on its own,
// and returns the chunk to use next time. A nil run begins one. Chunks grow
// with what was queued before, so that a short backlog pins little memory.
func (p *ChunkPool) Append(run *Chunk, b []byte) (SendBuffer, *Chunk) {
	if run == nil || run.room() < len(b) {
		size := class(0)
		if run != nil {
			size = min(run.size+1, classes-1)
			run.retire()
		}
		run = p.take(max(size, classFor(len(b))), len(b))
	}
	copy(run.data[run.used:], b)
	return run.cut(len(b)), run
}

// Retire ends a run made by Append. nil is no run.
func (p *ChunkPool) Retire(run *Chunk) {
	if run != nil {
		run.retire()
	}
}

// Close retires the chunk being cut. Buffers still held stay valid.
func (p *ChunkPool) Close() {
	if p.current != nil {
		p.current.retire()
		p.current = nil
	}
}

// InUse is the number of chunks that are neither free nor collected. After
// Close and the last Release it is 0. Any goroutine.
func (p *ChunkPool) InUse() int { return int(p.inUse.Load()) }

// forWriting gives a chunk with room for n bytes, at its end: where an open
// Writer would be writing.
func (p *ChunkPool) forWriting(n int) *Chunk {
	invariant.Check(p.writing == nil, "buffer: a Writer is open")
	if n > maxClassBytes {
		return p.take(classes, n)
	}
	c := p.current
	if c == nil || c.room() < n {
		if c != nil {
			c.retire()
		}
		c = p.take(max(p.size, classFor(n)), n)
		p.current = c
	}
	return c
}

// closeLarge retires a chunk that was taken for a single buffer.
func (p *ChunkPool) closeLarge(c *Chunk) {
	if c != p.current {
		c.retire()
	}
}
