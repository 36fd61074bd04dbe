package job

import "testing"

// TestRingKeepsNothing fills a ring and empties it, at every place it may begin.
func TestRingKeepsNothing(t *testing.T) {
	var r ring
	for n := range 3 * keptItems {
		for i := range n {
			r.push(item{task: &Task{missed: i}})
		}
		for i := range n {
			if it := r.pop(); it.task.missed != i {
				t.Fatalf("of %d items, %d came in place %d", n, it.task.missed, i)
			}
		}
		for i, it := range r.items {
			if it.task != nil {
				t.Fatalf("of %d items, place %d still holds one", n, i)
			}
		}
		if r.len() != 0 || len(r.items) > keptItems {
			t.Fatalf("after %d items an empty ring of %d is left", n, len(r.items))
		}
	}
}
