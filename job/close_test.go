package job_test

import (
	"errors"
	"runtime"
	"sync"
	"testing"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/job"
)

// closing returns when somebody has begun to close s.
func closing(s *job.Strand) {
	for !errors.Is(s.Push(func() {}), raon.ErrClosed) {
		runtime.Gosched()
	}
}

// TestCloseWaitsForTheJob closes a strand while its job goes on for a while after
// the strand takes nothing more. One that is about to panic counts as well.
func TestCloseWaitsForTheJob(t *testing.T) {
	for name, end := range map[string]func(){
		"return": func() {}, "panic": func() { panic("on purpose") }, "Goexit": runtime.Goexit,
	} {
		core := newCore(t, raon.CoreOptions{SlowHandlerMs: -1})
		s := newStrand(t, core, job.Options{})
		begun := make(chan struct{})
		ended := false // guarded by Close alone
		push(t, s, func() {
			close(begun)
			closing(s)
			for range 1000 {
				runtime.Gosched()
			}
			defer func() { ended = true }()
			end()
		})
		await(t, "the job", begun)
		s.Close()
		if !ended {
			t.Errorf("%s: Close has returned while the job went on", name)
		}
	}
}

// TestManyClose has several goroutines and the strand's own job close at once.
func TestManyClose(t *testing.T) {
	core := newCore(t, raon.CoreOptions{})
	for range 100 {
		s := newStrand(t, core, job.Options{Slice: 2})
		after := 0 // jobs after the one that closes; guarded by Close
		push(t, s, func() { s.Close() })
		for range 3 {
			_ = s.Push(func() { after++ }) // or it is closed already
		}
		var group sync.WaitGroup
		for range 3 {
			group.Go(s.Close)
		}
		group.Wait()
		if st := s.Stats(); after != 0 || st.Run > 1 {
			t.Fatalf("%+v: %d jobs ran after the one that closes", st, after)
		}
	}
}

// TestOnlyOneWorkerIsInAStrand begins a slice elsewhere while a job runs, as a
// worker does that was asked too early.
func TestOnlyOneWorkerIsInAStrand(t *testing.T) {
	core := newCore(t, raon.CoreOptions{})
	s := newStrand(t, core, job.Options{})
	running, ran := false, 0
	one := func() {
		if running {
			t.Error("two jobs at once")
		}
		running = true
		var elsewhere sync.WaitGroup
		elsewhere.Go(s.Slice)
		elsewhere.Wait()
		running = false
		ran++
	}
	for range 100 {
		push(t, s, one)
	}
	flush(t, s)
	push(t, s, func() {
		if ran != 100 {
			t.Errorf("%d jobs ran, want 100", ran)
		}
	})
	flush(t, s)
}
