package buffer

import (
	"runtime"
	"sync"
	"testing"
)

func TestZeroSendBufferNeedsNothing(t *testing.T) {
	var b SendBuffer
	b.Retain(3)
	b.Release(5)
	if b.Len() != 0 || b.Bytes() != nil {
		t.Errorf("the zero SendBuffer has %d bytes %q", b.Len(), b.Bytes())
	}
	p := NewChunkPool(PoolOptions{})
	if c := p.Copy(nil); c != b || p.InUse() != 0 {
		t.Errorf("a copy of nothing is %v and takes %d chunks", c, p.InUse())
	}
}

func TestBytesCannotGrowIntoTheNext(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	defer p.Close()
	a, b := p.Copy([]byte("aaaa")), p.Copy([]byte("bbbb"))
	_ = append(a.Bytes(), "overwritten"...)
	if string(b.Bytes()) != "bbbb" {
		t.Errorf("appending to one buffer changed the next to %q", b.Bytes())
	}
	a.Release(1)
	b.Release(1)
}

func TestReleasedTooOften(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	b := p.Copy(make([]byte, 100<<10)) // a chunk of its own, no bias left
	b.Release(1)
	mustViolate(t, "a release without a reference", func() { b.Release(1) })
}

func TestJoin(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	defer p.Close()
	a, b, c := p.Copy([]byte("one ")), p.Copy([]byte("two ")), p.Copy([]byte("three"))
	other := p.Copy(make([]byte, 100<<10))
	ab, ok := a.Join(b)
	if !ok || string(ab.Bytes()) != "one two " {
		t.Fatalf("neighbours do not join: %v %q", ok, ab.Bytes())
	}
	if abc, ok := ab.Join(c); !ok || string(abc.Bytes()) != "one two three" {
		t.Errorf("a run and its neighbour do not join: %v %q", ok, abc.Bytes())
	}
	for what, pair := range map[string][2]SendBuffer{
		"with a gap":     {a, c},
		"backwards":      {b, a},
		"of two chunks":  {a, other},
		"with itself":    {a, a},
		"of nothing":     {SendBuffer{}, a},
		"two of nothing": {SendBuffer{}, SendBuffer{}},
		"with nothing":   {a, SendBuffer{}},
	} {
		if j, ok := pair[0].Join(pair[1]); ok {
			t.Errorf("buffers %s join to %q", what, j.Bytes())
		}
	}
	for _, x := range []SendBuffer{a, b, c, other} {
		x.Release(1)
	}
}

func TestSub(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	defer p.Close()
	b := p.Copy([]byte("0123456789"))
	if s := b.Sub(3, 4); string(s.Bytes()) != "3456" {
		t.Errorf("Sub(3, 4) is %q", s.Bytes())
	}
	if j, ok := b.Sub(0, 4).Join(b.Sub(4, 6)); !ok || string(j.Bytes()) != "0123456789" {
		t.Errorf("two halves join to %q, %v", j.Bytes(), ok)
	}
	b.Release(1)
}

// TestReleaseAnywhere has many goroutines read and release what one pool cuts,
// and the pool use the chunks again meanwhile.
func TestReleaseAnywhere(t *testing.T) {
	const readers, packets = 8, 1000
	p := NewChunkPool(PoolOptions{ChunkBytes: 4 << 10, KeepBytes: 64 << 10})
	type parcel struct {
		buf  SendBuffer
		seed int
	}
	var group sync.WaitGroup
	queues := make([]chan parcel, readers)
	for i := range queues {
		queues[i] = make(chan parcel, 64)
		group.Go(func() {
			for q := range queues[i] {
				if !isPattern(q.buf.Bytes(), q.seed) {
					t.Errorf("packet %d: its bytes were changed while it was held", q.seed)
				}
				q.buf.Release(1)
			}
		})
	}
	for seed := range packets {
		w := p.Open(1 + seed%6000)
		pattern(w.Bytes(), seed)
		b := w.Close(1 + seed%6000)
		b.Retain(readers - 1)
		for _, q := range queues {
			q <- parcel{b, seed}
		}
		if seed%100 == 0 {
			runtime.Gosched()
		}
	}
	for _, q := range queues {
		close(q)
	}
	group.Wait()
	p.Close()
	if n, bytes := kept(p); p.InUse() != 0 || bytes > 64<<10 {
		t.Errorf("%d chunks in use, %d kept with %d bytes, want 0 in use and 64 KiB kept at most", p.InUse(), n, bytes)
	}
}
