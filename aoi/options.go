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

	// CellSize is the side of a cell; required, or the Radius if there is one. By
	// distance it changes only how fast the grid is: the Radius is good, which
	// makes nine cells at most to look through.
	CellSize float64

	Reach  int     // by cells: how many cells away an entity sees; 1
	Radius float64 // by distance: how far it sees, at most 64 cells; 0: by cells

	// Margin keeps one that walks along a border from appearing and disappearing
	// at each step. By cells: how far an entity has to be outside its cell before
	// it belongs to another one, below CellSize. By distance: how much more than
	// the Radius two may be apart and still see each other, at most the Radius. 0.
	Margin float64

	// MaxVisible, with a Radius: how many an entity sees at most, and is seen by.
	// Who sees whom already goes first; among those that come into sight in one
	// step, the nearest. An entity among others that all see as many as they may is
	// not seen until one of them has room: at once then, if it is in sight. 256.
	MaxVisible int

	MaxEntities int // 65,536
}

// Bounds of the options.
const (
	maxCells        = 1 << 24
	maxReach        = 64
	minRadius       = 1e-100 // its square is a number still
	maxRadius       = 1e+100
	defaultVisible  = 256
	maxVisible      = 1 << 16
	defaultEntities = 64 << 10
	maxEntities     = 1 << 30
)

// normalized gives o with defaults filled in, or every fault at once.
func (o Options) normalized() (Options, error) {
	var errs []error
	fault := func(format string, args ...any) { errs = append(errs, fmt.Errorf("aoi.Options: "+format, args...)) }
	for _, f := range []float64{o.MinX, o.MinY, o.MaxX, o.MaxY, o.CellSize, o.Radius, o.Margin} {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			fault("%v is no length", f)
		}
	}
	if o.Radius != 0 {
		o.checkDistance(fault)
	} else {
		o.checkCells(fault)
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
	if o.MaxEntities < 1 || o.MaxEntities > maxEntities {
		fault("MaxEntities %d: want 1 to %d", o.MaxEntities, maxEntities)
	}
	if n := math.Ceil((o.MaxX-o.MinX)/o.CellSize) * math.Ceil((o.MaxY-o.MinY)/o.CellSize); !(n <= maxCells) {
		fault("%v cells: want at most %d", n, maxCells)
	}
	return o, errors.Join(errs...)
}

// checkCells is for sight by cells.
func (o *Options) checkCells(fault func(string, ...any)) {
	if o.Reach == 0 {
		o.Reach = 1
	}
	if o.Reach < 1 || o.Reach > maxReach {
		fault("Reach %d: want 1 to %d", o.Reach, maxReach)
	}
	if o.Margin < 0 || !(o.Margin < o.CellSize) {
		fault("Margin %v: want 0 to less than CellSize %v", o.Margin, o.CellSize)
	}
	if o.MaxVisible != 0 {
		fault("MaxVisible %d without a Radius: sight by cells has no such bound", o.MaxVisible)
	}
}

// checkDistance is for sight by distance.
func (o *Options) checkDistance(fault func(string, ...any)) {
	if o.CellSize == 0 {
		o.CellSize = o.Radius
	}
	if o.MaxVisible == 0 {
		o.MaxVisible = defaultVisible
	}
	if !(o.Radius >= minRadius && o.Radius <= maxRadius) {
		fault("Radius %v: want %v to %v", o.Radius, minRadius, maxRadius)
	}
	if !(o.Radius <= maxReach*o.CellSize) {
		fault("Radius %v: want at most %d cells of %v", o.Radius, maxReach, o.CellSize)
	}
	if o.Reach != 0 {
		fault("Reach %d with a Radius: want one of them", o.Reach)
	}
	if o.Margin < 0 || !(o.Margin <= o.Radius) {
		fault("Margin %v: want 0 to the Radius %v", o.Margin, o.Radius)
	}
	if o.MaxVisible < 1 || o.MaxVisible > maxVisible {
		fault("MaxVisible %d: want 1 to %d", o.MaxVisible, maxVisible)
	}
}
