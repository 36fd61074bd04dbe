package port

import (
	"math"
	"testing"
)

func TestRef(t *testing.T) {
	for _, slot := range []uint32{0, 1, 65_535, math.MaxUint32} {
		for _, generation := range []uint32{1, 2, math.MaxUint32} {
			r := MakeRef(slot, generation)
			if r.Slot() != slot || r.Generation() != generation || r == 0 {
				t.Errorf("MakeRef(%d, %d) = %#x, slot %d, generation %d",
					slot, generation, uint64(r), r.Slot(), r.Generation())
			}
		}
	}
}

func TestBufLent(t *testing.T) {
	if (Buf{}).Lent() || (Buf{ID: 7}).Lent() {
		t.Error("a Buf without data is lent")
	}
	if !(Buf{Data: []byte{1}}).Lent() {
		t.Error("a Buf with data is not lent")
	}
}
