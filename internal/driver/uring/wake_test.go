//go:build linux

package uring

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// TestWakeStorm has many threads post work and wake the port, each waiting for
// its own work to be seen before it posts more. A lost wake would leave the
// port asleep with work to do.
func TestWakeStorm(t *testing.T) {
	const threads, each = 8, 2000
	r := newRig(t, port.PortOptions{SubmitEntries: 2, CompleteEntries: 4})
	var posted [threads]atomic.Int64
	var seen [threads]chan struct{}
	var done sync.WaitGroup
	for i := range threads {
		seen[i] = make(chan struct{}, 1)
		done.Go(func() {
			for range each {
				posted[i].Add(1)
				r.Wake()
				<-seen[i]
			}
		})
	}
	var taken [threads]int64
	for left := threads; left > 0; {
		began := time.Now()
		r.poll(patience)
		if time.Since(began) >= patience {
			t.Error("the port slept through a wake") // and the threads go on
		}
		for i := range posted {
			if n := posted[i].Load(); n > taken[i] {
				taken[i] = n
				seen[i] <- struct{}{}
				if n == each {
					left--
				}
			}
		}
	}
	done.Wait()
}

// TestWakeIsElided wakes a port that runs: the next Poll does not wait, the one
// after it does, and no system call was made for it.
func TestWakeIsElided(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	for range 3 {
		r.Wake()
	}
	r.poll(patience)
	began := time.Now()
	const pause = 5 * time.Millisecond
	r.poll(pause)
	if took := time.Since(began); took < pause {
		t.Fatalf("three wakes ended two polls: the second after %v", took)
	}
	if s := r.Stats(); s.Wakes != 0 {
		t.Fatalf("%d system calls to wake a running port", s.Wakes)
	}
}

// TestWakeAfterClose is a thread that was held up between deciding to wake a
// sleeping port and doing it. It must not write to whatever has the number now.
func TestWakeAfterClose(t *testing.T) {
	w, err := newWaker()
	if err != nil {
		t.Fatal(err)
	}
	if !w.sleep() {
		t.Fatal("an awake waker may not sleep")
	}
	w.close()
	w.notify()
	if n := w.count.Load(); n != 0 {
		t.Fatalf("%d writes to a closed descriptor", n)
	}
}

// TestWakePollIsArmedAgain loses the poll of the eventfd, as a full completion
// queue does.
func TestWakePollIsArmedAgain(t *testing.T) {
	r := newRig(t, port.PortOptions{SubmitEntries: 4, CompleteEntries: 4})
	woken := make(chan struct{})
	for round := range 20 {
		for range 6 { // each a completion, with the wake's own
			a, _ := r.pair()
			a.send([]byte("x"))
		}
		if round%2 == 0 {
			r.wake.sleep()
			r.Wake() // a system call, before anything is read
		}
		for r.Stats().Pending > 0 {
			r.poll(patience)
		}
		go func() {
			for !r.wake.flag.Asleep() {
				runtime.Gosched()
			}
			r.Wake()
			woken <- struct{}{}
		}()
		began := time.Now()
		r.poll(patience)
		<-woken
		if time.Since(began) >= patience {
			t.Fatalf("round %d: deaf to a wake", round)
		}
	}
}
