package raon_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/raontest"
)

// TestPostedJobRuns posts a job again whenever it has run, and many times at once
// while no worker can begin it, when the inboxes are full too.
func TestPostedJobRuns(t *testing.T) {
	const posts = 100
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 2, InboxSize: 4, SlowHandlerMs: -1})
		var w watch
		ran := 0
		job := &raon.Job{Name: "count", Run: func() { w.change(func() { ran++ }) }}
		for i := range posts {
			mustBe(t, "PostJob", core.PostJob(job), nil)
			w.await(t, "the job", func() bool { return ran == i+1 })
		}
		release, blocked := make(chan struct{}), make(chan struct{})
		for range core.Workers() {
			mustBe(t, "PushJob", core.PushJob(func() { blocked <- struct{}{}; <-release }), nil)
		}
		for range core.Workers() {
			await(t, "a blocked worker", blocked)
		}
		for core.PushJob(func() {}) == nil {
		}
		for range posts {
			mustBe(t, "PostJob", core.PostJob(job), nil)
		}
		close(release)
		w.await(t, "the job", func() bool { return ran == posts+1 })
	})
}

// TestJobThatWasLeftIsNotTakenForWaiting ends a core before a job's turn comes.
func TestJobThatWasLeftIsNotTakenForWaiting(t *testing.T) {
	lab := raontest.New(t, raontest.Options{Core: raon.CoreOptions{JobsPerTurn: 1, Logger: discard}})
	core := lab.Core()
	for range 10 {
		mustBe(t, "PushJob", core.PushJob(func() {}), nil)
	}
	job := &raon.Job{Run: func() { t.Error("ran, though the core had ended before its turn") }}
	mustBe(t, "PostJob", core.PostJob(job), nil)
	mustBe(t, "Close", core.Close(), nil)
	for range 2 {
		mustBe(t, "PostJob on an ended core", core.PostJob(job), raon.ErrClosed)
	}
}

func TestBlockedJobIsNamed(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		var book logBook
		core := st.core(raon.CoreOptions{SlowHandlerMs: 20, Logger: book.logger()})
		release := make(chan struct{})
		mustBe(t, "PostJob", core.PostJob(&raon.Job{Name: "zone-7", Run: func() { <-release }}), nil)
		book.awaitLine(t, "slow job", "job=zone-7", "stack=")
		close(release)
		book.awaitLine(t, "slow turn ended")
	})
}

// TestFailingJobsLeaveTheWorkersAlone lets a thousand jobs panic or call Goexit.
func TestFailingJobsLeaveTheWorkersAlone(t *testing.T) {
	const failures = 1000
	forEachDriver(t, func(t *testing.T, st *stage) {
		var book logBook
		core := st.core(raon.CoreOptions{Logger: book.logger()})
		server := st.serve(core, raon.ServerOptions{}, echo)
		client := st.dial(core, server.addr(), raon.ClientOptions{}, nil).peer(0)
		for i := range failures {
			job := &raon.Job{Name: fmt.Sprintf("room-%d", i), Run: func() { panic("on purpose") }}
			if i%2 == 1 {
				job.Run = runtime.Goexit
			}
			mustBe(t, "PostJob", core.PostJob(job), nil)
		}
		eventually(t, "the failures", func() bool { return panicsOf(core) == failures })
		book.awaitLine(t, "job panicked", "job=room-0", "on purpose")
		book.awaitLine(t, "called runtime.Goexit", fmt.Sprintf("job=room-%d", failures-1))
		client.do(func(s *raon.Session) { mustBe(t, "SendBytes", s.SendBytes([]byte("still there"), 0), nil) })
		client.awaitBytes(len("still there"))
	})
}

// panicsOf is how many callbacks of the core have failed.
func panicsOf(core *raon.Core) (n uint64) {
	for _, w := range core.WorkerStats() {
		n += w.Panics
	}
	return n
}

func TestAlarmRunsAndStops(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		var w watch
		once, ticks := 0, 0
		after, err := core.After(5*ms, &raon.Job{Run: func() { w.change(func() { once++ }) }})
		mustBe(t, "After", err, nil)
		every, err := core.Every(2*ms, &raon.Job{Run: func() { w.change(func() { ticks++ }) }})
		mustBe(t, "Every", err, nil)
		never, err := core.After(patience, &raon.Job{Run: func() { t.Error("a stopped alarm ran") }})
		mustBe(t, "After", err, nil)
		if !never.Stop() || never.Stop() {
			t.Error("Stop: want true once")
		}
		w.await(t, "the alarms", func() bool { return once == 1 && ticks >= 5 })
		if after.Stop() {
			t.Error("an alarm that has run could still be stopped")
		}
		every.Stop()
		settled := make(chan struct{}) // a tick may have been under way
		for range core.Workers() {
			mustBe(t, "PushJob", core.PushJob(func() { settled <- struct{}{} }), nil)
		}
		for range core.Workers() {
			await(t, "the workers", settled)
		}
		var seen int
		w.change(func() { seen = ticks })
		again, err := core.After(20*ms, &raon.Job{Run: func() { w.change(func() { once++ }) }})
		mustBe(t, "After", err, nil)
		w.await(t, "time to pass", func() bool { return once == 2 })
		w.change(func() {
			if ticks != seen {
				t.Errorf("%d ticks after Stop", ticks-seen)
			}
		})
		again.Stop()
	})
}

func TestAlarmsOfAnEndedCore(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		job := &raon.Job{Run: func() {}}
		a, err := core.Every(ms, job)
		mustBe(t, "Every", err, nil)
		mustBe(t, "Close", core.Close(), nil)
		_, err = core.After(ms, job)
		mustBe(t, "After on an ended core", err, raon.ErrClosed)
		for range 2 {
			mustBe(t, "PostJob on an ended core", core.PostJob(job), raon.ErrClosed)
		}
		a.Stop() // must not hang or panic
	})
}
