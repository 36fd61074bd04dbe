package aoi_test

import (
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/raon-engine/raon/aoi"
)

// pair is one sight: who sees subject.
type pair struct{ who, subject uint64 }

// told is a watcher that keeps the sights it has been told of.
type told struct {
	t       *testing.T
	before  map[pair]bool // the present step
	seen    map[pair]bool
	moved   map[pair]bool // told in the present step
	changed map[pair]bool
}

// begin is the begin of a step.
func (w *told) begin() {
	w.before, w.moved, w.changed = maps.Clone(w.seen), map[pair]bool{}, map[pair]bool{}
}

func (w *told) Enter(who, subject uint64) {
	p := pair{who, subject}
	if w.seen[p] || w.changed[p] || who == subject {
		w.t.Fatalf("Enter %v: was seen, or told of twice", p)
	}
	w.seen[p], w.changed[p] = true, true
}

func (w *told) Leave(who, subject uint64) {
	p := pair{who, subject}
	if !w.seen[p] || w.changed[p] {
		w.t.Fatalf("Leave %v: was not seen, or told of twice", p)
	}
	delete(w.seen, p)
	w.changed[p] = true
}

func (w *told) Move(who, subject uint64) {
	p := pair{who, subject}
	if !w.seen[p] || w.changed[p] || w.moved[p] {
		w.t.Fatalf("Move %v: not seen before and after, or told of twice", p)
	}
	w.moved[p] = true
}

// model is the map without a grid: every entity is compared with every other.
type model struct {
	told
	opts aoi.Options
	grid *aoi.Grid
	at   map[uint64]spot
}

type spot struct {
	x, y        float64
	column, row int
}

func newModel(t *testing.T, opts aoi.Options) *model {
	m := &model{told: told{t: t, seen: map[pair]bool{}}, opts: opts, at: map[uint64]spot{}}
	m.begin()
	grid, err := aoi.New(opts, m)
	if err != nil {
		t.Fatal(err)
	}
	m.grid = grid
	return m
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
	if m.opts.Radius > 0 {
		m.checkDistance(id, moved)
		return
	}
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
	{MaxX: 100, MaxY: 100, Radius: 20},
	{MinX: -50, MinY: -70, MaxX: 33, MaxY: 21, Radius: 13, Margin: 4, MaxVisible: 3},
	{MaxX: 95, MaxY: 10, CellSize: 3, Radius: 10, Margin: 10, MaxVisible: 1},
	{MaxX: 60, MaxY: 60, CellSize: 50, Radius: 25, Margin: 1, MaxVisible: 5},
	{MinX: 1e6, MaxX: 1e6 + 40, MaxY: 40, Radius: 100, MaxVisible: 2},
}

// FuzzGrid plays a script on the map that its first byte chooses.
func FuzzGrid(f *testing.F) {
	for i := range modelOptions {
		f.Add(append([]byte{byte(i)}, randomScript(uint64(i))[:6*60]...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return
		}
		script := data[1:]
		newModel(t, modelOptions[int(data[0])%len(modelOptions)]).run(script[:min(len(script), 6*100)])
	})
}

func TestGridAgainstAllPairs(t *testing.T) {
	for seed := range uint64(90) {
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
	for _, bad := range []struct {
		opts  aoi.Options
		words []string
	}{
		{
			aoi.Options{MinX: 5, MaxX: 5, MaxY: math.Inf(1), CellSize: -1, Reach: 100, Margin: -2, MaxVisible: 1, MaxEntities: -3},
			[]string{"no map", "no length", "CellSize -1", "Reach 100", "Margin -2", "MaxVisible 1", "MaxEntities -3"},
		},
		{
			aoi.Options{MaxX: 1, MaxY: 1, CellSize: 1e-9, Radius: 1e-6, Reach: 1, Margin: 2, MaxVisible: -1},
			[]string{"at most 64 cells", "Reach 1", "Margin 2", "MaxVisible -1", "1e+18 cells"},
		},
		{aoi.Options{MaxX: 1, MaxY: 1, Radius: -1}, []string{"Radius -1: want 1e-100 to", "CellSize -1"}},
		{aoi.Options{MaxX: 1, MaxY: 1, Radius: 1e200}, []string{"Radius 1e+200"}},
		{aoi.Options{MaxX: 1, MaxY: 1, Radius: math.NaN()}, []string{"NaN is no length", "Radius NaN"}},
		{aoi.Options{MaxX: 1e9, MaxY: 1e9, CellSize: 1}, []string{"1e+18 cells"}},
	} {
		_, err := aoi.New(bad.opts, nil)
		for _, word := range bad.words {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%+v: %v: does not say %q", bad.opts, err, word)
			}
		}
	}
}
