package raon_test

import (
	"errors"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/port"
)

// silent is where few of many connects are answered: nobody accepts, and the
// backlog is short.
func silent(st *stage) raon.Addr {
	st.t.Helper()
	h, err := st.ground.Listen(st.addr("127.0.0.1:0"), port.ListenOptions{Backlog: 1})
	if err != nil {
		st.t.Fatal(err)
	}
	st.t.Cleanup(func() { mustBe(st.t, "CloseHandle", st.ground.CloseHandle(h, false), nil) })
	addr, err := st.ground.LocalAddr(h)
	if err != nil {
		st.t.Fatal(err)
	}
	return addr
}

func TestConnectTimeout(t *testing.T) {
	const clients = 10
	forEachDriver(t, func(t *testing.T, st *stage) {
		client := st.dial(st.core(raon.CoreOptions{}), silent(st), raon.ClientOptions{Count: clients, ConnectTimeout: 300 * time.Millisecond}, nil)
		timeouts := 0
		for i := range clients {
			p := client.peer(i)
			p.await(t, "the outcome", func() bool { return p.failed != nil || p.opened > 0 })
			p.change(func() {
				if p.failed != nil {
					timeouts++
					mustBe(t, "OnConnect", p.failed, raon.ErrTimeout)
				}
			})
		}
		if failed := client.Snapshot().ConnectFailed; timeouts == 0 || int(failed) != timeouts {
			t.Errorf("%d of %d connects timed out, %d by count", timeouts, clients, failed)
		}
	})
}

// TestCloseEndsConnectsAtOnce and does not wait for their timeout.
func TestCloseEndsConnectsAtOnce(t *testing.T) {
	const clients = 100
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		client := st.dial(core, silent(st), raon.ClientOptions{Count: clients, ConnectTimeout: time.Hour}, nil)
		eventually(t, "some connects under way", func() bool { return core.WorkerStats()[0].Live > 0 })
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			if err := core.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}()
		await(t, "Close", closed)
		for i := range clients {
			p := client.peer(i)
			p.change(func() {
				if (p.opened > 0) == (p.failed != nil) || p.failed != nil && !errors.Is(p.failed, raon.ErrCanceled) {
					t.Errorf("session %d was opened %d times and failed with %v", i, p.opened, p.failed)
				}
			})
		}
	})
}

func TestRegisterAfterClose(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, nil)
		for range 2 { // a second Close finds nothing to do
			if err := core.Close(); err != nil {
				t.Fatal(err)
			}
		}
		_, err := core.RegisterServer(raon.ServerOptions{Listen: server.Addrs(), NewHandler: newPeer})
		mustBe(t, "RegisterServer", err, raon.ErrClosed)
		_, err = core.RegisterClient(raon.ClientOptions{Connect: server.addr(), Count: 1, NewHandler: newPeer})
		mustBe(t, "RegisterClient", err, raon.ErrClosed)
		_, err = server.Surrender()
		mustBe(t, "Surrender", err, raon.ErrClosed)
		mustBe(t, "PushJob", core.PushJob(func() {}), raon.ErrClosed)
		mustBe(t, "ForEach", server.ForEach(func(*raon.Session) {}), raon.ErrClosed)
		mustBe(t, "Broadcast", server.Broadcast(core.Buffers().Copy([]byte("x")), 0), raon.ErrClosed)
		core.Buffers().Close()
		server.Drain(time.Second) // these have nothing to do, and do it
		server.ResetPool(raon.KickUnknown)
		core.Shutdown()
	})
}

// TestTurnsDoNotNest calls HandleCompletions in a callback of its own.
func TestTurnsDoNotNest(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Manual: true})
		refused := false
		if err := core.PushJob(func() {
			defer func() { refused = recover() != nil }()
			_, _ = core.HandleCompletions(0) // panics
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := core.HandleCompletions(0); err != nil {
			t.Fatal(err)
		}
		if !refused {
			t.Error("a turn ran inside another")
		}
	})
}
