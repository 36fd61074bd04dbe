package inbox

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Sizes of the stress tests: enough laps for every interleaving that a bug
// would need to be likely, little enough for the race detector on two cores.
const (
	producers = 8
	each      = 5000
)

// patience is how long a consumer waits for one wake before the test fails.
const patience = 30 * time.Second

// parcel is what the stress tests send: who sent it and its number there.
type parcel struct {
	from, number int
}

// checker sees that nothing is lost, repeated or out of order.
type checker struct {
	t    *testing.T
	next [producers]int
	got  int
}

func (c *checker) take(p parcel) {
	if p.number != c.next[p.from] {
		c.t.Fatalf("producer %d: got %d, want %d", p.from, p.number, c.next[p.from])
	}
	c.next[p.from]++
	c.got++
}

func (c *checker) done() bool { return c.got == producers*each }

// produce starts the producers, each of which calls push until it succeeds.
func produce(push func(parcel) bool) *sync.WaitGroup {
	var group sync.WaitGroup
	for from := range producers {
		group.Go(func() {
			for number := range each {
				for !push(parcel{from, number}) {
					runtime.Gosched()
				}
			}
		})
	}
	return &group
}

func TestManyProducers(t *testing.T) {
	for _, capacity := range []int{2, 64, 4096} {
		q := New[parcel](capacity)
		var refused atomic.Int64
		group := produce(func(p parcel) bool {
			ok := q.Push(p)
			if !ok {
				refused.Add(1)
			}
			return ok
		})
		check := checker{t: t}
		for !check.done() {
			if n := q.Len(); n < 0 || n > q.Cap() {
				t.Fatalf("Len is %d of %d", n, q.Cap())
			}
			if p, ok := q.Pop(); ok {
				check.take(p)
			} else {
				runtime.Gosched()
			}
		}
		group.Wait()
		if _, ok := q.Pop(); ok || q.Len() != 0 {
			t.Errorf("capacity %d: %d left over", capacity, q.Len())
		}
		t.Logf("capacity %d: %d pushes refused", capacity, refused.Load())
	}
}

// TestFlagWakesOncePerSleep has a consumer that nothing but a told producer
// wakes: a lost notification stops it, one too many breaks the count.
func TestFlagWakesOncePerSleep(t *testing.T) {
	q := New[parcel](64)
	var flag Flag
	wakes := make(chan struct{}, producers*each)
	group := produce(func(p parcel) bool {
		ok := q.Push(p)
		if ok && flag.Notify() {
			wakes <- struct{}{}
		}
		return ok
	})
	check := checker{t: t}
	sleeps := 0
	for drain(q, &check); !check.done(); drain(q, &check) {
		if flag.Sleep() {
			sleeps++
			await(t, wakes, check.got)
		}
		flag.Wake()
	}
	group.Wait()
	if left := len(wakes); left != 0 {
		t.Errorf("%d wakes beyond one for each of %d sleeps", left, sleeps)
	}
	t.Logf("%d sleeps for %d values", sleeps, check.got)
}

// TestFlagAtTheEdge hands over one value at a time and lets the consumer dawdle
// for all kinds of short whiles, so that pushes meet each step of falling asleep.
func TestFlagAtTheEdge(t *testing.T) {
	const rounds = 10 * each
	q := New[int](2)
	var flag Flag
	var taken atomic.Int64
	wakes := make(chan struct{}, 1)
	var group sync.WaitGroup
	group.Go(func() {
		for i := range int64(rounds) {
			for taken.Load() < i {
				runtime.Gosched()
			}
			q.Push(int(i))
			if flag.Notify() {
				wakes <- struct{}{}
			}
		}
	})
	for taken.Load() < rounds {
		if i, ok := q.Pop(); ok {
			taken.Add(1)
			dawdle(i % 256)
			continue
		}
		if flag.Sleep() {
			await(t, wakes, int(taken.Load()))
		}
		flag.Wake()
	}
	group.Wait()
}

// dawdle passes a few nanoseconds a step, without giving up the processor.
func dawdle(steps int) {
	var step atomic.Int32
	for int(step.Load()) < steps {
		step.Add(1)
	}
}

// TestFlagWithOwnWakes has a consumer that also wakes by itself, as a poll with
// a timeout does, so that wakes arrive late and are joined as in an eventfd.
func TestFlagWithOwnWakes(t *testing.T) {
	q := New[parcel](64)
	var flag Flag
	wakes := make(chan struct{}, 1)
	group := produce(func(p parcel) bool {
		ok := q.Push(p)
		if ok && flag.Notify() {
			select {
			case wakes <- struct{}{}:
			default: // one is pending already
			}
		}
		return ok
	})
	check := checker{t: t}
	for turn := 0; !check.done(); turn++ {
		drain(q, &check)
		if !check.done() && flag.Sleep() && turn%3 != 0 {
			await(t, wakes, check.got)
		}
		flag.Wake()
	}
	group.Wait()
}

func drain(q *Queue[parcel], check *checker) {
	for p, ok := q.Pop(); ok; p, ok = q.Pop() {
		check.take(p)
	}
}

func await(t *testing.T, wakes <-chan struct{}, got int) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	select {
	case <-wakes:
	case <-deadline.C:
		t.Fatalf("never woken after %d values", got)
	}
}
