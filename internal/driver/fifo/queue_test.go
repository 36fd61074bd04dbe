package fifo

import (
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// TestOrder pushes and pops in waves that wrap around and grow.
func TestOrder(t *testing.T) {
	var q Queue[int]
	in, out := 0, 0
	for wave := range 200 {
		for range wave {
			q.Push(in)
			in++
		}
		for range wave - wave/3 {
			if got := q.Pop(); got != out {
				t.Fatalf("popped %d, want %d", got, out)
			}
			out++
		}
		if q.Len() != in-out {
			t.Fatalf("%d wait, want %d", q.Len(), in-out)
		}
	}
}

func TestPopKeepsNothingAlive(t *testing.T) {
	var q Queue[*int]
	q.Push(new(int))
	q.Pop()
	for _, v := range q.ring {
		if v != nil {
			t.Error("what was popped is still referred to")
		}
	}
}
