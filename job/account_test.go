package job_test

import (
	"errors"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/job"
	"github.com/raon-engine/raon/raontest"
)

// room counts how many jobs a strand still takes, and has them run.
func room(t *testing.T, s *job.Strand, run func()) (n int) {
	t.Helper()
	for {
		err := s.Push(func() {})
		if errors.Is(err, raon.ErrQueueFull) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	run()
	return n
}

// slowLab takes one message in a turn, so that time passes between slices.
func slowLab(t *testing.T) *raontest.Lab {
	return raontest.New(t, raontest.Options{Core: raon.CoreOptions{JobsPerTurn: 1}})
}

// TestEveryTaskGivesItsPlaceBack follows the bound of a strand through all that
// can become of a task.
func TestEveryTaskGivesItsPlaceBack(t *testing.T) {
	const bound = 16
	lab := slowLab(t)
	s := strandOf(t, lab, job.Options{Queue: bound, Slice: 1})
	nothing := func() { lab.Run("the queue", func() bool { return s.Stats().Queued == 0 }) }
	want := func(what string, n int) {
		t.Helper()
		if got := room(t, s, nothing); got != n {
			t.Errorf("%s: room for %d, want %d", what, got, n)
		}
	}
	after := func(d time.Duration, fn func()) *job.Task {
		t.Helper()
		task, err := s.After(d, fn)
		if err != nil {
			t.Fatal(err)
		}
		return task
	}
	want("at first", bound)
	once := after(10*ms, func() {})
	want("one that waits for its time", bound-1)
	lab.Pass(20 * ms)
	want("one that has run", bound)
	if once.Cancel() {
		t.Error("one that has run was cancelled")
	}
	after(time.Hour, func() {}).Cancel()
	want("one cancelled before its time", bound)

	every, err := s.Every(10*ms, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	lab.Pass(205 * ms)
	want("a ticker after twenty ticks", bound-1)
	every.Cancel()
	want("one cancelled between ticks", bound)

	late := after(10*ms, func() { t.Error("ran, though cancelled while it was queued") })
	push(t, s, func() { lab.Stall(20 * ms) })
	push(t, s, func() {}) // the task is queued when this one has had its turn
	push(t, s, func() {
		if n := s.Stats().Queued; n != 2 { // a job and the task
			t.Errorf("%d are queued, want the task and one more", n)
		}
		if !late.Cancel() {
			t.Error("one that was queued could not be cancelled")
		}
	})
	push(t, s, func() {})
	nothing()
	want("one cancelled in the queue", bound)
	if n := s.Tasks(); n != 0 {
		t.Errorf("the strand remembers %d tasks, all of which have ended", n)
	}
}

// TestTicksThatFindOneWaitingAreTold has a strand with so much to do that ticks
// come faster than it gets to them.
func TestTicksThatFindOneWaitingAreTold(t *testing.T) {
	lab := slowLab(t)
	s := strandOf(t, lab, job.Options{Slice: 1})
	began := lab.Now()
	ran, missed := 0, 0
	if _, err := s.Every(10*ms, func(n int) { ran, missed = ran+1, missed+n }); err != nil {
		t.Fatal(err)
	}
	lab.Pass(ms) // the ticks begin
	for range 30 {
		push(t, s, func() { lab.Stall(10 * ms) })
	}
	lab.Pass(time.Second)
	if due := int((lab.Now() - began) / (10 * ms)); ran+missed != due || missed < 25 {
		t.Errorf("%d ticks ran and %d were missed of %d that were due", ran, missed, due)
	}
}

// TestCancelledTickerCostsNothing counts the turns of a worker that has nothing
// to do any more.
func TestCancelledTickerCostsNothing(t *testing.T) {
	lab := newLab(t)
	s := strandOf(t, lab, job.Options{})
	every, err := s.Every(ms, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	turns := func() uint64 {
		before := lab.Core().WorkerStats()[0].Turns
		lab.Pass(time.Second)
		return lab.Core().WorkerStats()[0].Turns - before
	}
	if n := turns(); n < 1000 {
		t.Errorf("%d turns for a thousand ticks", n)
	}
	every.Cancel()
	if n := turns(); n > 100 {
		t.Errorf("%d turns in a second after the ticker was cancelled", n)
	}
}
