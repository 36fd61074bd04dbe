package aoi_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/raon-engine/raon/aoi"
)

// silent hears nothing.
type silent struct{ deltas int }

func (s *silent) Enter(uint64, uint64) { s.deltas++ }
func (s *silent) Leave(uint64, uint64) { s.deltas++ }
func (s *silent) Move(uint64, uint64)  { s.deltas++ }

// crowd is a map with so many entities, one per hundred units of area, and the
// steps that they take.
func crowd(tb testing.TB, n int, opts aoi.Options) (*aoi.Grid, func()) {
	random := rand.New(rand.NewPCG(1, 2))
	side := math.Sqrt(float64(n)) * 10
	opts.MaxX, opts.MaxY = side, side
	grid, err := aoi.New(opts, new(silent))
	if err != nil {
		tb.Fatal(err)
	}
	for id := range n {
		if err := grid.Add(uint64(id), random.Float64()*side, random.Float64()*side); err != nil {
			tb.Fatal(err)
		}
	}
	next := 0
	return grid, func() {
		id := uint64(next % n)
		next++
		x, y, _ := grid.Position(id)
		if err := grid.Move(id, x+random.Float64()*4-2, y+random.Float64()*4-2); err != nil {
			tb.Fatal(err)
		}
	}
}

// Crowds: by cells and by distance each sees 36 others; in the dense one there
// are 1,250 in sight, of which each sees 100.
var (
	byCells    = aoi.Options{CellSize: 20, Margin: 2}
	byDistance = aoi.Options{Radius: 33.85, Margin: 3}
	dense      = aoi.Options{Radius: 200, Margin: 10, MaxVisible: 100}
)

func TestMovingAllocatesNothing(t *testing.T) {
	for name, opts := range map[string]aoi.Options{"cells": byCells, "distance": byDistance, "dense": dense} {
		_, step := crowd(t, 2000, opts)
		for range 200_000 {
			step()
		}
		if n := testing.AllocsPerRun(10_000, step); n != 0 {
			t.Errorf("%s: %v allocations per move", name, n)
		}
	}
}

// BenchmarkMove is a step among 10,000 entities.
func BenchmarkMove(b *testing.B) {
	for _, c := range []struct {
		name string
		opts aoi.Options
	}{{"cells", byCells}, {"distance", byDistance}, {"dense", dense}} {
		b.Run(c.name, func(b *testing.B) {
			_, step := crowd(b, 10_000, c.opts)
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
		})
	}
}
