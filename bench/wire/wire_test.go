package wire

import (
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func frame(size int) []byte {
	p := make([]byte, size)
	PutHeader(p, size, 7)
	return p
}

func TestComplete(t *testing.T) {
	two := append(frame(4), frame(9)...)
	for _, c := range []struct {
		name string
		p    []byte
		want int
	}{
		{"nothing", nil, 0},
		{"half a size", []byte{9}, 0},
		{"header only", frame(4), 4},
		{"two frames", two, 13},
		{"second cut", two[:12], 4},
		{"second without its size", two[:5], 4},
		{"largest", frame(MaxFrameBytes), MaxFrameBytes},
		{"size below a header", []byte{3, 0, 0, 0}, -1},
		{"malformed after a good one", append(frame(4), 0, 0), -1},
	} {
		if got := Complete(c.p); got != c.want {
			t.Errorf("%s: Complete = %d, want %d", c.name, got, c.want)
		}
	}
}

func TestHeader(t *testing.T) {
	p := make([]byte, HeaderBytes)
	PutHeader(p, 0x1234, 0xabcd)
	if Size(p) != 0x1234 || ID(p) != 0xabcd || p[0] != 0x34 {
		t.Fatalf("header % x: size %#x, id %#x", p, Size(p), ID(p))
	}
}
