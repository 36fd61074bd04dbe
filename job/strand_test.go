package job_test

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/job"
)

const patience = 10 * time.Second

// newCore makes a core on the best driver here, or on RAON_DRIVER's.
func newCore(t *testing.T, opts raon.CoreOptions) *raon.Core {
	t.Helper()
	if opts.Workers == 0 {
		opts.Workers = 4
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	core, err := raon.NewCore(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := core.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return core
}

func newStrand(t *testing.T, core *raon.Core, opts job.Options) *job.Strand {
	t.Helper()
	s, err := job.New(core, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// await waits for a channel.
func await[T any](t *testing.T, what string, c <-chan T) (x T) {
	t.Helper()
	select {
	case x = <-c:
	case <-time.After(patience):
		t.Fatalf("%s: not within %v", what, patience)
	}
	return x
}

func push(t *testing.T, s *job.Strand, fn func()) {
	t.Helper()
	if err := s.Push(fn); err != nil {
		t.Fatalf("Push: %v", err)
	}
}

// flush waits until everything pushed before has run.
func flush(t *testing.T, s *job.Strand) {
	t.Helper()
	done := make(chan struct{})
	push(t, s, func() { close(done) })
	await(t, "the strand", done)
}

// TestJobsRunInOrderAndOneAtATime has many goroutines push to several strands on
// several workers. The counters are not synchronised: the race detector watches.
func TestJobsRunInOrderAndOneAtATime(t *testing.T) {
	const strands, pushers, each = 7, 5, 500
	core := newCore(t, raon.CoreOptions{})
	var group sync.WaitGroup
	for range strands {
		s := newStrand(t, core, job.Options{Queue: pushers*each + 1, Slice: 3})
		next := make([]int, pushers)
		total := 0
		var pushing sync.WaitGroup
		for p := range pushers {
			pushing.Go(func() {
				for i := range each {
					push(t, s, func() {
						if next[p] != i {
							t.Errorf("pusher %d: job %d ran in place %d", p, i, next[p])
						}
						next[p] = i + 1
						total++
					})
				}
			})
		}
		group.Go(func() {
			pushing.Wait()
			flush(t, s)
			push(t, s, func() {
				if total != pushers*each {
					t.Errorf("%d jobs ran, want %d", total, pushers*each)
				}
			})
			flush(t, s)
		})
	}
	group.Wait()
}

// TestBlockedStrandHoldsUpNoOther blocks one strand; others on the remaining
// workers go on, and the log names the one that does not.
func TestBlockedStrandHoldsUpNoOther(t *testing.T) {
	var book lines
	core := newCore(t, raon.CoreOptions{Workers: 2, SlowHandlerMs: 20, Logger: slog.New(slog.NewTextHandler(&book, nil))})
	stuck, free := newStrand(t, core, job.Options{Name: "zone-3"}), newStrand(t, core, job.Options{})
	blocked, release := make(chan struct{}), make(chan struct{})
	push(t, stuck, func() { close(blocked); <-release })
	await(t, "the blocked job", blocked)
	done := make(chan struct{})
	for range 50 { // some of the posts go to the blocked worker, until it is noticed
		push(t, free, func() {})
	}
	go func() {
		defer close(done)
		book.await(t, "slow job", "job=zone-3")
	}()
	await(t, "the log", done)
	close(release)
	flush(t, stuck)
	flush(t, free)
}

// lines is a log to look into.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	return len(p), nil
}

// await waits until all words are in the log.
func (l *lines) await(t *testing.T, words ...string) {
	deadline := time.After(patience)
	for {
		l.mu.Lock()
		found := true
		for _, w := range words {
			found = found && strings.Contains(l.text.String(), w)
		}
		if l.more == nil {
			l.more = make(chan struct{})
		}
		more := l.more
		l.mu.Unlock()
		if found {
			return
		}
		select {
		case <-more:
		case <-deadline:
			t.Errorf("no log line with %q within %v", words, patience)
			return
		}
	}
}

// TestFailingJobs lets a thousand jobs panic or call Goexit among ones that do not.
func TestFailingJobs(t *testing.T) {
	const failures = 1000
	var book lines
	core := newCore(t, raon.CoreOptions{Logger: slog.New(slog.NewTextHandler(&book, nil))})
	s := newStrand(t, core, job.Options{Name: "room-9", Queue: 3 * failures})
	good := 0
	for i := range failures {
		if i%2 == 0 {
			push(t, s, func() { panic("on purpose") })
		} else {
			push(t, s, runtime.Goexit)
		}
		push(t, s, func() { good++ })
	}
	flush(t, s)
	if st := s.Stats(); st.Failed != failures || st.Run != 2*failures+1 || good != failures || st.Queued != 0 {
		t.Errorf("%d good ones ran; %+v", good, st)
	}
	book.await(t, "job panicked", "called runtime.Goexit", "job=room-9")
}

func TestStrandIsBounded(t *testing.T) {
	const room = 10
	core := newCore(t, raon.CoreOptions{})
	s := newStrand(t, core, job.Options{Queue: room})
	release, blocked := make(chan struct{}), make(chan struct{})
	push(t, s, func() { close(blocked); <-release })
	await(t, "the blocked job", blocked)
	later, err := s.After(time.Hour, func() {})
	if err != nil {
		t.Fatal(err)
	}
	for range room - 1 {
		push(t, s, func() {})
	}
	if err := s.Push(func() {}); !errors.Is(err, raon.ErrQueueFull) {
		t.Errorf("one Push more: %v", err)
	}
	if _, err := s.After(0, func() {}); !errors.Is(err, raon.ErrQueueFull) {
		t.Errorf("one After more: %v", err)
	}
	later.Cancel()
	push(t, s, func() {}) // its place is free
	close(release)
	flushWhenRoom(t, s)
}

// flushWhenRoom is flush for a strand that may be full.
func flushWhenRoom(t *testing.T, s *job.Strand) {
	t.Helper()
	done := make(chan struct{})
	deadline := time.After(patience)
	for s.Push(func() { close(done) }) != nil {
		select {
		case <-deadline:
			t.Fatal("no room in the strand")
		default:
			runtime.Gosched()
		}
	}
	await(t, "the strand", done)
}

// TestNothingRunsAfterClose closes strands that are being pushed to.
func TestNothingRunsAfterClose(t *testing.T) {
	core := newCore(t, raon.CoreOptions{})
	for round := range 200 {
		s := newStrand(t, core, job.Options{Slice: 1 + round%5})
		var mu sync.Mutex
		closed := false
		var pushing sync.WaitGroup
		fn := func() {
			mu.Lock()
			defer mu.Unlock()
			if closed {
				t.Error("a job ran after Close")
			}
		}
		if _, err := s.Every(time.Millisecond, func(int) { fn() }); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			pushing.Go(func() {
				for !errors.Is(s.Push(fn), raon.ErrClosed) {
				}
			})
		}
		if round%3 == 0 {
			runtime.Gosched()
		}
		s.Close()
		mu.Lock()
		closed = true
		mu.Unlock()
		pushing.Wait()
		if n := s.Stats().Queued; n != 0 {
			t.Fatalf("%d jobs wait in a closed strand", n)
		}
	}
}

func TestStrandClosesItself(t *testing.T) {
	core := newCore(t, raon.CoreOptions{})
	s := newStrand(t, core, job.Options{})
	done := make(chan struct{})
	block := make(chan struct{})
	push(t, s, func() { <-block })
	push(t, s, func() { s.Close(); close(done) })
	push(t, s, func() { t.Error("ran after the job that closed the strand") })
	close(block)
	await(t, "the closing job", done)
	if err := s.Push(func() {}); !errors.Is(err, raon.ErrClosed) {
		t.Errorf("Push on a closed strand: %v", err)
	}
	if _, err := s.Every(time.Second, func(int) {}); !errors.Is(err, raon.ErrClosed) {
		t.Errorf("Every on a closed strand: %v", err)
	}
	if n := s.Stats().Dropped; n != 1 {
		t.Errorf("%d dropped, want 1", n)
	}
}

func TestStrandOfAnEndedCore(t *testing.T) {
	core := newCore(t, raon.CoreOptions{})
	s := newStrand(t, core, job.Options{})
	if err := core.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if err := s.Push(func() { t.Error("ran on an ended core") }); !errors.Is(err, raon.ErrClosed) {
			t.Errorf("Push %d: %v", i, err)
		}
	}
	s.Close() // does not hang
}

func TestOptionsReportEveryFault(t *testing.T) {
	_, err := job.New(nil, job.Options{Queue: -1, Slice: 1 << 30})
	for _, word := range []string{"Queue -1", "Slice 1073741824", "no core"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%v: does not say %q", err, word)
		}
	}
}

