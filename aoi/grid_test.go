package aoi_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/raon-engine/raon/aoi"
)

// pair is one sight: who sees subject.
type pair struct{ who, subject uint64 }

// model is the map without a grid: every entity is compared with every other. It
// is the grid's watcher, and keeps the sights that it has been told of.
type model struct {
	t       *testing.T
	opts    aoi.Options
	grid    *aoi.Grid
	at      map[uint64]spot
	seen    map[pair]bool // as told
	moved   map[pair]bool // told in the present step
	changed map[pair]bool
}

type spot struct {
	x, y        float64
	column, row int
}

func newModel(t *testing.T, opts aoi.Options) *model {
	m := &model{t: t, opts: opts, at: map[uint64]spot{}, seen: map[pair]bool{}}
	m.begin()
	grid, err := aoi.New(opts, m)
	if err != nil {
		t.Fatal(err)
	}
	m.grid = grid
	return m
}

func (m *model) begin() { m.moved, m.changed = map[pair]bool{}, map[pair]bool{} }

func (m *model) Enter(who, subject uint64) {
	p := pair{who, subject}
	if m.seen[p] || m.changed[p] || who == subject {
		m.t.Fatalf("Enter %v: was seen, or told of twice", p)
	}
	m.seen[p], m.changed[p] = true, true
}

func (m *model) Leave(who, subject uint64) {
	p := pair{who, subject}
	if !m.seen[p] || m.changed[p] {
		m.t.Fatalf("Leave %v: was not seen, or told of twice", p)
	}
	delete(m.seen, p)
	m.changed[p] = true
}

func (m *model) Move(who, subject uint64) {
	p := pair{who, subject}
	if !m.seen[p] || m.changed[p] || m.moved[p] {
		m.t.Fatalf("Move %v: not seen before and after, or told of twice", p)
	}
	m.moved[p] = true
}

// cellOf is the index of the cell that a coordinate belongs to, for an entity
// that has been in cell was; -1 is one that is new.
func (m *model) cellOf(at, low, high float64, was int) int {
	cells := int(math.Ceil((high - low) / m.opts.CellSize))
	c := min(int((at-low)/m.opts.CellSize), cells-1)
	if was < 0 || c == was {
		return c
	}
	begin, end := low+float64(was)*m.opts.CellSize, low+float64(was+1)*m.opts.CellSize
	if at-low >= begin-low-m.opts.Margin && at-low < end-low+m.opts.Margin {
		return was
	}
	return c
}

func (m *model) place(id uint64, x, y float64) {
	x = min(max(x, m.opts.MinX), m.opts.MaxX)
	y = min(max(y, m.opts.MinY), m.opts.MaxY)
	was, ok := m.at[id]
	if !ok {
		was = spot{column: -1, row: -1}
	}
	m.at[id] = spot{x, y, m.cellOf(x, m.opts.MinX, m.opts.MaxX, was.column), m.cellOf(y, m.opts.MinY, m.opts.MaxY, was.row)}
}

func (m *model) sees(a, b spot) bool {
	r := max(m.opts.Reach, 1)
	return abs(a.column-b.column) <= r && abs(a.row-b.row) <= r
}

func abs(n int) int { return max(n, -n) }

// check compares everything after a step on id.
func (m *model) check(id uint64, moved bool) {
	m.t.Helper()
	sights := 0
	for a, at := range m.at {
		for b, bt := range m.at {
			if a == b || !m.sees(at, bt) {
				continue
			}
			sights++
			p := pair{a, b}
			if !m.seen[p] {
				m.t.Fatalf("%d sees %d, and was not told", a, b)
			}
			if told := m.moved[p]; told != (moved && b == id && !m.changed[p]) {
				m.t.Fatalf("Move %v was told: %v", p, told)
			}
		}
	}
	if sights != len(m.seen) || m.grid.Len() != len(m.at) {
		m.t.Fatalf("%d sights among %d entities, told of %d among %d", sights, len(m.at), len(m.seen), m.grid.Len())
	}
	m.checkNear(id)
}

func (m *model) checkNear(id uint64) {
	near := 0
	err := m.grid.Near(id, func(other uint64) {
		near++
		if !m.seen[pair{other, id}] {
			m.t.Fatalf("%d is near %d and does not see it", other, id)
		}
	})
	at, ok := m.at[id]
	if (err == nil) != ok || err != nil && !errors.Is(err, aoi.ErrUnknown) {
		m.t.Fatalf("Near(%d): %v", id, err)
	}
	want := 0
	for other, o := range m.at {
		if ok && other != id && m.sees(at, o) {
			want++
		}
	}
	if near != want {
		m.t.Fatalf("%d are near %d, want %d", near, id, want)
	}
}

// run plays a script.
func (m *model) run(script []byte) {
	for ; len(script) >= 6; script = script[6:] {
		op, id := script[0], uint64(script[1]%24)
		x := m.opts.MinX - 10 + float64(binary.LittleEndian.Uint16(script[2:]))/65535*(m.opts.MaxX-m.opts.MinX+20)
		y := m.opts.MinY - 10 + float64(binary.LittleEndian.Uint16(script[4:]))/65535*(m.opts.MaxY-m.opts.MinY+20)
		m.begin()
		m.step(op, id, x, y)
	}
}

