package raon_test

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/raon-engine/raon"
)

// TestStatsWhileSessionsComeAndGo reads everything that any goroutine may read
// while the sessions it is about are being used again and again.
func TestStatsWhileSessionsComeAndGo(t *testing.T) {
	const rounds = 100
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{MaxSessions: 4}, echo)
		var stop atomic.Bool
		var group sync.WaitGroup
		defer group.Wait()
		defer stop.Store(true)
		for range 2 {
			group.Go(func() {
				var stats []raon.SessionStats
				for !stop.Load() {
					stats = server.SessionStats(stats[:0])
					for _, s := range stats {
						if s.ID == 0 || s.Age < 0 || !s.Peer.IsValid() {
							t.Errorf("not a session: %+v", s)
							return
						}
					}
					server.Snapshot()
					core.WorkerStats()
					runtime.Gosched()
				}
			})
		}
		for range rounds {
			w := st.wire(server.addr())
			w.write([]byte("x"))
			w.expect([]byte("x"))
			w.reset()
		}
	})
}

// TestSendsWhileTheCoreEnds has goroutines send, broadcast and push until they
// are told that it is over: no buffer stays behind.
func TestSendsWhileTheCoreEnds(t *testing.T) {
	const rounds = 10
	forEachDriver(t, func(t *testing.T, st *stage) {
		for range rounds {
			core := st.core(raon.CoreOptions{InboxSize: 64})
			server := st.serve(core, raon.ServerOptions{}, nil)
			st.dial(core, server.addr(), raon.ClientOptions{}, nil).peer(0).session()
			ref := server.peer(0).session()
			var group sync.WaitGroup
			for range 2 {
				group.Go(func() {
					for !errors.Is(core.PushJob(func() {}), raon.ErrClosed) {
						_ = ref.SendBytes(make([]byte, 100), 0)                   // each of these may be
						_ = server.Broadcast(core.Buffers().Copy([]byte("x")), 0) // refused at any time
						_ = ref.PushJob(func(*raon.Session) {})
						server.ResetPool(raon.KickDisconnect)
					}
				})
			}
			if err := core.Close(); err != nil {
				t.Fatal(err)
			}
			group.Wait()
			core.Buffers().Close() // a last copy has opened it again
			checkCore(t, core)
		}
	})
}
