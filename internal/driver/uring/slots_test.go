//go:build linux

package uring

import (
	"slices"
	"testing"
	"unsafe"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// slotBudget is what an idle session may cost in a port.
const slotBudget = 128

func TestSlotIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(slot{}); n > slotBudget {
		t.Fatalf("a slot has %d bytes", n)
	}
}

func TestSlotsGrowAndAreUsedAgain(t *testing.T) {
	const limit = chunkSlots + 3
	table := slots{limit: limit, free: newList(listFree)}
	refs := map[port.Ref]bool{}
	for round := range 3 {
		var taken []*slot
		for s := table.take(); s != nil; s = table.take() {
			s.kind = port.KindStream
			if refs[s.ref()] || table.find(s.ref()) != s {
				t.Fatalf("round %d: ref %#x is not new, or not found", round, s.ref())
			}
			refs[s.ref()] = true
			taken = append(taken, s)
		}
		if len(taken) != limit || table.used != limit || table.len() != 2*chunkSlots {
			t.Fatalf("%d taken, %d used, %d made", len(taken), table.used, table.len())
		}
		for _, s := range taken {
			old := s.ref()
			table.give(s)
			if table.find(old) != nil {
				t.Fatalf("ref %#x is found after its slot was freed", old)
			}
		}
	}
	if table.find(0) != nil || table.find(port.MakeRef(1<<20, 1)) != nil {
		t.Fatal("a ref that never was is found")
	}
}

func TestGenerationIsNeverZero(t *testing.T) {
	table := slots{limit: 1, free: newList(listFree)}
	s := table.take()
	s.gen = ^uint32(0)
	table.give(s)
	if s.gen != 1 {
		t.Fatalf("generation %d after the last", s.gen)
	}
}

// TestStampsOutliveGenerations keeps a completion of an old attachment from
// being taken for one of the slot's next.
func TestStampsOutliveGenerations(t *testing.T) {
	table := slots{limit: 1, free: newList(listFree)}
	seen := map[token]bool{}
	for range 100 {
		s := table.take()
		for _, lane := range []port.Lane{port.LaneRead, port.LaneWrite, port.LaneRead} {
			if tok := s.arm(lane); seen[tok] || tok.stamp() == 0 || tok.lane() != int(lane) || tok.slot() != s.index {
				t.Fatalf("token %#x", tok)
			}
			seen[s.token(lane)] = true
		}
		table.give(s)
	}
	s := table.take()
	s.stamp = ^uint32(0)
	if s.arm(port.LaneRead).stamp() != 1 {
		t.Fatal("stamp 0 means none")
	}
}

func TestToken(t *testing.T) {
	tok := makeToken(maxSlots-1, int(port.LaneWrite), 0xdeadbeef)
	c := tok.cancellation()
	if c.lane() != laneCancel+int(port.LaneWrite) || c.target() != tok || c.slot() != tok.slot() {
		t.Fatalf("%#x, cancellation %#x, target %#x", tok, c, c.target())
	}
	if tok.slot() != maxSlots-1 || tok.stamp() != 0xdeadbeef {
		t.Fatalf("slot %d, stamp %#x", tok.slot(), tok.stamp())
	}
}

func TestList(t *testing.T) {
	table := slots{limit: 8, free: newList(listFree)}
	l := newList(listStarved)
	var all [5]*slot
	for i := range all {
		all[i] = table.take()
		l.push(&table, all[i])
	}
	for _, i := range []int{0, 4, 2} { // first, last, middle
		l.remove(&table, all[i])
	}
	l.push(&table, all[0])
	var order []uint32
	for s := l.pop(&table); s != nil; s = l.pop(&table) {
		order = append(order, s.index)
	}
	if !slices.Equal(order, []uint32{all[1].index, all[3].index, all[0].index}) || !l.empty() {
		t.Fatalf("order %v", order)
	}
	l.push(&table, all[1])
	defer func() {
		if _, ok := recover().(invariant.Violation); !ok {
			t.Fatal("a slot went into two lists")
		}
	}()
	l.push(&table, all[1])
}
