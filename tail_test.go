package raon

import (
	"bytes"
	"testing"
)

// FuzzTail plays appends and consumes on a tail and on a plain slice.
func FuzzTail(f *testing.F) {
	f.Add([]byte{0, 10, 1, 3, 0, 200, 1, 255, 0, 1})
	f.Add([]byte{0, 255, 0, 255, 0, 255, 1, 100, 0, 255, 1, 9, 2, 0, 0, 5})
	f.Fuzz(func(t *testing.T, script []byte) {
		var pool tailPool
		var tl tail
		var model []byte
		next := byte(0)
		for i := 0; i+1 < len(script) && i < 400; i += 2 {
			n := int(script[i+1])
			switch script[i] % 3 {
			case 0:
				data := make([]byte, n*n/16)
				for j := range data {
					next++
					data[j] = next
				}
				tl.append(&pool, data)
				model = append(model, data...)
			case 1:
				n = min(n*n/16, len(model))
				if n > 0 {
					tl.consume(&pool, n)
					model = model[n:]
				}
			case 2:
				tl.drop(&pool)
				model = nil
			}
			if tl.len() != len(model) || !bytes.Equal(tl.bytes(), model) {
				t.Fatalf("step %d: the tail has %d bytes, want %d, or other ones", i, tl.len(), len(model))
			}
			if tl.len() == 0 && script[i]%3 != 0 && tl.buf != nil {
				t.Fatalf("step %d: an empty tail holds %d bytes of memory", i, len(tl.buf))
			}
		}
	})
}

func TestTailMemoryIsUsedAgain(t *testing.T) {
	var pool tailPool
	var tl tail
	data := make([]byte, 700)
	allocs := testing.AllocsPerRun(100, func() {
		for range 20 {
			tl.append(&pool, data)
		}
		for tl.len() > 0 {
			tl.consume(&pool, 500)
		}
	})
	if allocs != 0 {
		t.Errorf("filling and emptying a tail allocates %v times", allocs)
	}
}

// TestTailStreamIsLinear consumes behind what it appends: the incomplete packet
// of a stream moves to the front now and then, and memory does not grow.
func TestTailStreamIsLinear(t *testing.T) {
	var pool tailPool
	var tl tail
	for range 10_000 {
		tl.append(&pool, make([]byte, 300))
		if tl.len() > 400 {
			tl.consume(&pool, tl.len()-400)
		}
	}
	if len(tl.buf) > 2048 {
		t.Errorf("400 bytes are kept in %d bytes of memory", len(tl.buf))
	}
}

func TestTailPoolIsBounded(t *testing.T) {
	var pool tailPool
	for n := 1; n <= 1<<20; n *= 2 {
		for range 2 * keptTails {
			pool.put(make([]byte, n))
		}
	}
	pool.put(nil)
	pool.put(make([]byte, 1000)) // not one of the pool's sizes
	for i, f := range pool.free {
		if len(f) != keptTails {
			t.Errorf("%d buffers of %d bytes kept, want %d", len(f), 1<<(i+tailMinShift), keptTails)
		}
		for _, b := range f {
			if len(b) != 1<<(i+tailMinShift) {
				t.Errorf("a buffer of %d bytes kept among those of %d", len(b), 1<<(i+tailMinShift))
			}
		}
	}
	for _, n := range []int{1, 512, 513, 100_000, 256 << 10, 256<<10 + 1, 1 << 21} {
		if got := len(pool.get(n)); got < n {
			t.Errorf("asked for %d bytes, got %d", n, got)
		}
	}
}

// TestLargeTailGrowsByDoubling gathers a packet beyond the pool's sizes in
// small pieces, which must not move all of it with each.
func TestLargeTailGrowsByDoubling(t *testing.T) {
	var pool tailPool
	piece := make([]byte, 512)
	allocs := testing.AllocsPerRun(1, func() {
		var tl tail
		for tl.len() < 4<<20 {
			tl.append(&pool, piece)
		}
		tl.drop(&pool)
	})
	if allocs > 20 {
		t.Errorf("4 MiB in pieces of 512 bytes moved %v times", allocs)
	}
}
