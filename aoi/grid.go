package aoi

import (
	"errors"
	"math"

	"github.com/raon-engine/raon/internal/invariant"
)

// The outcomes.
var (
	// ErrExists: there is an entity with this id.
	ErrExists = errors.New("aoi: entity exists")
	// ErrUnknown: there is no entity with this id.
	ErrUnknown = errors.New("aoi: no such entity")
	// ErrFull: there are MaxEntities.
	ErrFull = errors.New("aoi: too many entities")
	// ErrPosition: a coordinate is not a number, or infinite.
	ErrPosition = errors.New("aoi: no position")
)

// Watcher gets the deltas. It must not change the grid. When it panics, the step
// has been taken all the same, and the rest of its deltas is lost.
type Watcher interface {
	// Enter: from now on who sees subject.
	Enter(who, subject uint64)
	// Leave: from now on who does not see subject.
	Leave(who, subject uint64)
	// Move: subject, which who saw before and still sees, has moved.
	Move(who, subject uint64)
}

// Grid knows where the entities are. It belongs to one goroutine at a time, a
// zone's strand for instance. What is moved often allocates nothing.
type Grid struct {
	opts     Options
	watcher  Watcher
	columns  int
	rows     int
	cells    [][]int32 // indices of entities, in no order
	entities []entity
	free     []int32 // unused places in entities
	byID     map[uint64]int32
	telling  bool // the watcher is being called

	cellMargin float64 // Margin by cells; by distance, cells are but an index

	// Sight by distance.
	seeSquare  float64 // Radius, and Radius + Margin, squared
	keepSquare float64
	looks      uint64
	found      scratch
}

// entity is one that can see and be seen.
type entity struct {
	id     uint64
	x, y   float64
	column int
	row    int
	index  int32 // in entities
	place  int   // in its cell

	sees   []link // by distance only
	looked uint64 // the look that has found it last
}

// New makes an empty grid. Errors: every fault of opts at once.
func New(opts Options, watcher Watcher) (*Grid, error) {
	opts, err := opts.normalized()
	if err != nil {
		return nil, err
	}
	invariant.Check(watcher != nil, "aoi: a Grid without a Watcher")
	g := &Grid{opts: opts, watcher: watcher, byID: map[uint64]int32{}}
	g.columns = int(math.Ceil((opts.MaxX - opts.MinX) / opts.CellSize))
	g.rows = int(math.Ceil((opts.MaxY - opts.MinY) / opts.CellSize))
	g.cells = make([][]int32, g.columns*g.rows)
	if !g.byDistance() {
		g.cellMargin = opts.Margin
	}
	keep := opts.Radius + opts.Margin
	g.seeSquare, g.keepSquare = opts.Radius*opts.Radius, keep*keep
	return g, nil
}

// Len is the number of entities.
func (g *Grid) Len() int { return len(g.byID) }

// Position tells where an entity is.
func (g *Grid) Position(id uint64) (x, y float64, ok bool) {
	i, ok := g.byID[id]
	if !ok {
		return 0, 0, false
	}
	return g.entities[i].x, g.entities[i].y, true
}

// Add puts an entity on the map; a position outside counts as the nearest one
// inside. Everyone near it and it Enter each other's sight. Errors: ErrExists,
// ErrFull, ErrPosition.
func (g *Grid) Add(id uint64, x, y float64) error {
	g.mayChange()
	if _, ok := g.byID[id]; ok {
		return ErrExists
	}
	if len(g.byID) == g.opts.MaxEntities {
		return ErrFull
	}
	x, y, err := g.clamp(x, y)
	if err != nil {
		return err
	}
	e := g.place()
	e.id, e.x, e.y = id, x, y
	e.column, e.row = g.columnOf(x), g.rowOf(y)
	g.byID[id] = e.index
	g.enter(e)
	if g.byDistance() {
		g.appear(e)
		return nil
	}
	g.each(g.around(e.column, e.row), area{}, func(other *entity) {
		if other != e {
			g.meet(e, other)
		}
	})
	return nil
}

// Remove takes an entity off the map. Errors: ErrUnknown.
func (g *Grid) Remove(id uint64) error {
	g.mayChange()
	i, ok := g.byID[id]
	if !ok {
		return ErrUnknown
	}
	e := &g.entities[i]
	g.leave(e)
	delete(g.byID, id)
	g.free = append(g.free, i)
	if g.byDistance() {
		g.vanish(e)
		return nil
	}
	g.each(g.around(e.column, e.row), area{}, func(other *entity) { g.part(e, other) })
	return nil
}

// Move puts an entity elsewhere; a position outside the map counts as the nearest
// one inside. Those who see it before and after are told of the Move, the others
// of Enter and Leave. Errors: ErrUnknown, ErrPosition.
func (g *Grid) Move(id uint64, x, y float64) error {
	g.mayChange()
	i, ok := g.byID[id]
	if !ok {
		return ErrUnknown
	}
	x, y, err := g.clamp(x, y)
	if err != nil {
		return err
	}
	e := &g.entities[i]
	e.x, e.y = x, y
	before := g.around(e.column, e.row)
	crossed := g.settle(e)
	if g.byDistance() {
		g.shift(e)
		return nil
	}
	g.cross(e, before, crossed)
	return nil
}

// cross tells of a Move by cells.
func (g *Grid) cross(e *entity, before area, crossed bool) {
	after := before
	if crossed {
		after = g.around(e.column, e.row)
		g.each(before, after, func(other *entity) { g.part(e, other) })
	}
	g.each(after, area{}, func(other *entity) {
		switch {
		case other == e:
		case before.has(other.column, other.row):
			g.watcher.Move(other.id, e.id)
		default:
			g.meet(e, other)
		}
	})
}

// Near calls fn for every entity that sees id, but id itself: those a broadcast
// about id goes to, and, as sight is mutual, those that id sees. fn must not change
// the grid. Errors: ErrUnknown.
func (g *Grid) Near(id uint64, fn func(other uint64)) error {
	i, ok := g.byID[id]
	if !ok {
		return ErrUnknown
	}
	e := &g.entities[i]
	if g.byDistance() {
		g.nearByLinks(e, fn)
		return nil
	}
	g.each(g.around(e.column, e.row), area{}, func(other *entity) {
		if other != e {
			fn(other.id)
		}
	})
	return nil
}

// meet tells two that they see each other now, and part that they do not any
// more.
func (g *Grid) meet(a, b *entity) {
	g.watcher.Enter(a.id, b.id)
	g.watcher.Enter(b.id, a.id)
}

func (g *Grid) part(a, b *entity) {
	g.watcher.Leave(a.id, b.id)
	g.watcher.Leave(b.id, a.id)
}

// byDistance tells that there is a Radius.
func (g *Grid) byDistance() bool { return g.opts.Radius > 0 }

// mayChange holds that the watcher leaves the grid alone.
func (g *Grid) mayChange() { invariant.Check(!g.telling, "aoi: a Watcher has changed its Grid") }
