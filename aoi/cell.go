package aoi

import "math"

// area is a rectangle of cells, its ends not in it. The zero area is empty.
type area struct{ left, top, right, bottom int }

func (a area) has(column, row int) bool {
	return column >= a.left && column < a.right && row >= a.top && row < a.bottom
}

// around is what an entity in a cell sees.
func (g *Grid) around(column, row int) area {
	r := g.opts.Reach
	return area{max(column-r, 0), max(row-r, 0), min(column+r+1, g.columns), min(row+r+1, g.rows)}
}

// each calls fn for every entity in a that is not in but.
func (g *Grid) each(a, but area, fn func(e *entity)) {
	was := g.telling
	g.telling = true
	defer func() { g.telling = was }()
	for row := a.top; row < a.bottom; row++ {
		for column := a.left; column < a.right; column++ {
			if but.has(column, row) {
				continue
			}
			for _, i := range g.cells[row*g.columns+column] {
				fn(&g.entities[i])
			}
		}
	}
}

// clamp moves a position onto the map.
func (g *Grid) clamp(x, y float64) (float64, float64, error) {
	if math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return 0, 0, ErrPosition
	}
	o := &g.opts
	return min(max(x, o.MinX), o.MaxX), min(max(y, o.MinY), o.MaxY), nil
}

// columnOf is the column of a coordinate, or the nearest one there is.
func (g *Grid) columnOf(x float64) int {
	return min(max(int((x-g.opts.MinX)/g.opts.CellSize), 0), g.columns-1)
}

func (g *Grid) rowOf(y float64) int {
	return min(max(int((y-g.opts.MinY)/g.opts.CellSize), 0), g.rows-1)
}

// settle gives e the cell that it belongs to now, and tells whether that is
// another one.
func (g *Grid) settle(e *entity) bool {
	column, row := e.column, e.row
	if g.beyond(e.x-g.opts.MinX, column, g.columns) {
		column = g.columnOf(e.x)
	}
	if g.beyond(e.y-g.opts.MinY, row, g.rows) {
		row = g.rowOf(e.y)
	}
	if column == e.column && row == e.row {
		return false
	}
	g.leave(e)
	e.column, e.row = column, row
	g.enter(e)
	return true
}

// beyond tells whether a coordinate is out of the n-th of so many cells. The first
// and the last one end with the map.
func (g *Grid) beyond(at float64, n, cells int) bool {
	low := float64(n)*g.opts.CellSize - g.cellMargin
	high := float64(n+1)*g.opts.CellSize + g.cellMargin
	return at < low && n > 0 || at >= high && n < cells-1
}

// place finds room for an entity. The pointer is good until the next one.
func (g *Grid) place() *entity {
	if last := len(g.free) - 1; last >= 0 {
		i := g.free[last]
		g.free = g.free[:last]
		return &g.entities[i]
	}
	i := len(g.entities)
	g.entities = append(g.entities, entity{index: int32(i)})
	return &g.entities[i]
}

// enter and leave put e into its cell, and take it out.
func (g *Grid) enter(e *entity) {
	cell := &g.cells[e.row*g.columns+e.column]
	e.place = len(*cell)
	*cell = append(*cell, e.index)
}

func (g *Grid) leave(e *entity) {
	cell := &g.cells[e.row*g.columns+e.column]
	last := len(*cell) - 1
	moved := (*cell)[last]
	(*cell)[e.place] = moved
	g.entities[moved].place = e.place
	*cell = (*cell)[:last]
}