func TestPushAllocatesNothing(t *testing.T) {
	core := newCore(t, raon.CoreOptions{Driver: "sim", Manual: true, Workers: 1})
	s := newStrand(t, core, job.Options{})
	ran := 0
	fn := func() { ran++ }
	turn := func() {
		want := ran + 2
		push(t, s, fn)
		push(t, s, fn)
		for ran < want {
			if _, err := core.HandleCompletions(0); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 100 {
		turn()
	}
	if n := testing.AllocsPerRun(1000, turn); n != 0 {
		t.Errorf("%v allocations per turn of a strand", n)
	}
}

// A room whose state no lock guards.
func ExampleStrand() {
	core, err := raon.NewCore(raon.CoreOptions{Driver: "sim", Workers: 2, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	room, err := job.New(core, job.Options{Name: "auction"})
	if err != nil {
		fmt.Println(err)
		return
	}
	highest := 0
	sold := make(chan struct{})
	for bid := range 4 {
		_ = room.Push(func() { highest = max(highest, bid) }) // room for thousands
	}
	_, err = room.After(time.Millisecond, func() {
		fmt.Println("sold for", highest)
		close(sold)
	})
	<-sold
	room.Close()
	fmt.Println(err, core.Close())
	// Output:
	// sold for 3
	// <nil> <nil>
}
