package raon_test

import (
	"errors"
	"testing"
	"time"

	"github.com/raon-engine/raon"
)

func TestShutdownFlushesWhatWasAccepted(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		const size = 4 << 20
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{QueueBytes: 8 << 20}}, func(p *peer) {
			p.connect = func(s *raon.Session) {
				if err := s.SendBytes(pattern(0, size), 0); err != nil {
					t.Errorf("send: %v", err)
				}
				core.Shutdown() // from a callback, before a byte has left
			}
		})
		w := st.wire(server.addr())
		if err := w.readAll(); err != nil {
			t.Fatalf("the end is not clean: %v", err)
		}
		checkPattern(t, w.got, size)
		w.close()
		server.peer(0).awaitEnd(raon.KickShutdown)
		if err := core.Wait(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestDrainAnswersWhatWasRead(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		drain := make(chan struct{})
		server := st.serve(core, raon.ServerOptions{}, func(p *peer) {
			p.recv = func(s *raon.Session, data []byte) int {
				select {
				case <-drain:
				default:
					close(drain) // the drain begins inside the callback
					s.Service().Drain(patience)
				}
				if !s.Draining() { // and takes effect after it
					_ = s.SendBytes(data, 0) // an echo
				}
				return len(data)
			}
		})
		w := st.wire(server.addr())
		w.write([]byte("question"))
		if err := w.readAll(); err != nil {
			t.Fatalf("the end is not clean: %v", err)
		}
		w.expect([]byte("question"))
		w.close()
		server.peer(0).awaitEnd(raon.KickShutdown)
	})
}

func TestDrainDeadlineAborts(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{QueueBytes: 64 << 20}}, func(p *peer) {
			p.connect = func(s *raon.Session) {
				if err := s.SendBytes(pattern(0, 32<<20), 0); err != nil {
					t.Errorf("send: %v", err)
				}
			}
		})
		w := st.wire(server.addr()) // reads nothing
		server.peer(0).session()
		server.Drain(50 * time.Millisecond)
		server.peer(0).awaitEnd(raon.KickShutdown)
		if err := w.readAll(); !errors.Is(err, raon.ErrReset) {
			t.Errorf("the aborted connection ended with %v, want a reset", err)
		}
	})
}

func TestSecondShutdownAborts(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{DrainTimeout: time.Hour}, func(p *peer) {
			p.connect = func(s *raon.Session) { s.Pause(); _ = s.SendBytes(pattern(0, 900_000), 0) } // more than the kernel takes
		})
		st.wire(server.addr())
		server.peer(0).session()
		core.Shutdown()
		core.Shutdown()
		server.peer(0).awaitEnd(raon.KickShutdown)
		if err := core.Wait(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestNothingBeginsAfterTheEnd(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		if err := core.Close(); err != nil {
			t.Fatal(err)
		}
		handler := func() raon.Handler { return &peer{t: t} }
		_, err := core.RegisterServer(raon.ServerOptions{Listen: []raon.Addr{st.addr("127.0.0.1:0")}, NewHandler: handler})
		mustBe(t, "RegisterServer", err, raon.ErrClosed)
		_, err = core.RegisterClient(raon.ClientOptions{Connect: st.addr("127.0.0.1:1"), Count: 1, NewHandler: handler})
		mustBe(t, "RegisterClient", err, raon.ErrClosed)
		mustBe(t, "PushJob", core.PushJob(func() {}), raon.ErrClosed)
		if err := core.Close(); err != nil {
			t.Errorf("a second Close: %v", err)
		}
	})
}

func TestResetPoolEndsTheLiving(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, nil)
		clients := st.dial(core, server.addr(), raon.ClientOptions{Count: 3}, nil)
		for i := range 3 {
			clients.peer(i).session()
			server.peer(i).session()
		}
		server.ResetPool(raon.KickSuperseded)
		for i := range 3 {
			server.peer(i).awaitEnd(raon.KickSuperseded)
			clients.peer(i).await(t, "the client's end", func() bool { return clients.peer(i).ended == 1 })
		}
		again := st.dial(core, server.addr(), raon.ClientOptions{}, nil)
		again.peer(0).session() // the service goes on
	})
}
