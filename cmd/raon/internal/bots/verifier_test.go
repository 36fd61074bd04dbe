package bots

import (
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon/cmd/raon/internal/frame"
	"github.com/raon-engine/raon/cmd/raon/internal/payload"
	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

const testSeed = payload.Seed(42)

// made is a frame as a bot sends it.
func made(sender uint32, seq uint64) []byte {
	f := make([]byte, frame.HeaderBytes+40)
	frame.PutHeader(f, dataID(seq))
	testSeed.Fill(frame.Payload(f), payload.Stamp{Sender: sender, Seq: seq, TimeNs: int64(time.Second)})
	return f
}

// hearing is a verifier of n senders from first on.
func hearing(first uint32, n int) *verifier {
	return &verifier{seed: testSeed, bytes: frame.HeaderBytes + 40, first: first, next: make([]uint64, n)}
}

func TestVerifierAcceptsEachSendersOrder(t *testing.T) {
	v := hearing(0, 2)
	for _, f := range [][]byte{made(0, 0), made(1, 0), made(1, 1), made(0, 1), made(1, 2)} {
		if _, counts, found := v.check(f); !counts || found != (fault{}) {
			t.Errorf("counts %v, fault %+v", counts, found)
		}
	}
	if v.next[0] != 2 || v.next[1] != 3 {
		t.Errorf("expects %v next, want [2 3]", v.next)
	}
}

func TestVerifierFaults(t *testing.T) {
	edit := func(at int, to byte) []byte {
		f := made(3, 1)
		f[at] = to
		return f
	}
	long := append(made(3, 1), 0)
	frame.PutHeader(long, dataID(1))
	relabelled := made(3, 1)
	frame.PutHeader(relabelled, dataID(2))
	cases := []struct {
		name   string
		f      []byte
		kind   faultKind
		n      uint64
		counts bool
	}{
		{"payload byte", edit(40, 0xEE), badFrame, 1, false},
		{"stamp byte", edit(12, 0xEE), badFrame, 1, false},
		{"another length", long, badFrame, 1, false},
		{"another packet id", relabelled, badFrame, 1, false},
		{"repeated", made(3, 0), repeated, 1, false},
		{"one skipped", made(3, 2), skipped, 1, true},
		{"many skipped", made(3, 8), skipped, 7, true},
		{"sender below", made(2, 1), foreign, 1, false},
		{"sender above", made(4, 1), foreign, 1, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := hearing(3, 1)
			if _, counts, _ := v.check(made(3, 0)); !counts {
				t.Fatal("the first frame does not count")
			}
			_, counts, found := v.check(c.f)
			if counts != c.counts || found.kind != c.kind || found.count != c.n {
				t.Errorf("counts %v, fault %+v; want %v, %d of kind %q", counts, found, c.counts, c.n, faultNames[c.kind])
			}
			if found.detail == "" {
				t.Error("no detail")
			}
		})
	}
}

func TestVerifierAcceptsProbesOutsideTheOrder(t *testing.T) {
	v := hearing(0, 1)
	probe := made(0, 99)
	frame.PutHeader(probe, probeID)
	for range 2 {
		if _, counts, found := v.check(probe); counts || found != (fault{}) {
			t.Errorf("counts %v, fault %+v", counts, found)
		}
	}
	if v.next[0] != 0 {
		t.Errorf("expects %d next, want 0", v.next[0])
	}
}

func TestDataIDIsNeverTheProbes(t *testing.T) {
	for _, seq := range []uint64{0, 1, dataIDs - 1, dataIDs, 1 << 40} {
		if id := dataID(seq); id < firstDataID {
			t.Errorf("frame %d has packet id %d", seq, id)
		}
	}
	if dataID(dataIDs-1) != 1<<16-1 || dataID(dataIDs) != firstDataID {
		t.Error("ids do not go round at the end of u16")
	}
}

func TestVerifierDoesNotAllocate(t *testing.T) {
	v := hearing(0, 1)
	f := made(0, 0)
	allocs := testing.AllocsPerRun(100, func() {
		v.next[0] = 0
		if _, counts, _ := v.check(f); !counts {
			t.Error("does not count")
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations per frame", allocs)
	}
}

func TestFaultsAreOneLineWithTheFirstOfEachKind(t *testing.T) {
	var f faults
	if f.any() || f.err() != nil {
		t.Fatal("faults from the start")
	}
	f.add(missing, 7, "3 of 10")
	f.add(badFrame, 1, "session %d", 5)
	f.add(badFrame, 2, "session %d", 6)
	want := "3 corrupt frames (first: session 5); 7 deliveries missing at the end (first: 3 of 10)"
	if got := f.err(); got == nil || got.Error() != want {
		t.Errorf("%v, want %s", got, want)
	}
	if !f.any() || strings.Contains(want, "\n") {
		t.Error("not told, or not one line")
	}
}
