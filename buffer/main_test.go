package buffer

import (
	"testing"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// mustViolate fails the test unless fn panics with a Violation.
func mustViolate(t *testing.T, what string, fn func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if v, ok := recover().(invariant.Violation); !ok {
			t.Errorf("%s: not refused (%v)", what, v)
		}
	}()
	fn()
}

// kept counts the chunks and bytes that the pool keeps for reuse.
func kept(p *ChunkPool) (chunks, bytes int) {
	count := func(c *Chunk) {
		for ; c != nil; c = c.next {
			chunks++
			bytes += len(c.data)
		}
	}
	count(p.back.Load())
	for _, c := range p.free {
		count(c)
	}
	return chunks, bytes
}

// pattern fills b so that every byte depends on its place and on seed.
func pattern(b []byte, seed int) []byte {
	for i := range b {
		b[i] = byte(seed*131 + i*7 + i>>8)
	}
	return b
}

// isPattern tells whether b is what pattern made.
func isPattern(b []byte, seed int) bool {
	for i := range b {
		if b[i] != byte(seed*131+i*7+i>>8) {
			return false
		}
	}
	return true
}
