//go:build linux

package ready

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

func TestFlagInterruptsOnlyTheSleeper(t *testing.T) {
	var f flag
	if f.wake() {
		t.Error("a port that is awake was to be interrupted")
	}
	if f.sleep() {
		t.Error("a woken port went to sleep")
	}
	f.take()
	if f.woken() || !f.sleep() {
		t.Error("the wake was answered twice")
	}
	if !f.wake() || f.wake() {
		t.Error("a sleeping port must be interrupted by the first wake, and by no other")
	}
	f.interrupted()
	f.rise()
	if !f.woken() {
		t.Error("the wake got lost on rising")
	}
	f.settle()
}

func TestFlagSettleWaitsForTheInterrupt(t *testing.T) {
	var f flag
	f.sleep()
	if !f.wake() {
		t.Fatal("a sleeping port must be interrupted")
	}
	f.rise() // by itself, before the waker has interrupted
	var interrupted atomic.Bool
	go func() {
		runtime.Gosched()
		interrupted.Store(true)
		f.interrupted()
	}()
	f.settle()
	if !interrupted.Load() {
		t.Error("settle returned before the interrupt was made")
	}
}

// TestWakeStress has wakers publish work and wake, while the port sleeps
// without a limit whenever it finds none: one lost wake stops it for good.
func TestWakeStress(t *testing.T) {
	const wakers, each = 4, 5000
	r := newRig(t, port.PortOptions{})
	r.q.sleep = func(time.Duration) {
		select {
		case <-r.q.alarm:
		case <-time.After(patience):
			t.Error("a wake was lost")
		}
	}
	var work atomic.Int64
	var ended sync.WaitGroup
	for range wakers {
		ended.Go(func() {
			for range each {
				work.Add(1)
				r.Wake()
			}
		})
	}
	for found := int64(0); found < wakers*each && !t.Failed(); {
		if _, err := r.Poll(r.out, -1); err != nil {
			t.Fatal(err)
		}
		select { // an interrupt of a sleep that ended otherwise
		case <-r.q.alarm:
		default:
		}
		found += work.Swap(0)
	}
	ended.Wait()
	if made := r.Stats().Wakes; made > r.Stats().Waits {
		t.Errorf("%d interrupts for %d sleeps", made, r.Stats().Waits)
	}
}
