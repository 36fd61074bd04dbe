package inbox

import (
	"runtime"
	"testing"
	"weak"

	"github.com/raon-engine/raon/internal/invariant"
)

func TestCapacityIsRoundedUp(t *testing.T) {
	for asked, want := range map[int]int{1: 2, 2: 2, 3: 4, 16: 16, 1000: 1024} {
		if got := New[int](asked).Cap(); got != want {
			t.Errorf("New(%d) holds %d, want %d", asked, got, want)
		}
	}
}

func TestCapacityOutOfRangePanics(t *testing.T) {
	for _, capacity := range []int{-1, 0, MaxCapacity + 1} {
		func() {
			defer func() {
				if _, ok := recover().(invariant.Violation); !ok {
					t.Errorf("New(%d) did not panic with a Violation", capacity)
				}
			}()
			New[int](capacity)
		}()
	}
}

func TestFullRefuses(t *testing.T) {
	q := New[int](4)
	for lap := range 3 {
		for i := range 4 {
			if !q.Push(lap*4 + i) {
				t.Fatalf("lap %d: push %d refused with %d inside", lap, i, q.Len())
			}
		}
		if q.Push(-1) {
			t.Fatalf("lap %d: a full queue took one more", lap)
		}
		if q.Len() != 4 {
			t.Fatalf("lap %d: Len is %d, want 4", lap, q.Len())
		}
		for i := range 4 {
			if v, ok := q.Pop(); !ok || v != lap*4+i {
				t.Fatalf("lap %d: pop gave %d, %v, want %d", lap, v, ok, lap*4+i)
			}
		}
		if v, ok := q.Pop(); ok || v != 0 {
			t.Fatalf("lap %d: an empty queue gave %d, %v", lap, v, ok)
		}
	}
}

func TestPoppedValuesAreNotRetained(t *testing.T) {
	q := New[*[64]byte](4)
	pushed := func() weak.Pointer[[64]byte] {
		value := new([64]byte)
		q.Push(value)
		return weak.Make(value)
	}()
	runtime.GC()
	if pushed.Value() == nil {
		t.Fatal("the queue lost a value that was not popped")
	}
	q.Pop()
	runtime.GC()
	if pushed.Value() != nil {
		t.Error("the queue keeps a popped value alive")
	}
	runtime.KeepAlive(q)
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	q := New[func()](16)
	fn := func() {}
	allocs := testing.AllocsPerRun(1000, func() {
		q.Push(fn)
		q.Pop()
	})
	if allocs != 0 {
		t.Errorf("a push and a pop allocate %v times", allocs)
	}
}

// FuzzQueue runs a script against a slice: each byte pushes when even, else
// pops.
func FuzzQueue(f *testing.F) {
	f.Add(uint8(2), []byte{0, 0, 0, 1, 1, 1})
	f.Add(uint8(5), []byte{0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1})
	f.Fuzz(func(t *testing.T, capacity uint8, script []byte) {
		q := New[int](max(1, int(capacity)))
		var model []int
		for i, step := range script {
			if step%2 == 0 {
				fits := len(model) < q.Cap()
				if got := q.Push(i); got != fits {
					t.Fatalf("step %d: push gave %v with %d of %d inside", i, got, len(model), q.Cap())
				}
				if fits {
					model = append(model, i)
				}
			} else {
				v, ok := q.Pop()
				if ok != (len(model) > 0) || ok && v != model[0] {
					t.Fatalf("step %d: pop gave %d, %v, want the first of %v", i, v, ok, model)
				}
				model = model[min(1, len(model)):]
			}
			if q.Len() != len(model) {
				t.Fatalf("step %d: Len is %d, want %d", i, q.Len(), len(model))
			}
		}
	})
}
