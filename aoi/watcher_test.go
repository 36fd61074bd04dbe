package aoi_test

import (
	"slices"
	"testing"

	"github.com/raon-engine/raon/aoi"
	"github.com/raon-engine/raon/internal/invariant"
)

// bomb panics at the next delta when it is armed.
type bomb struct{ armed bool }

func (b *bomb) tell() {
	if b.armed {
		b.armed = false
		panic("on purpose")
	}
}
func (b *bomb) Enter(uint64, uint64) { b.tell() }
func (b *bomb) Leave(uint64, uint64) { b.tell() }
func (b *bomb) Move(uint64, uint64)  { b.tell() }

// TestGridOutlivesItsWatcher has the watcher panic in every kind of step. A
// strand survives that, and its zone goes on with the same grid.
func TestGridOutlivesItsWatcher(t *testing.T) {
	steps := []struct {
		name string
		take func(*aoi.Grid) error
		near []uint64 // who sees 1 afterwards
	}{
		{"add", func(g *aoi.Grid) error { return g.Add(9, 5, 5) }, []uint64{2, 3, 9}},
		{"remove", func(g *aoi.Grid) error { return g.Remove(3) }, []uint64{2}},
		{"move", func(g *aoi.Grid) error { return g.Move(3, 6, 6) }, []uint64{2, 3}},
		{"move out of sight", func(g *aoi.Grid) error { return g.Move(3, 95, 95) }, []uint64{2}},
		{"move into sight", func(g *aoi.Grid) error { return g.Move(4, 5, 5) }, []uint64{2, 3, 4}},
	}
	for _, opts := range watchedOptions {
		for _, step := range steps {
			b := new(bomb)
			g, err := aoi.New(opts, b)
			if err != nil {
				t.Fatal(err)
			}
			for id := range uint64(3) {
				mustTake(t, g.Add(id+1, 5, 5))
			}
			mustTake(t, g.Add(4, 95, 95))
			b.armed = true
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: the watcher did not panic", step.name)
					}
				}()
				_ = step.take(g) // it panics
			}()
			if near := nearOf(t, g, 1); !slices.Equal(near, step.near) {
				t.Errorf("%s: %v see 1 after a panic, want %v", step.name, near, step.near)
			}
			for id := range uint64(10) { // all of it can be taken off again
				if _, _, ok := g.Position(id); ok {
					mustTake(t, g.Remove(id))
				}
			}
			mustTake(t, g.Add(1, 5, 5))
			if near := nearOf(t, g, 1); len(near) != 0 {
				t.Errorf("%s: %v are left on an emptied map", step.name, near)
			}
		}
	}
}

// watchedOptions are the grids that have to outlive their watcher.
var watchedOptions = []aoi.Options{
	{MaxX: 100, MaxY: 100, CellSize: 10},
	{MaxX: 100, MaxY: 100, Radius: 10},
}

func mustTake(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// nearOf is who sees id, sorted.
func nearOf(t *testing.T, g *aoi.Grid, id uint64) (ids []uint64) {
	t.Helper()
	mustTake(t, g.Near(id, func(other uint64) { ids = append(ids, other) }))
	slices.Sort(ids)
	return ids
}

// meddler changes the grid that it watches.
type meddler struct {
	silent
	grid *aoi.Grid
}

func (m *meddler) Enter(uint64, uint64) { _ = m.grid.Remove(1) } // it panics

func TestWatcherMustNotChangeItsGrid(t *testing.T) {
	for _, opts := range watchedOptions {
		m := new(meddler)
		g, err := aoi.New(opts, m)
		if err != nil {
			t.Fatal(err)
		}
		m.grid = g
		mustTake(t, g.Add(1, 5, 5))
		if _, ok := caught(func() { _ = g.Add(2, 5, 5) }).(invariant.Violation); !ok { // it panics
			t.Error("a watcher has removed an entity while it was being told")
		}
		if _, ok := caught(func() { _ = g.Near(1, func(uint64) { _ = g.Remove(2) }) }).(invariant.Violation); !ok { // it panics
			t.Error("a callback of Near has removed an entity")
		}
		if near := nearOf(t, g, 1); !slices.Equal(near, []uint64{2}) {
			t.Errorf("%v see 1, want 2", near)
		}
	}
}

// caught is what fn panics with.
func caught(fn func()) (cause any) {
	defer func() { cause = recover() }()
	fn()
	return nil
}
