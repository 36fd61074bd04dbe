package payload

import (
	"errors"
	"fmt"
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

var stamp = Stamp{Sender: 7, Seq: 1 << 40, TimeNs: 123456789}

func TestCheckReadsWhatFillWrote(t *testing.T) {
	for length := MinBytes; length < MinBytes+40; length++ {
		p := make([]byte, length)
		Seed(1).Fill(p, stamp)
		got, err := Seed(1).Check(p)
		if err != nil || got != stamp {
			t.Errorf("length %d: %+v, %v", length, got, err)
		}
	}
}

func TestCheckFindsEachFlippedBit(t *testing.T) {
	for _, length := range []int{MinBytes, MinBytes + 1, MinBytes + 8, 64, 71} {
		p := make([]byte, length)
		for bit := range length * 8 {
			Seed(1).Fill(p, stamp)
			p[bit/8] ^= 1 << (bit % 8)
			if _, err := Seed(1).Check(p); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("length %d, bit %d flipped: %v", length, bit, err)
			}
		}
	}
}

func TestCheckFindsWrongLength(t *testing.T) {
	p := make([]byte, 64)
	Seed(1).Fill(p, stamp)
	for length := range 64 {
		if _, err := Seed(1).Check(p[:length]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut to %d bytes: %v", length, err)
		}
	}
	if _, err := Seed(1).Check(append(p, 0)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("one byte longer: %v", err)
	}
}

func TestCheckFindsPatternOfAnotherFrame(t *testing.T) {
	a, b := make([]byte, 64), make([]byte, 64)
	Seed(1).Fill(a, stamp)
	Seed(1).Fill(b, Stamp{Sender: 7, Seq: stamp.Seq + 1, TimeNs: stamp.TimeNs})
	copy(a[patternAt:], b[patternAt:])
	if _, err := Seed(1).Check(a); !errors.Is(err, ErrCorrupt) {
		t.Errorf("pattern of the next frame: %v", err)
	}
	if _, err := Seed(2).Check(b); !errors.Is(err, ErrCorrupt) {
		t.Errorf("frame of another run: %v", err)
	}
}

func TestCheckTellsThePlace(t *testing.T) {
	for _, at := range []int{patternAt, 40, 63, 66} {
		p := make([]byte, 67)
		Seed(1).Fill(p, stamp)
		p[at]++
		_, err := Seed(1).Check(p)
		if err == nil || err.Error() != fmt.Sprintf("corrupt payload: byte %d of %d", at, len(p)) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	p := make([]byte, 64)
	allocs := testing.AllocsPerRun(100, func() {
		Seed(1).Fill(p, stamp)
		if _, err := Seed(1).Check(p); err != nil {
			t.Error(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

// FuzzCheck: whatever bytes arrive, Check accepts only what Fill writes for the
// stamp it read.
func FuzzCheck(f *testing.F) {
	p := make([]byte, 64)
	Seed(1).Fill(p, stamp)
	f.Add(p, uint64(1))
	f.Add(p[:30], uint64(1))
	f.Add([]byte{}, uint64(0))
	f.Fuzz(func(t *testing.T, src []byte, seed uint64) {
		s, err := Seed(seed).Check(src)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		again := make([]byte, len(src))
		Seed(seed).Fill(again, s)
		if string(again) != string(src) {
			t.Errorf("accepted %x, Fill writes %x", src, again)
		}
	})
}
