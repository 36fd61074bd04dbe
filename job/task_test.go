package job_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/job"
	"github.com/raon-engine/raon/raontest"
)

const ms = time.Millisecond

func newLab(t *testing.T) *raontest.Lab { return raontest.New(t, raontest.Options{}) }

func TestTasksRunOnTime(t *testing.T) {
	lab := newLab(t)
	s, err := job.New(lab.Core(), job.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var once, ticks []time.Duration
	began := lab.Now()
	if _, err := s.After(70*ms, func() { once = append(once, lab.Now()-began) }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Every(50*ms, func(missed int) {
		if missed != 0 {
			t.Errorf("tick %d tells of %d missed", len(ticks), missed)
		}
		ticks = append(ticks, lab.Now()-began)
	}); err != nil {
		t.Fatal(err)
	}
	lab.Pass(time.Minute + 10*ms)
	if len(once) != 1 || once[0] < 70*ms || once[0] > 73*ms {
		t.Errorf("After(70 ms) ran at %v", once)
	}
	if len(ticks) != int(time.Minute/(50*ms)) {
		t.Errorf("%d ticks in a minute of 50 ms", len(ticks))
	}
	for i, at := range ticks {
		if due := time.Duration(i+1) * 50 * ms; at < due || at > due+4*ms {
			t.Fatalf("tick %d at %v, want %v", i, at, due)
		}
	}
	s.Close()
	ran := len(ticks)
	lab.Pass(time.Second)
	if len(ticks) != ran {
		t.Error("ticks after Close")
	}
}

func TestCancelledTaskDoesNotRun(t *testing.T) {
	lab := newLab(t)
	s, err := job.New(lab.Core(), job.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var late, self *job.Task
	ticks := 0
	late, err = s.After(10*ms, func() { t.Error("a cancelled task ran") })
	if err != nil {
		t.Fatal(err)
	}
	self, err = s.Every(10*ms, func(int) {
		if ticks++; ticks == 3 && (!self.Cancel() || self.Cancel()) {
			t.Error("Cancel: want true once")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !late.Cancel() || late.Cancel() {
		t.Error("Cancel: want true once")
	}
	lab.Pass(time.Second)
	if ticks != 3 {
		t.Errorf("%d ticks, want 3", ticks)
	}
	s.Close()
}

// TestMissedTicksAreTold blocks the strand for a number of ticks.
func TestMissedTicksAreTold(t *testing.T) {
	core := newCore(t, raon.CoreOptions{SlowHandlerMs: -1})
	s := newStrand(t, core, job.Options{})
	release := make(chan struct{})
	told := make(chan int, 1)
	var ticks atomic.Int32
	push(t, s, func() { <-release })
	if _, err := s.Every(ms, func(missed int) {
		if missed > 0 {
			select {
			case told <- missed:
			default:
			}
		}
		ticks.Add(1)
	}); err != nil {
		t.Fatal(err)
	}
	passed := make(chan struct{})
	if _, err := core.After(100*ms, &raon.Job{Run: func() { close(passed) }}); err != nil {
		t.Fatal(err)
	}
	await(t, "a hundred ticks", passed)
	if n := ticks.Load(); n != 0 {
		t.Errorf("%d ticks ran on a blocked strand", n)
	}
	close(release)
	if missed := await(t, "the count", told); missed < 2 {
		t.Errorf("told of %d missed ticks, want many", missed)
	}
	if st := s.Stats(); st.Queued > 1 {
		t.Errorf("%d ticks wait, want one at most", st.Queued)
	}
}
