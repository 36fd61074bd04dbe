package raon_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/raon-engine/raon"
)

// TestBroadcastCutsTheSlowMemberOnly broadcasts at the pace of those who read
// until the one who does not is cut.
func TestBroadcastCutsTheSlowMemberOnly(t *testing.T) {
	const members, size, most = 4, 32 << 10, 4000
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{QueueBytes: 256 << 10}}, nil)
		st.wire(server.addr()) // reads nothing
		slow := server.peer(0)
		slow.session()
		_, followers := st.follow(core, server, members, size, false)
		ended := func() (yes bool) { slow.change(func() { yes = slow.ended > 0 }); return yes }
		sent := 0
		for ; !ended() && sent < most; sent++ {
			mustBe(t, "Broadcast", server.Broadcast(core.Buffers().Copy(news(1, sent, size)), 7), nil)
			for _, f := range followers {
				f.awaitHeard(sent + 1)
			}
		}
		slow.awaitEnd(raon.KickSlowConsumer)
		for _, f := range followers {
			if f.ended || f.heard != sent {
				t.Errorf("a member that reads heard %d of %d packets; ended: %v", f.heard, sent, f.ended)
			}
		}
		checkShared(t, core)
	})
}

// TestBroadcastToABlockedWorkerIsRefused broadcasts while another worker hangs,
// until there is no room for what waits for it. What was refused reaches nobody,
// what was accepted everybody, in the end.
func TestBroadcastToABlockedWorkerIsRefused(t *testing.T) {
	const members, size, inbox, most = 2, 1 << 20, 4, 100
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 8, InboxSize: inbox, JobsPerTurn: 1, SlowHandlerMs: -1})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{QueueBytes: 1 << 30}}, nil)
		_, followers := st.follow(st.core(raon.CoreOptions{}), server, members, size, false)
		speaker, far := server.peer(0), server.peer(1)
		speaking, hanging := workerOf(speaker), workerOf(far)
		if speaking == hanging {
			t.Fatal("both members are on one worker")
		}
		blocked, release := make(chan struct{}), make(chan struct{})
		unblock := sync.OnceFunc(func() { close(release) })
		defer unblock()
		mustBe(t, "PushJob", far.session().PushJob(func(*raon.Session) { close(blocked); <-release }), nil)
		await(t, "the other worker to hang", blocked)
		sent := 0
		speak := func() (err error) { // each in a turn of its own, with room at all others
			eventually(t, "the idle workers", func() bool {
				return !slices.ContainsFunc(core.WorkerStats(), func(w raon.WorkerStats) bool { return w.Worker != hanging && w.Inbox > 0 })
			})
			speaker.do(func(s *raon.Session) { err = s.Broadcast(core.Buffers().Copy(news(1, sent, size)), 7) })
			return err
		}
		for sent < most && speak() == nil {
			sent++
		}
		mustBe(t, "one Broadcast more", speak(), raon.ErrQueueFull)
		if sent <= inbox || sent == most {
			t.Errorf("refused after %d broadcasts, want room for some more than %d", sent, inbox)
		}
		checkPace(t, core, speaking)
		unblock()
		for _, f := range followers {
			f.awaitHeard(sent)
		}
		eventually(t, "room again", func() bool { return speak() == nil })
		for _, f := range followers { // a trace of what was refused would come out of order
			f.awaitHeard(sent + 1)
		}
		checkShared(t, core)
	})
}

// checkPace fails if a worker that waits for another one polls without a pause.
func checkPace(t *testing.T, core *raon.Core, worker int) {
	t.Helper()
	turns := func() uint64 { return core.WorkerStats()[worker].Turns }
	began, before := time.Now(), turns()
	eventually(t, "a publication", func() bool { return turns() > before })
	eventually(t, "another publication", func() bool { return time.Since(began) > 150*time.Millisecond })
	if n, ms := turns()-before, time.Since(began).Milliseconds(); n > uint64(10*ms) {
		t.Errorf("%d turns in %d ms", n, ms)
	}
}

// workerOf is the worker that a session is pinned to.
func workerOf(p *peer) (worker int) {
	p.t.Helper()
	p.do(func(s *raon.Session) { worker = s.Worker() })
	return worker
}
