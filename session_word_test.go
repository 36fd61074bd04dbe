package raon

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

func TestZeroWordIsDead(t *testing.T) {
	var w sessionWord
	if w.live(0) || w.retain(0) {
		t.Error("a word that was never started lives")
	}
}

func TestWordGenerations(t *testing.T) {
	var w sessionWord
	w.start()
	first := w.generation()
	if !w.live(first) || w.live(first+1) {
		t.Fatal("a started word does not live, or another generation does")
	}
	if !w.end() {
		t.Error("ended without references: not the caller's to return")
	}
	if w.live(first) || w.retain(first) {
		t.Error("a dead generation lives or gives references")
	}
	w.start()
	if w.generation() == first || w.retain(first) || !w.live(w.generation()) {
		t.Errorf("generation %d follows %d, and the old one is alive or the new one is not", w.generation(), first)
	}
}

func TestWordGenerationsSkipZero(t *testing.T) {
	var w sessionWord
	w.v.Store(uint64(1<<32-1) << 32)
	w.start()
	if w.generation() != 1 || !w.live(1) {
		t.Errorf("after the last generation comes %d, want 1", w.generation())
	}
}

func TestLastReferenceReturnsTheSession(t *testing.T) {
	var w sessionWord
	w.start()
	gen := w.generation()
	for range 2 {
		if !w.retain(gen) {
			t.Fatal("no reference to a living generation")
		}
	}
	if w.release() {
		t.Error("a release returned a living session")
	}
	if w.end() {
		t.Error("the end returned a session that is referenced")
	}
	if !w.release() {
		t.Error("the last release did not return the session")
	}
}

// TestWordReturnsExactlyOnce has many goroutines take references of whichever
// generation they last saw, while the owner ends one after the other. Each
// generation must come back exactly once, and no reference outlive its own.
func TestWordReturnsExactlyOnce(t *testing.T) {
	const goroutines, generations = 3, 500
	var w sessionWord
	var returned, held atomic.Int64
	var stop atomic.Bool
	back := make(chan struct{}, 1)
	var group sync.WaitGroup
	for range goroutines {
		group.Go(func() {
			for !stop.Load() {
				gen := w.generation()
				if !w.retain(gen) {
					runtime.Gosched()
					continue
				}
				held.Add(1)
				if w.generation() != gen {
					t.Error("the generation changed under a reference")
				}
				if w.release() {
					returned.Add(1)
					back <- struct{}{}
				}
			}
		})
	}
	for range generations {
		w.start()
		if w.generation()%64 == 0 {
			runtime.Gosched()
		}
		if w.end() {
			returned.Add(1)
		} else {
			<-back
		}
	}
	stop.Store(true)
	group.Wait()
	if returned.Load() != generations || len(back) != 0 {
		t.Errorf("%d returns of %d generations", returned.Load(), generations)
	}
	t.Logf("%d references", held.Load())
}
