package blocking

import (
	"runtime"
	"sync"
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// rig is a pool whose wakes can be waited for.
type rig struct {
	*Pool[int]
	woken chan struct{}
}

func newRig(t *testing.T, do func(*Task[int])) *rig {
	r := &rig{woken: make(chan struct{}, 1)}
	r.Pool = New(func() {
		select {
		case r.woken <- struct{}{}:
		default:
		}
	}, func() func(*Task[int]) { return do })
	t.Cleanup(r.Close)
	return r
}

func TestTasksAreDoneByFewGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	r := newRig(t, func(task *Task[int]) { task.N = task.Owner + 1 })
	tasks := make([]Task[int], 20)
	for i := range tasks {
		tasks[i].Owner = i
		r.Put(&tasks[i])
	}
	for left := len(tasks); left > 0; {
		<-r.woken
		for done := r.TakeDone(); done != nil; done = done.Next() {
			if done.N != done.Owner+1 {
				t.Errorf("task %d gave %d", done.Owner, done.N)
			}
			left--
		}
	}
	if got := runtime.NumGoroutine() - before; got < 1 || got > poolMost {
		t.Errorf("%d goroutines for 20 tasks, want %d at most", got, poolMost)
	}
}

func TestDoneTasksComeOldestFirst(t *testing.T) {
	r := newRig(t, func(*Task[int]) {})
	r.most = 1
	var wg sync.WaitGroup
	wg.Add(3)
	wake := r.wake
	r.wake = func() { wake(); wg.Done() }
	tasks := make([]Task[int], 3)
	for i := range tasks {
		tasks[i].Owner = i
		r.Put(&tasks[i])
	}
	wg.Wait()
	want := 0
	for done := r.TakeDone(); done != nil; done = done.Next() {
		if done.Owner != want {
			t.Errorf("task %d where %d was done", done.Owner, want)
		}
		want++
	}
	if want != len(tasks) || r.TakeDone() != nil {
		t.Errorf("%d of %d tasks came out, and then more", want, len(tasks))
	}
}

// TestCloseAwaitsWhatRuns holds that Close drops what has not begun, and only
// that.
func TestCloseAwaitsWhatRuns(t *testing.T) {
	began, goOn := make(chan struct{}), make(chan struct{})
	r := newRig(t, func(task *Task[int]) {
		began <- struct{}{}
		<-goOn
		task.N = 1
	})
	r.most = 1
	first, second := Task[int]{}, Task[int]{}
	r.Put(&first)
	r.Put(&second)
	<-began
	closed := make(chan struct{})
	go func() { r.Close(); close(closed) }()
	for { // until the second is dropped
		r.mu.Lock()
		dropped := r.mu.todo == nil
		r.mu.Unlock()
		if dropped {
			break
		}
		runtime.Gosched()
	}
	goOn <- struct{}{}
	<-closed
	if first.N != 1 || second.N != 0 {
		t.Errorf("the task that ran has %d, the one that did not %d", first.N, second.N)
	}
}
