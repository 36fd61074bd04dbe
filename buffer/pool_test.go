package buffer

import (
	"runtime"
	"testing"
	"weak"
)

func TestClasses(t *testing.T) {
	for n, want := range map[int]int{
		1: 2 << 10, 2 << 10: 2 << 10, 2<<10 + 1: 4 << 10, 4 << 10: 4 << 10,
		5000: 8 << 10, 33 << 10: 64 << 10, 64 << 10: 64 << 10,
	} {
		if got := classFor(n).bytes(); got != want {
			t.Errorf("%d bytes are cut from chunks of %d, want %d", n, got, want)
		}
	}
	if c := classFor(64<<10 + 1); c < classes {
		t.Errorf("64 KiB and 1 byte is of class %d, want none", c)
	}
}

func TestChunkBytesOption(t *testing.T) {
	for asked, want := range map[int]int{0: 64 << 10, -1: 64 << 10, 1: 2 << 10, 3000: 4 << 10, 1 << 20: 64 << 10} {
		p := NewChunkPool(PoolOptions{ChunkBytes: asked})
		b := p.Copy([]byte("x"))
		if got := len(b.chunk.data); got != want {
			t.Errorf("ChunkBytes %d gives chunks of %d bytes, want %d", asked, got, want)
		}
		b.Release(1)
		p.Close()
	}
}

func TestPacketsOfOneTurnShareAChunk(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	defer p.Close()
	a, b := p.Copy([]byte("first")), p.Copy([]byte("second"))
	if !a.SameChunk(b) || p.InUse() != 1 {
		t.Errorf("two small packets take %d chunks, want the same one", p.InUse())
	}
	a.Release(1)
	b.Release(1)
}

func TestLargeGetsItsOwnChunkAndIsNotKept(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	small := p.Copy([]byte("small"))
	large := p.Copy(make([]byte, 100<<10))
	if large.SameChunk(small) || p.InUse() != 2 {
		t.Errorf("%d chunks in use, want one of its own for the large one", p.InUse())
	}
	large.Release(1)
	if n, _ := kept(p); n != 0 || p.InUse() != 1 {
		t.Errorf("a large chunk is kept: %d kept, %d in use", n, p.InUse())
	}
	small.Release(1)
	p.Close()
	if p.InUse() != 0 {
		t.Errorf("%d chunks in use in the end", p.InUse())
	}
}

func TestChunksAreUsedAgain(t *testing.T) {
	p := NewChunkPool(PoolOptions{ChunkBytes: 2 << 10})
	defer p.Close()
	seen := map[*Chunk]bool{}
	for range 100 {
		b := p.Copy(make([]byte, 2<<10))
		seen[b.chunk] = true
		b.Release(1)
	}
	if len(seen) > 2 {
		t.Errorf("100 packets, one at a time, took %d chunks, want at most 2", len(seen))
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	p := NewChunkPool(PoolOptions{ChunkBytes: 4 << 10})
	defer p.Close()
	data := make([]byte, 1000)
	allocs := testing.AllocsPerRun(1000, func() {
		b := p.Copy(data)
		w := p.Open(1000)
		c := w.Close(500)
		b.Release(1)
		c.Release(1)
	})
	if allocs != 0 {
		t.Errorf("a Copy and an Open allocate %v times", allocs)
	}
}

// TestKeepBytes fills a pool beyond what it may keep and gives everything back.
func TestKeepBytes(t *testing.T) {
	const keep, chunk = 64 << 10, 4 << 10
	p := NewChunkPool(PoolOptions{ChunkBytes: chunk, KeepBytes: keep})
	var held []SendBuffer
	for range 10 * keep / chunk {
		held = append(held, p.Copy(make([]byte, chunk)))
	}
	for _, b := range held {
		b.Release(1)
	}
	p.Close()
	if p.InUse() != 0 {
		t.Fatalf("%d chunks in use after the last release", p.InUse())
	}
	if _, bytes := kept(p); bytes > keep || bytes < keep/2 {
		t.Errorf("%d bytes kept, want about KeepBytes %d and no more", bytes, keep)
	}
}

// TestKeepBytesCountsEverySize has one size of chunk take the place of another.
func TestKeepBytesCountsEverySize(t *testing.T) {
	const keep = 128 << 10
	p := NewChunkPool(PoolOptions{ChunkBytes: 2 << 10, KeepBytes: keep})
	for _, size := range []int{2 << 10, 4 << 10, 64 << 10, 8 << 10} {
		var held []SendBuffer
		for range 2 * keep / size {
			held = append(held, p.Copy(make([]byte, size)))
		}
		for _, b := range held {
			b.Release(1)
		}
		if _, bytes := kept(p); bytes > keep {
			t.Errorf("after chunks of %d bytes: %d kept, want at most %d", size, bytes, keep)
		}
	}
	p.Close()
}

func TestOldSizesMakeRoomForTheOneInUse(t *testing.T) {
	p := NewChunkPool(PoolOptions{KeepBytes: 256 << 10})
	var held []SendBuffer
	var run *Chunk
	for range 200 { // many short backlogs, once
		var b SendBuffer
		b, run = p.Append(nil, []byte("short"))
		p.Retire(run)
		held = append(held, b)
	}
	for _, b := range held {
		b.Release(1)
	}
	data := make([]byte, 40<<10)
	allocs := testing.AllocsPerRun(100, func() { p.Copy(data).Release(1) })
	if allocs != 0 {
		t.Errorf("a Copy allocates %v times because chunks of another size are kept", allocs)
	}
	p.Close()
}

func TestWhatIsNotKeptIsCollected(t *testing.T) {
	p := NewChunkPool(PoolOptions{ChunkBytes: 2 << 10, KeepBytes: 2 << 10})
	var chunks []weak.Pointer[Chunk]
	func() { // what it holds is gone when it returns
		var held []SendBuffer
		for range 8 {
			b := p.Copy(make([]byte, 2<<10))
			held, chunks = append(held, b), append(chunks, weak.Make(b.chunk))
		}
		for _, b := range held {
			b.Release(1)
		}
	}()
	p.Close()
	runtime.GC()
	alive := 0
	for _, c := range chunks {
		if c.Value() != nil {
			alive++
		}
	}
	if alive != 1 {
		t.Errorf("%d of 8 chunks survive, want the one that KeepBytes allows", alive)
	}
	runtime.KeepAlive(p)
}
