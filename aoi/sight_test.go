package aoi_test

import (
	"testing"

	"github.com/raon-engine/raon/aoi"
)

func apart(a, b spot) float64 {
	dx, dy := a.x-b.x, a.y-b.y
	return float64(dx*dx) + float64(dy*dy)
}

// degrees is how many each entity sees.
func degrees(sights map[pair]bool) map[uint64]int {
	n := map[uint64]int{}
	for p := range sights {
		n[p.who]++
	}
	return n
}

func (m *model) maxVisible() int {
	if m.opts.MaxVisible == 0 {
		return 256
	}
	return m.opts.MaxVisible
}

// checkDistance compares everything after a step on id. Unless MaxVisible takes
// part, what it holds leaves one set of sights.
func (m *model) checkDistance(id uint64, moved bool) {
	m.t.Helper()
	see := m.opts.Radius * m.opts.Radius
	keep := (m.opts.Radius + m.opts.Margin) * (m.opts.Radius + m.opts.Margin)
	degree := degrees(m.seen)
	for a, at := range m.at {
		if degree[a] > m.maxVisible() {
			m.t.Fatalf("%d sees %d", a, degree[a])
		}
		for b, bt := range m.at {
			if a == b {
				continue
			}
			p, far := pair{a, b}, apart(at, bt)
			switch {
			case m.seen[p] != m.seen[pair{b, a}]:
				m.t.Fatalf("%v: not mutual", p)
			case m.seen[p] && far > keep:
				m.t.Fatalf("%v is seen over a distance of the square root of %v", p, far)
			case m.seen[p] && !m.before[p] && far > see:
				m.t.Fatalf("%v came into sight at the square root of %v", p, far)
			case !m.seen[p] && m.before[p] && far <= keep:
				m.t.Fatalf("%v was lost at the square root of %v", p, far)
			case !m.seen[p] && far <= see && degree[a] < m.maxVisible() && degree[b] < m.maxVisible():
				m.t.Fatalf("%v is not seen, though both have room", p)
			}
			if told := m.moved[p]; told != (moved && b == id && m.seen[p] && m.before[p]) {
				m.t.Fatalf("Move %v was told: %v", p, told)
			}
		}
		m.checkLinks(a, degree[a])
	}
	m.checkGone()
	m.checkNearest(id)
	m.checkFilled(id)
}

// checkLinks compares what the grid says of who sees an entity with what it told.
func (m *model) checkLinks(id uint64, want int) {
	m.t.Helper()
	near := map[uint64]bool{}
	mustTake(m.t, m.grid.Near(id, func(other uint64) {
		if near[other] || !m.seen[pair{other, id}] {
			m.t.Fatalf("%d is near %d and does not see it, or is there twice", other, id)
		}
		near[other] = true
	}))
	if len(near) != want {
		m.t.Fatalf("%d are near %d, want %d", len(near), id, want)
	}
}

// checkGone holds that there is no sight of one that is not there.
func (m *model) checkGone() {
	m.t.Helper()
	for p := range m.seen {
		_, who := m.at[p.who]
		_, subject := m.at[p.subject]
		if !who || !subject {
			m.t.Fatalf("%v: one is not there", p)
		}
	}
	if m.grid.Len() != len(m.at) {
		m.t.Fatalf("%d entities, want %d", m.grid.Len(), len(m.at))
	}
}

// checkNearest holds that id took the nearest of those that had room.
func (m *model) checkNearest(id uint64) {
	m.t.Helper()
	degree := degrees(m.before)
	at, farthest := m.at[id], 0.0
	for other, o := range m.at {
		if p := (pair{id, other}); m.seen[p] && !m.before[p] {
			farthest = max(farthest, apart(at, o))
		}
	}
	for other, o := range m.at {
		p := pair{id, other}
		if other != id && !m.seen[p] && degree[other] < m.maxVisible() && apart(at, o) < farthest {
			m.t.Fatalf("%d came into sight of %d, and one farther away did instead", other, id)
		}
	}
}

// checkFilled holds that a step of id makes no others see each other, except in a
// place that id left.
func (m *model) checkFilled(id uint64) {
	m.t.Helper()
	lost := func(who uint64) bool { return m.before[pair{who, id}] && !m.seen[pair{who, id}] }
	for p := range m.seen {
		if !m.before[p] && p.who != id && p.subject != id && !lost(p.who) && !lost(p.subject) {
			m.t.Fatalf("%v came about by a step of %d, whom neither has lost", p, id)
		}
	}
}

// TestMarginKeepsSightSteady has one walk to and fro over the border of another
// one's sight.
func TestMarginKeepsSightSteady(t *testing.T) {
	for _, c := range []struct {
		margin  float64
		changes int
	}{{0, 200}, {2, 2}} {
		m := newModel(t, aoi.Options{MaxX: 100, MaxY: 100, Radius: 10, Margin: c.margin})
		mustTake(t, m.grid.Add(1, 50, 50))
		mustTake(t, m.grid.Add(2, 61.5, 50))
		changes := 0
		for range 50 {
			for _, x := range []float64{59.5, 61.5} {
				m.begin()
				mustTake(t, m.grid.Move(2, x, 50))
				changes += len(m.changed)
			}
		}
		if changes != c.changes {
			t.Errorf("margin %v: %d changes of sight, want %d", c.margin, changes, c.changes)
		}
	}
}

// TestCrowdIsBounded puts a thousand on one spot, and takes them off again.
func TestCrowdIsBounded(t *testing.T) {
	const crowd, most = 1000, 10
	m := newModel(t, aoi.Options{MaxX: 100, MaxY: 100, Radius: 10, MaxVisible: most})
	for id := range uint64(crowd) {
		m.begin()
		mustTake(t, m.grid.Add(id, 50, 50))
		if n := len(m.changed); n > 2*most {
			t.Fatalf("%d deltas for one more in a crowd, want %d at most", n, 2*most)
		}
	}
	for id, n := range degrees(m.seen) {
		if n > most {
			t.Fatalf("%d sees %d", id, n)
		}
	}
	for id := range uint64(crowd) {
		m.begin()
		mustTake(t, m.grid.Remove(id))
	}
	if len(m.seen) != 0 {
		t.Errorf("%d sights are left on an empty map", len(m.seen))
	}
}
