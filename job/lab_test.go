package job_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/job"
	"github.com/raon-engine/raon/raontest"
)

func strandOf(t *testing.T, lab *raontest.Lab, opts job.Options) *job.Strand {
	t.Helper()
	s, err := job.New(lab.Core(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestSliceGivesOthersTheirTurn has two strands on one worker, one of which has
// far more to do than the other and gets even more meanwhile.
func TestSliceGivesOthersTheirTurn(t *testing.T) {
	const slice, many = 4, 100
	lab := newLab(t)
	busy := strandOf(t, lab, job.Options{Slice: slice})
	other := strandOf(t, lab, job.Options{Slice: slice})
	ran := 0
	var others []int // how many of the busy one's had run before each
	for range many {
		push(t, busy, func() {
			if ran++; ran <= many {
				push(t, busy, func() { ran++ })
			}
		})
	}
	for range 2*slice + 1 {
		push(t, other, func() { others = append(others, ran) })
	}
	lab.Run("all jobs", func() bool { return ran == 2*many && len(others) == 2*slice+1 })
	want := []int{4, 4, 4, 4, 8, 8, 8, 8, 12}
	if !slices.Equal(others, want) {
		t.Errorf("the other strand's jobs ran after %v of the busy one's, want %v", others, want)
	}
}

// TestStalledWorkerTellsWhatItMissed stalls the only worker between ticks, and
// then within a job of the strand. Every tick was run or is told of.
func TestStalledWorkerTellsWhatItMissed(t *testing.T) {
	const period = 100 * ms
	lab := newLab(t)
	s := strandOf(t, lab, job.Options{})
	began := lab.Now()
	type tick struct {
		at     time.Duration
		missed int
	}
	var ticks []tick
	total := 0
	if _, err := s.Every(period, func(missed int) {
		ticks = append(ticks, tick{lab.Now() - began, missed})
		if total += 1 + missed; total != int((lab.Now()-began)/period) {
			t.Errorf("%d ticks run or missed at %v", total, lab.Now()-began)
		}
	}); err != nil {
		t.Fatal(err)
	}
	lab.Pass(250 * ms)
	lab.Stall(530 * ms)
	lab.Pass(370 * ms)
	stalled := false
	push(t, s, func() { lab.Stall(1010 * ms); stalled = true })
	lab.Run("the stall", func() bool { return stalled })
	lab.Pass(300 * ms)
	var missed []int
	for _, x := range ticks {
		missed = append(missed, x.missed)
	}
	// 100, 200, 780 for 300 to 700, 800 to 1100, 2160 for 1200 to 2100, 2200 to 2400.
	if want := []int{0, 0, 4, 0, 0, 0, 0, 9, 0, 0, 0}; !slices.Equal(missed, want) {
		t.Errorf("told of %v, want %v: %v", missed, want, ticks)
	}
}

// TestTickerOutlivesItsPanics has every other tick fail.
func TestTickerOutlivesItsPanics(t *testing.T) {
	lab := newLab(t)
	s := strandOf(t, lab, job.Options{Name: "zone"})
	ticks := 0
	var every *job.Task
	every, err := s.Every(10*ms, func(int) {
		if ticks++; ticks == 20 {
			every.Cancel()
		}
		if ticks%2 == 0 {
			panic("on purpose")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	lab.Pass(time.Second)
	if st := s.Stats(); ticks != 20 || st.Failed != 10 || st.Run != 20 {
		t.Errorf("%d ticks, %+v: want 20, half of them failed", ticks, st)
	}
}

// TestStrandWhoseLastPostWasLost ends a core that has more to do than it gets
// done, so that the strand's turn is among what is dropped.
func TestStrandWhoseLastPostWasLost(t *testing.T) {
	lab := raontest.New(t, raontest.Options{Core: raon.CoreOptions{JobsPerTurn: 1}})
	s := strandOf(t, lab, job.Options{})
	for range 10 {
		if err := lab.Core().PushJob(func() {}); err != nil {
			t.Fatal(err)
		}
	}
	push(t, s, func() { t.Error("ran, though the core had ended before its turn") })
	if err := lab.Core().Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Push(func() { t.Error("ran on an ended core") }); !errors.Is(err, raon.ErrClosed) {
		t.Errorf("Push: %v", err)
	}
	if _, err := s.After(0, func() {}); !errors.Is(err, raon.ErrClosed) {
		t.Errorf("After: %v", err)
	}
	if st := s.Stats(); st.Queued != 0 || st.Dropped != 1 {
		t.Errorf("%+v: want one dropped, the other was refused", st)
	}
}

func TestNothingIsNoJob(t *testing.T) {
	lab := newLab(t)
	s := strandOf(t, lab, job.Options{})
	for name, do := range map[string]func(){
		"Push":  func() { _ = s.Push(nil) }, // they panic
		"After": func() { _, _ = s.After(ms, nil) },
		"Every": func() { _, _ = s.Every(ms, nil) },
	} {
		func() {
			defer func() {
				if _, ok := recover().(invariant.Violation); !ok {
					t.Errorf("%s took nil", name)
				}
			}()
			do()
		}()
	}
}

// TestLongestIsTold takes the time of a job that is known to last.
func TestLongestIsTold(t *testing.T) {
	lab := newLab(t)
	s := strandOf(t, lab, job.Options{})
	var took time.Duration
	push(t, s, func() {
		began := time.Now()
		for took < 2*ms {
			took = time.Since(began)
		}
	})
	push(t, s, func() {})
	lab.Run("both", func() bool { return s.Stats().Run == 2 })
	if longest := s.Stats().Longest; longest < took {
		t.Errorf("the longest job took %v, told of %v", took, longest)
	}
}
