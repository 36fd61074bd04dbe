package aoi_test

import (
	"fmt"

	"github.com/raon-engine/raon/aoi"
)

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

// A town square: nobody sees more than two others, whatever the crowd.
func ExampleOptions_radius() {
	square, err := aoi.New(aoi.Options{MaxX: 1000, MaxY: 1000, Radius: 50, Margin: 5, MaxVisible: 2}, printer{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = square.Add(1, 500, 500) // all of these ids are new, and known afterwards
	_ = square.Add(2, 510, 500)
	_ = square.Add(3, 520, 500)
	_ = square.Add(4, 530, 500)  // 1 has no room for it
	_ = square.Move(2, 554, 500) // within the margin
	_ = square.Move(2, 560, 500) // now there is room
	// Output:
	// 2 appears
	// 3 appears
	// 2 moves
	// 2 is gone
	// 4 appears
}
