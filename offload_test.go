package raon_test

import (
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/raon-engine/raon"
)

// TestOffloadedWorkRunsElsewhere holds work up: the session's worker must go on
// meanwhile, and the result must come back to it.
func TestOffloadedWorkRunsElsewhere(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 1})
		server := st.serve(core, raon.ServerOptions{}, echo)
		p := st.dial(core, server.addr(), raon.ClientOptions{}, nil).peer(0)
		release, done := make(chan struct{}), make(chan string, 1)
		p.do(func(s *raon.Session) {
			var found string
			err := s.Offload(func() { <-release; found = "row" }, func(s *raon.Session) {
				if s.Ref() != p.ref {
					t.Error("another session's result")
				}
				done <- found
			})
			mustBe(t, "Offload", err, nil)
		})
		p.do(func(*raon.Session) {}) // the one worker is free
		close(release)
		if got := <-done; got != "row" {
			t.Errorf("the result is %q", got)
		}
	})
}

// TestOffloadInOrder gives one session's work out of order in time; it must run,
// and end, in the order given, while another session's overtakes it.
func TestOffloadInOrder(t *testing.T) {
	const pieces = 200
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, echo)
		clients := st.dial(core, server.addr(), raon.ClientOptions{Count: 2}, nil)
		held, quick := clients.peer(0), clients.peer(1)
		release := make(chan struct{})
		var w watch
		var worked, ended []int
		held.do(func(s *raon.Session) {
			for i := range pieces {
				err := s.OffloadInOrder(func() {
					<-release
					w.change(func() { worked = append(worked, i) })
				}, func(*raon.Session) {
					w.change(func() { ended = append(ended, i) })
				})
				mustBe(t, "OffloadInOrder", err, nil)
			}
		})
		overtook := make(chan struct{})
		quick.do(func(s *raon.Session) {
			err := s.OffloadInOrder(func() {}, func(*raon.Session) { close(overtook) })
			mustBe(t, "OffloadInOrder", err, nil)
		})
		await(t, "the other session's work", overtook)
		close(release)
		w.await(t, "all of it", func() bool { return len(ended) == pieces })
		if !slices.IsSorted(worked) || !slices.IsSorted(ended) {
			t.Errorf("worked in the order %v, ended in %v", worked, ended)
		}
	})
}

func TestOffloadIsBounded(t *testing.T) {
	const room, threads = 5, 2
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{OffloadQueue: room, OffloadThreads: threads})
		release := make(chan struct{})
		var w watch
		running, most, ended := 0, 0, 0
		work := func() {
			w.change(func() { running++; most = max(most, running) })
			<-release
			w.change(func() { running-- })
		}
		for range room {
			mustBe(t, "Offload", core.Offload(work, func() { w.change(func() { ended++ }) }), nil)
		}
		mustBe(t, "one Offload more", core.Offload(work, nil), raon.ErrQueueFull)
		w.await(t, "the threads", func() bool { return running == threads })
		close(release)
		w.await(t, "the end", func() bool { return ended == room })
		if most != threads {
			t.Errorf("%d ran at once, want %d", most, threads)
		}
		mustBe(t, "room again", core.Offload(func() {}, func() { w.change(func() { ended++ }) }), nil)
		w.await(t, "the last", func() bool { return ended == room+1 })
	})
}

// TestFailingWorkEndsItsSession panics and exits in offloaded work.
func TestFailingWorkEndsItsSession(t *testing.T) {
	for name, fail := range map[string]func(){"panic": func() { panic("on purpose") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				core := st.core(raon.CoreOptions{Logger: discard, OffloadThreads: 1})
				server := st.serve(core, raon.ServerOptions{}, echo)
				clients := st.dial(core, server.addr(), raon.ClientOptions{Count: 2}, nil)
				p, other := clients.peer(0), clients.peer(1)
				p.do(func(s *raon.Session) {
					mustBe(t, "Offload", s.Offload(fail, func(*raon.Session) { t.Error("failed work had a result") }), nil)
				})
				p.awaitEnd(raon.KickPanic)
				done := make(chan struct{})
				other.do(func(s *raon.Session) {
					mustBe(t, "Offload", s.Offload(func() {}, func(*raon.Session) { close(done) }), nil)
				})
				await(t, "the only thread to go on", done)
			})
		})
	}
}

// TestOffloadHoldsTheSession lets the peer finish, and in a second run the server
// drain, while an answer is being looked up: it must still arrive.
func TestOffloadHoldsTheSession(t *testing.T) {
	for name, end := range map[string]func(*wire, *raon.Service){
		"half close": func(w *wire, _ *raon.Service) { w.closeWrite() },
		"drain":      func(_ *wire, s *raon.Service) { s.Drain(patience) },
	} {
		t.Run(name, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				release, working := make(chan struct{}), make(chan struct{})
				core := st.core(raon.CoreOptions{})
				server := st.serve(core, raon.ServerOptions{}, func(p *peer) {
					p.recv = func(s *raon.Session, data []byte) int {
						err := s.Offload(func() { close(working); <-release }, func(s *raon.Session) {
							mustBe(t, "SendBytes", s.SendBytes([]byte("answer"), 0), nil)
						})
						mustBe(t, "Offload", err, nil)
						return len(data)
					}
				})
				w := st.wire(server.addr())
				w.write([]byte("question"))
				await(t, "the question", working)
				end(w, server.Service)
				close(release)
				w.expect([]byte("answer"))
				mustBe(t, "the end", w.readAll(), nil)
			})
		})
	}
}

// TestClosingWaitsForWork ends a core while work runs and more of it waits.
func TestClosingWaitsForWork(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{OffloadThreads: 1, Logger: discard})
		working, release := make(chan struct{}), make(chan struct{})
		ended := false
		mustBe(t, "Offload", core.Offload(func() { close(working); <-release; ended = true }, nil), nil)
		mustBe(t, "Offload", core.Offload(func() { t.Error("ran after the end") }, nil), nil)
		await(t, "the work", working)
		closed := make(chan error, 1)
		go func() { closed <- core.Close() }()
		eventually(t, "the end of the core", func() bool { return errors.Is(core.Offload(func() {}, nil), raon.ErrClosed) })
		close(release)
		mustBe(t, "Close", <-closed, nil)
		if !ended {
			t.Error("Close did not wait for the work")
		}
		mustBe(t, "Offload", core.Offload(func() {}, nil), raon.ErrClosed)
	})
}