func (m *model) step(op byte, id uint64, x, y float64) {
	_, known := m.at[id]
	switch {
	case op%8 == 0:
		m.expect(m.grid.Remove(id), known, aoi.ErrUnknown)
		delete(m.at, id)
	case op%8 < 3:
		err := m.grid.Add(id, x, y)
		m.expect(err, !known, aoi.ErrExists)
		if err == nil {
			m.place(id, x, y)
		}
	default:
		if was := m.at[id]; op%8 < 6 { // a step to the side, as walking is
			x, y = was.x+float64(int(op)-128)/16, was.y+float64(int(x)%7)
		}
		err := m.grid.Move(id, x, y)
		m.expect(err, known, aoi.ErrUnknown)
		if err == nil {
			m.place(id, x, y)
		}
		m.check(id, known)
		return
	}
	m.check(id, false)
}

func (m *model) expect(err error, ok bool, otherwise error) {
	m.t.Helper()
	if ok && err != nil || !ok && !errors.Is(err, otherwise) {
		m.t.Fatalf("gave %v", err)
	}
}

// modelOptions are grids of several shapes.
var modelOptions = []aoi.Options{
	{MaxX: 100, MaxY: 100, CellSize: 20},
	{MinX: -50, MinY: -70, MaxX: 33, MaxY: 21, CellSize: 10, Margin: 3},
	{MaxX: 95, MaxY: 10, CellSize: 10, Reach: 2, Margin: 9.5},
	{MaxX: 7, MaxY: 7, CellSize: 100},
}

func FuzzGrid(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(randomScript(seed))
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		for _, opts := range modelOptions {
			newModel(t, opts).run(script[:min(len(script), 6*400)])
		}
	})
}

func TestGridAgainstAllPairs(t *testing.T) {
	for seed := range uint64(150) {
		newModel(t, modelOptions[seed%uint64(len(modelOptions))]).run(randomScript(seed))
	}
}

func randomScript(seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 3))
	script := make([]byte, 6*300)
	for i := range script {
		script[i] = byte(random.Uint32())
	}
	return script
}

func TestPositionsThatAreNone(t *testing.T) {
	m := newModel(t, aoi.Options{MaxX: 10, MaxY: 10, CellSize: 1, MaxEntities: 1})
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if err := m.grid.Add(1, bad, 1); !errors.Is(err, aoi.ErrPosition) {
			t.Errorf("Add at %v: %v", bad, err)
		}
	}
	m.expect(m.grid.Add(1, 5, 5), true, nil)
	if err := m.grid.Move(1, 5, math.NaN()); !errors.Is(err, aoi.ErrPosition) {
		t.Errorf("Move to NaN: %v", err)
	}
	if x, y, ok := m.grid.Position(1); x != 5 || y != 5 || !ok {
		t.Errorf("a refused move moved it to %v, %v", x, y)
	}
	if err := m.grid.Add(2, 1, 1); !errors.Is(err, aoi.ErrFull) {
		t.Errorf("one entity more: %v", err)
	}
	if _, _, ok := m.grid.Position(2); ok {
		t.Error("an entity that was refused has a position")
	}
}

func TestOptionsReportEveryFault(t *testing.T) {
	_, err := aoi.New(aoi.Options{MinX: 5, MaxX: 5, MaxY: math.Inf(1), CellSize: -1, Reach: 100, Margin: -2, MaxEntities: -3}, nil)
	for _, word := range []string{"no map", "no length", "CellSize -1", "Reach 100", "Margin -2", "MaxEntities -3"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%v: does not say %q", err, word)
		}
	}
	if _, err := aoi.New(aoi.Options{MaxX: 1e9, MaxY: 1e9, CellSize: 1}, nil); err == nil {
		t.Error("1e18 cells were made")
	}
}

// silent hears nothing.
type silent struct{ deltas int }

func (s *silent) Enter(uint64, uint64) { s.deltas++ }
func (s *silent) Leave(uint64, uint64) { s.deltas++ }
func (s *silent) Move(uint64, uint64)  { s.deltas++ }

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
var watchedOptions = []aoi.Options{{MaxX: 100, MaxY: 100, CellSize: 10}}

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

// crowd is a map with so many entities, and the steps that they take.
func crowd(tb testing.TB, n int) (*aoi.Grid, func()) {
	random := rand.New(rand.NewPCG(1, 2))
	side := math.Sqrt(float64(n)) * 10
	grid, err := aoi.New(aoi.Options{MaxX: side, MaxY: side, CellSize: 20, Margin: 2}, new(silent))
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

func TestMovingAllocatesNothing(t *testing.T) {
	_, step := crowd(t, 2000)
	for range 200_000 {
		step()
	}
	if n := testing.AllocsPerRun(10_000, step); n != 0 {
		t.Errorf("%v allocations per move", n)
	}
}

// BenchmarkMove is a step among 10,000 entities, each of which sees 36 others.
func BenchmarkMove(b *testing.B) {
	_, step := crowd(b, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		step()
	}
}

// printer prints what one entity, 1, gets to know.
type printer struct{}

func (printer) tell(who, subject uint64, what string) {
	if who == 1 {
		fmt.Println(subject, what)
	}
}
func (p printer) Enter(who, subject uint64) { p.tell(who, subject, "appears") }
func (p printer) Leave(who, subject uint64) { p.tell(who, subject, "is gone") }
func (p printer) Move(who, subject uint64)  { p.tell(who, subject, "moves") }

func ExampleGrid() {
	grid, err := aoi.New(aoi.Options{MaxX: 1000, MaxY: 1000, CellSize: 50}, printer{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = grid.Add(1, 500, 500) // all of these ids are new, and known afterwards
	_ = grid.Add(2, 900, 900)
	_ = grid.Move(2, 540, 510)
	_ = grid.Move(2, 545, 510)
	_ = grid.Remove(2)
	// Output:
	// 2 appears
	// 2 moves
	// 2 is gone
}
