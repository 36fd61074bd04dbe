package packet

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestReplayAgainstAModel plays random packets and acknowledgements against a plain
// list.
func TestReplayAgainstAModel(t *testing.T) {
	const most = 5000
	h, err := Framing{}.compile()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	var r replay
	var model [][]byte
	held := func() (n int) {
		for _, p := range model {
			n += len(p)
		}
		return n
	}
	for step := range 20_000 {
		p, err := Framing{}.Append(nil, uint16(step), make([]byte, rng.IntN(300)))
		if err != nil {
			t.Fatal(err)
		}
		switch op := rng.IntN(5); {
		case op < 3 && held()+len(p) <= most:
			if !r.add(p, most) {
				t.Fatalf("step %d: no room for %d bytes beside %d", step, len(p), held())
			}
			model = append(model, p)
			if rng.IntN(10) == 0 {
				r.undo(len(p))
				model = model[:len(model)-1]
			}
		default:
			n := rng.IntN(len(model) + 1)
			r.forget(uint64(n), &h)
			model = model[n:]
		}
		var got [][]byte
		r.each(&h, func(id uint16, p []byte) { got = append(got, slices.Clone(p)) })
		if !slices.EqualFunc(got, model, bytes.Equal) || cap(r.buf) > 4*most {
			t.Fatalf("step %d: %d packets in %d bytes, want %d", step, len(got), cap(r.buf), len(model))
		}
	}
	if r.add(make([]byte, most+1), most) || r.add(make([]byte, 1), most) || r.buf != nil {
		t.Error("what does not fit is kept, or something after it")
	}
}
