package buffer

import "testing"

// TestRunGrowsWithItsBacklog is a queue's own memory: small while little waits
// in it, large chunks when much does.
func TestRunGrowsWithItsBacklog(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	var run *Chunk
	var held []SendBuffer
	largest := 0
	for seed := range 500 {
		var b SendBuffer
		b, run = p.Append(run, pattern(make([]byte, 1000), seed))
		held = append(held, b)
		if seed == 0 && len(run.data) != minClassBytes {
			t.Errorf("the first packet pins %d bytes, want %d", len(run.data), minClassBytes)
		}
		largest = max(largest, len(run.data))
	}
	if largest != maxClassBytes {
		t.Errorf("half a megabyte waits in chunks of at most %d bytes, want %d", largest, maxClassBytes)
	}
	for seed, b := range held {
		if !isPattern(b.Bytes(), seed) {
			t.Errorf("packet %d was changed", seed)
		}
		b.Release(1)
	}
	if p.InUse() != 1 {
		t.Errorf("%d chunks in use, want the run's last", p.InUse())
	}
	p.Retire(run)
	p.Retire(nil)
	if p.InUse() != 0 {
		t.Errorf("%d chunks in use after Retire", p.InUse())
	}
}

func TestRunTakesAPacketLargerThanAChunk(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	small, run := p.Append(nil, []byte("small"))
	large, run := p.Append(run, pattern(make([]byte, 100<<10), 3))
	after, run := p.Append(run, []byte("after"))
	if !isPattern(large.Bytes(), 3) || string(small.Bytes()) != "small" || string(after.Bytes()) != "after" {
		t.Error("a run with a large packet has other bytes than appended")
	}
	p.Retire(run)
	for _, b := range []SendBuffer{small, large, after} {
		b.Release(1)
	}
	if p.InUse() != 0 {
		t.Errorf("%d chunks in use", p.InUse())
	}
}

func TestRunLeavesTheCurrentChunkAlone(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	w := p.Open(100)
	copy(w.Bytes(), "being written")
	b, run := p.Append(nil, []byte("appended meanwhile"))
	c := w.Close(13)
	if string(c.Bytes()) != "being written" || string(b.Bytes()) != "appended meanwhile" {
		t.Errorf("an open Writer and a run share memory: %q, %q", c.Bytes(), b.Bytes())
	}
	p.Retire(run)
	b.Release(1)
	c.Release(1)
	p.Close()
	if p.InUse() != 0 {
		t.Errorf("%d chunks in use", p.InUse())
	}
}
