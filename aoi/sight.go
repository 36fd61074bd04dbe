package aoi

import (
	"cmp"
	"slices"
)

// Sight by distance. Two that see each other are linked, and stay so until they
// are more than Radius + Margin apart: that is what must be remembered, and what
// makes Near and the deltas independent of how many others the cells hold.

// link is one entry in what an entity sees.
type link struct {
	other int32 // in entities
	back  int32 // where the other's entry for this one is
}

// sighting is someone in sight who is not linked yet.
type sighting struct {
	other int32
	apart float64 // squared
}

// couple is two that see each other since this step, neither of which moved.
type couple struct{ a, b int32 }

// scratch is what a step finds out before anybody is told. Its memory is kept.
type scratch struct {
	sightings []sighting
	lost      []int32  // whom the entity does not see any more
	filled    []couple // who came into a place that one of these had left
}

// rounding widens the rectangle of cells that is looked through, so that it has
// everybody whose computed distance is within the Radius.
const rounding = 1 + 1e-12

// inSight is the cells that the Radius around a position touches.
func (g *Grid) inSight(x, y float64) area {
	r := g.opts.Radius * rounding
	return area{g.columnOf(x - r), g.rowOf(y - r), g.columnOf(x+r) + 1, g.rowOf(y+r) + 1}
}

// apart is the square of a distance. The conversions keep every processor from
// joining the operations, which would round differently.
func apart(a, b *entity) float64 {
	dx, dy := a.x-b.x, a.y-b.y
	return float64(dx*dx) + float64(dy*dy)
}

func (g *Grid) hasRoom(e *entity) bool { return len(e.sees) < g.opts.MaxVisible }

// join makes two see each other.
func (g *Grid) join(a, b *entity) {
	a.sees = append(a.sees, link{b.index, int32(len(b.sees))})
	b.sees = append(b.sees, link{a.index, int32(len(a.sees) - 1)})
}

// cut ends the i-th link of e. The last one takes its place.
func (g *Grid) cut(e *entity, i int) {
	l := e.sees[i]
	g.unlink(&g.entities[l.other], int(l.back))
	g.unlink(e, i)
	g.found.lost = append(g.found.lost, l.other)
}

func (g *Grid) unlink(e *entity, i int) {
	last := len(e.sees) - 1
	if i != last {
		moved := e.sees[last]
		e.sees[i] = moved
		g.entities[moved.other].sees[moved.back].back = int32(i)
	}
	e.sees = e.sees[:last]
}

// begin makes the scratch ready for a step.
func (g *Grid) begin() { g.found.lost, g.found.filled = g.found.lost[:0], g.found.filled[:0] }

// cutFar ends e's links that have become too long.
func (g *Grid) cutFar(e *entity) {
	for i := len(e.sees) - 1; i >= 0; i-- {
		if apart(e, &g.entities[e.sees[i].other]) > g.keepSquare {
			g.cut(e, i)
		}
	}
}

// look joins e with those in sight that it does not see yet and that have room,
// the nearest first if there is not room for all.
func (g *Grid) look(e *entity) {
	if !g.hasRoom(e) {
		return
	}
	g.find(e)
	room := g.opts.MaxVisible - len(e.sees)
	if len(g.found.sightings) > room {
		slices.SortFunc(g.found.sightings, func(a, b sighting) int { return cmp.Compare(a.apart, b.apart) })
		g.found.sightings = g.found.sightings[:room]
	}
	for _, s := range g.found.sightings {
		g.join(e, &g.entities[s.other])
	}
}

// find gathers the sightings of e.
func (g *Grid) find(e *entity) {
	g.found.sightings = g.found.sightings[:0]
	g.looks++
	e.looked = g.looks
	for _, l := range e.sees {
		g.entities[l.other].looked = g.looks
	}
	a := g.inSight(e.x, e.y)
	for row := a.top; row < a.bottom; row++ {
		for _, cell := range g.cells[row*g.columns+a.left : row*g.columns+a.right] {
			for _, i := range cell {
				other := &g.entities[i]
				if other.looked == g.looks || !g.hasRoom(other) {
					continue
				}
				if d := apart(e, other); d <= g.seeSquare {
					g.found.sightings = append(g.found.sightings, sighting{i, d})
				}
			}
		}
	}
}

// refill has those look around who saw as many as they may until this step cut
// one off, so that nobody stays unseen for whom there is room.
func (g *Grid) refill() {
	for _, i := range g.found.lost {
		e := &g.entities[i]
		if len(e.sees) != g.opts.MaxVisible-1 {
			continue
		}
		before := len(e.sees)
		g.look(e)
		for _, l := range e.sees[before:] {
			g.found.filled = append(g.found.filled, couple{i, l.other})
		}
	}
}

// appear, vanish and shift are Add, Remove and Move by distance.
func (g *Grid) appear(e *entity) {
	g.begin()
	g.look(e)
	g.tell(e, 0)
}

func (g *Grid) vanish(e *entity) {
	g.begin()
	for i := len(e.sees) - 1; i >= 0; i-- {
		g.cut(e, i)
	}
	g.refill()
	g.tell(e, 0)
}

func (g *Grid) shift(e *entity) {
	g.begin()
	g.cutFar(e)
	kept := len(e.sees)
	g.look(e)
	g.refill()
	g.tell(e, kept)
}

// tell gives a step of e to the watcher. The first kept links are older than it.
func (g *Grid) tell(e *entity, kept int) {
	was := g.telling
	g.telling = true
	defer func() { g.telling = was }()
	for _, i := range g.found.lost {
		g.part(e, &g.entities[i])
	}
	for _, l := range e.sees[:kept] {
		g.watcher.Move(g.entities[l.other].id, e.id)
	}
	for _, l := range e.sees[kept:] {
		g.meet(e, &g.entities[l.other])
	}
	for _, c := range g.found.filled {
		g.meet(&g.entities[c.a], &g.entities[c.b])
	}
}

// nearByLinks is Near by distance.
func (g *Grid) nearByLinks(e *entity, fn func(other uint64)) {
	was := g.telling
	g.telling = true
	defer func() { g.telling = was }()
	for _, l := range e.sees {
		fn(g.entities[l.other].id)
	}
}
