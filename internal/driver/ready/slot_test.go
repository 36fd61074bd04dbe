//go:build linux

package ready

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

func TestTableReusesSlotsInNewGenerations(t *testing.T) {
	table := table{most: 2}
	a, b := table.take(), table.take()
	if table.take() != nil {
		t.Error("a full table has a third slot")
	}
	seen := map[port.Ref]bool{a.ref: true, b.ref: true}
	for range 100 {
		old := a.ref
		table.give(a)
		if table.find(old) != nil {
			t.Fatal("a slot that was given back is found")
		}
		a = table.take()
		if seen[a.ref] || table.find(a.ref) != a || table.find(old) != nil {
			t.Fatalf("ref %#x after %#x", uint64(a.ref), uint64(old))
		}
		seen[a.ref] = true
	}
	if table.find(b.ref) != b || table.find(0) != nil || table.find(port.MakeRef(2, 1)) != nil {
		t.Error("find is confused")
	}
}

func TestGenerationsSkipZero(t *testing.T) {
	table := table{most: 1}
	s := table.take()
	s.ref = port.MakeRef(0, 1<<32-1)
	table.give(s)
	if got := table.take().ref; got != port.MakeRef(0, 1) {
		t.Errorf("the generation after the last is %#x", uint64(got))
	}
}

func TestListKeepsOrderAndPlace(t *testing.T) {
	var slots [4]slot
	first, second := list{lane: port.LaneRead}, list{lane: port.LaneRead}
	for i := range slots {
		first.push(&slots[i])
	}
	second.push(&slots[0]) // has its place in the other list
	first.push(&slots[0])
	unlink(&slots[1], port.LaneRead)
	unlink(&slots[3], port.LaneRead)
	first.push(&slots[1])
	if first.n != 3 || second.n != 0 {
		t.Fatalf("lists of %d and %d slots", first.n, second.n)
	}
	for _, want := range []*slot{&slots[0], &slots[2], &slots[1], nil, nil} {
		if got := first.pop(); got != want {
			t.Errorf("popped %p, want %p", got, want)
		}
	}
	unlink(&slots[2], port.LaneRead) // is in no list
}
