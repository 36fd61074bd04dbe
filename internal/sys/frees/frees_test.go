package frees

import (
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

type countingWaker struct{ wakes int }

func (w *countingWaker) Wake() { w.wakes++ }

func TestFreedWakesThoseWhoStarve(t *testing.T) {
	var c Counter
	w := &countingWaker{}
	seen := c.Frees()
	for range 2 { // asking again changes nothing
		if !c.AwaitFree(w, seen) {
			t.Fatal("a handle is said to have come free")
		}
	}
	c.Freed()
	c.Freed()
	if w.wakes != 1 || c.Frees() != seen+2 {
		t.Errorf("%d wakes after %d frees, want one wake", w.wakes, c.Frees()-seen)
	}
	if c.AwaitFree(w, seen) {
		t.Error("AwaitFree missed that a handle came free")
	}
	c.ForgetWaker(w)
	c.Freed()
	if w.wakes != 1 {
		t.Error("a forgotten port was woken")
	}
}
