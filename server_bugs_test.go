package raon_test

import (
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/raontest"
)

// What other engines of this family got wrong around accepting and closing.

// TestBugNothingToAcceptIsFatal: a listener that wakes and finds nothing (EAGAIN,
// a client that has gone already) or no descriptor goes on accepting. The verdict
// on each errno is TestAcceptVerdicts' in internal/sys/socket.
func TestBugNothingToAcceptIsFatal(t *testing.T) {
	t.Run("clients that go at once", func(t *testing.T) {
		forEachDriver(t, func(t *testing.T, st *stage) {
			core := st.core(raon.CoreOptions{Logger: discard})
			server := st.serve(core, raon.ServerOptions{}, echo)
			for range 50 {
				st.wire(server.addr()).reset()
			}
			w := st.wire(server.addr())
			w.write([]byte("hello"))
			w.expect([]byte("hello"))
		})
	})
	t.Run("spurious wakes", func(t *testing.T) {
		for seed := range uint64(20) {
			faults := raontest.Faults{SpuriousWake: .5, AcceptTooManyFiles: .3, LostMore: .5, Late: .5}
			lab, _, addr := gatedLab(t, raontest.Options{Seed: seed, Faults: faults}, raon.ServerOptions{MaxSessions: 50})
			for range 50 {
				p := lab.Dial(addr)
				p.Write([]byte("hello"))
				lab.Run("the echo", func() bool { return string(p.Received()) == "hello" })
			}
		}
	})
}

// TestBugDoubleClose ends one connection in every way there is at once, again and
// again: a handle that is closed twice would be the next connection's, which lives.
func TestBugDoubleClose(t *testing.T) {
	const sessions = 8
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 1, Logger: discard})
		server := st.serve(core, raon.ServerOptions{MaxSessions: sessions}, echo)
		for range 30 {
			w := st.wire(server.addr())
			w.write([]byte("hello"))
			w.expect([]byte("hello"))
			server.ResetPool(raon.KickUnknown) // comes before the job, or with it
			done := make(chan struct{})
			mustBe(t, "ForEach", server.ForEach(func(s *raon.Session) {
				s.Disconnect(raon.KickDisconnect)
				s.Abort(raon.KickUnknown)
			}), nil)
			mustBe(t, "PushJob", core.PushJob(func() { close(done) }), nil)
			w.reset()
			await(t, "the job", done)
			eventually(t, "the end", func() bool { return server.Snapshot().Idle == sessions })
			next := st.wire(server.addr()) // its socket takes the lowest number that is free
			next.write([]byte("hello"))
			next.expect([]byte("hello"))
			mustBe(t, "ForEach", server.ForEach(func(*raon.Session) {}), nil) // a turn more
			next.write([]byte(", still here"))
			next.expect([]byte("hello, still here"))
			next.close()
			eventually(t, "its end", func() bool { return server.Snapshot().Idle == sessions })
		}
	})
}

// TestBugWallClock lets hours pass for the engine and next to nothing for the
// machine: the worker's clock alone ends a session. And after a standstill, whoever
// spoke in time is heard before anybody's silence is judged.
func TestBugWallClock(t *testing.T) {
	limits := raon.SessionOptions{IdleTimeout: time.Hour, AuthTimeout: 9 * time.Hour}
	x, p := sleep(t, limits, nil)
	for range 5 {
		x.lab.Pass(time.Hour - ms)
		p.Write([]byte("alive"))
		x.lab.Pass(0)
	}
	p.Write([]byte("alive"))
	x.lab.Stall(2 * time.Hour)
	x.lab.Pass(0)
	if x.ended {
		t.Fatalf("ended with %v", x.reason)
	}
	x.mustEnd(t, x.lab.Now(), time.Hour, raon.KickIdle)
}
