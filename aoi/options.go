package aoi

import (
	"errors"
	"fmt"
	"math"
)

// Options shape a Grid. Zero means the default given. Lengths are in the units of
// the application's map.
type Options struct {
	MinX, MinY float64 // the map's lower corner
	MaxX, MaxY float64 // its upper corner; required
	CellSize   float64 // side of a cell; required
	Reach      int     // how many cells away an entity sees; 1

	// Margin is how far an entity has to be outside its cell before it belongs to
	// another one. It keeps one that walks along a border from appearing and
	// disappearing at each step. Below CellSize; 0.
	Margin float64

	MaxEntities int // 65,536
}

// Bounds of the options.
const (
	maxCells        = 1 << 24
	maxReach        = 64
	defaultEntities = 64 << 10
	maxEntities     = 1 << 30
)

// normalized gives o with defaults filled in, or every fault at once.
func (o Options) normalized() (Options, error) {
	var errs []error
	fault := func(format string, args ...any) { errs = append(errs, fmt.Errorf("aoi.Options: "+format, args...)) }
	for _, f := range []float64{o.MinX, o.MinY, o.MaxX, o.MaxY, o.CellSize, o.Margin} {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			fault("%v is no length", f)
		}
	}
	if o.Reach == 0 {
		o.Reach = 1
	}
	if o.MaxEntities == 0 {
		o.MaxEntities = defaultEntities
	}
	if !(o.MaxX > o.MinX) || !(o.MaxY > o.MinY) {
		fault("from (%v, %v) to (%v, %v) there is no map", o.MinX, o.MinY, o.MaxX, o.MaxY)
	}
	if !(o.CellSize > 0) {
		fault("CellSize %v: want more than 0", o.CellSize)
	}
	if o.Reach < 1 || o.Reach > maxReach {
		fault("Reach %d: want 1 to %d", o.Reach, maxReach)
	}
	if o.Margin < 0 || !(o.Margin < o.CellSize) {
		fault("Margin %v: want 0 to less than CellSize %v", o.Margin, o.CellSize)
	}
	if o.MaxEntities < 1 || o.MaxEntities > maxEntities {
		fault("MaxEntities %d: want 1 to %d", o.MaxEntities, maxEntities)
	}
	if n := math.Ceil((o.MaxX-o.MinX)/o.CellSize) * math.Ceil((o.MaxY-o.MinY)/o.CellSize); !(n <= maxCells) {
		fault("%v cells: want at most %d", n, maxCells)
	}
	return o, errors.Join(errs...)
}
