package raon_test

import (
	"sync"
	"testing"

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
	const members, size, most = 4, 512 << 10, 100
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 2, InboxSize: 4, SlowHandlerMs: -1})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{QueueBytes: 1 << 30}}, nil)
		_, followers := st.follow(st.core(raon.CoreOptions{}), server, members, size, false)
		speaker, far := server.peer(0), otherWorkers(server, members)

		blocked, release := make(chan struct{}), make(chan struct{})
		unblock := sync.OnceFunc(func() { close(release) })
		defer unblock()
		mustBe(t, "PushJob", far.session().PushJob(func(*raon.Session) { close(blocked); <-release }), nil)
		await(t, "the other worker to hang", blocked)
		sent := 0
		speak := func() (err error) {
			speaker.do(func(s *raon.Session) { err = s.Broadcast(core.Buffers().Copy(news(1, sent, size)), 7) })
			return err
		}
		for sent < most && speak() == nil {
			sent++
		}
		mustBe(t, "one Broadcast more", speak(), raon.ErrQueueFull)
		if sent*size < 8<<20 || sent == most {
			t.Errorf("refused after %d bytes, want room for 8 MiB and the inbox", sent*size)
		}
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

// otherWorkers finds a member on another worker than the first one's.
func otherWorkers(server *cast, members int) *peer {
	server.t.Helper()
	home := -1
	for i := range members {
		p := server.peer(i)
		p.do(func(s *raon.Session) {
			if home < 0 {
				home = s.Worker()
			}
			if s.Worker() == home {
				p = nil
			}
		})
		if p != nil {
			return p
		}
	}
	server.t.Fatal("all members are on one worker")
	return nil
}
