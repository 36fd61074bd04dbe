package porttest

import (
	"bytes"
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// TestPatternInPieces writes and reads a pattern in pieces of every size: how
// it is cut makes no difference.
func TestPatternInPieces(t *testing.T) {
	const total = 1000
	whole := pattern{seed: 7}
	want := whole.take(total)
	for size := 1; size < 40; size++ {
		out, in := pattern{seed: 7}, pattern{seed: 7}
		var got []byte
		for len(got) < total {
			got = append(got, out.take(min(size, total-len(got)))...)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("in pieces of %d the bytes are others", size)
		}
		for b := got; len(b) > 0; b = b[min(size+1, len(b)):] {
			if i := in.match(b[:min(size+1, len(b))]); i >= 0 {
				t.Errorf("in pieces of %d byte %d does not match", size+1, in.pos+i)
			}
		}
	}
}

// TestPatternNotices changes, drops, repeats and swaps bytes.
func TestPatternNotices(t *testing.T) {
	source := pattern{seed: 3}
	good := source.take(400)
	changed := bytes.Clone(good)
	changed[123]++
	tests := []struct {
		name  string
		data  []byte
		first int // index of the first wrong byte
	}{
		{"nothing", good, -1},
		{"a changed byte", changed, 123},
		{"a lost byte", append(bytes.Clone(good[:50]), good[51:]...), 50},
		{"lost words", append(bytes.Clone(good[:80]), good[160:]...), 80},
		{"repeated words", append(bytes.Clone(good[:80]), good[40:]...), 80},
	}
	for _, test := range tests {
		p := pattern{seed: 3}
		if got := p.match(test.data); got != test.first {
			t.Errorf("%s: the first wrong byte is %d, want %d", test.name, got, test.first)
		}
	}
	foreign := pattern{seed: 4}
	if foreign.match(good) < 0 {
		t.Error("another seed has the same bytes")
	}
}

// TestPatternUnseeded only counts.
func TestPatternUnseeded(t *testing.T) {
	var p pattern
	if i := p.match([]byte("anything")); i != -1 || p.pos != 8 {
		t.Errorf("match gave %d, the position is %d", i, p.pos)
	}
}
