package raon_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/port"
)

// TestSocketsGoToTheLeastLoadedWorker connects many clients to one listener.
func TestSocketsGoToTheLeastLoadedWorker(t *testing.T) {
	const workers, sessions = 4, 40
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{Workers: workers}), raon.ServerOptions{MaxSessions: sessions}, nil)
		st.dial(st.core(raon.CoreOptions{}), server.addr(), raon.ClientOptions{Count: sessions}, nil)
		eventually(t, "all sessions", func() bool { return server.Snapshot().Live == sessions })
		for _, w := range server.Snapshot().Workers {
			if w.Live != sessions/workers {
				t.Errorf("worker %d has %d of %d sessions, want a quarter", w.Worker, w.Live, sessions)
			}
		}
	})
}

// TestClientsAreSpread connects from several workers.
func TestClientsAreSpread(t *testing.T) {
	const workers, sessions = 4, 40
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{MaxSessions: sessions}, nil)
		client := st.dial(st.core(raon.CoreOptions{Workers: workers}), server.addr(), raon.ClientOptions{Count: sessions}, nil)
		eventually(t, "all sessions", func() bool { return client.Snapshot().Live == sessions })
		for _, w := range client.Snapshot().Workers {
			if w.Live != sessions/workers {
				t.Errorf("worker %d has %d of %d sessions, want a quarter", w.Worker, w.Live, sessions)
			}
		}
	})
}

// TestForEachRunsOnEverySession counts, on each session's own worker.
func TestForEachRunsOnEverySession(t *testing.T) {
	const sessions = 50
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{MaxSessions: sessions}, nil)
		client := st.dial(core, server.addr(), raon.ClientOptions{Count: sessions}, nil)
		eventually(t, "all sessions", func() bool { return server.Snapshot().Live == sessions })
		var calls atomic.Int32
		if err := server.ForEach(func(s *raon.Session) {
			calls.Add(1)
			_ = s.SendBytes([]byte("each"), 0) // shows in what the client gets
		}); err != nil {
			t.Fatal(err)
		}
		for i := range sessions {
			if got := client.peer(i).awaitBytes(4); string(got) != "each" {
				t.Errorf("session %d got %q", i, got)
			}
		}
		if calls.Load() != sessions {
			t.Errorf("called %d times for %d sessions", calls.Load(), sessions)
		}
	})
}

// TestFullInboxRefusesEverything tries every way into a worker that is busy.
func TestFullInboxRefusesEverything(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 1, InboxSize: 16})
		server := st.serve(core, raon.ServerOptions{}, nil)
		st.wire(server.addr())
		ref := server.peer(0).session()
		running, release := make(chan struct{}), make(chan struct{})
		if err := core.PushJob(func() { close(running); <-release }); err != nil {
			t.Fatal(err)
		}
		await(t, "the job", running)
		for core.PushJob(func() {}) == nil {
		}
		mustBe(t, "PushJob", core.PushJob(func() {}), raon.ErrQueueFull)
		mustBe(t, "SessionRef.PushJob", ref.PushJob(func(*raon.Session) {}), raon.ErrQueueFull)
		mustBe(t, "SessionRef.SendBytes", ref.SendBytes([]byte("x"), 0), raon.ErrQueueFull)
		mustBe(t, "SessionRef.Disconnect", ref.Disconnect(raon.KickIdle), raon.ErrQueueFull)
		mustBe(t, "ForEach", server.ForEach(func(*raon.Session) {}), raon.ErrQueueFull)
		mustBe(t, "Broadcast", server.Broadcast(core.Buffers().Copy([]byte("x")), 0), raon.ErrQueueFull)
		close(release)
	})
}

// TestIdleCoreSleeps leaves a core with a session alone.
func TestIdleCoreSleeps(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 1})
		server := st.serve(core, raon.ServerOptions{}, echo)
		w := st.wire(server.addr())
		w.write([]byte("x"))
		w.expect([]byte("x"))
		waitUntil(w, time.Now().Add(200*time.Millisecond))
		if err := core.Close(); err != nil {
			t.Fatal(err)
		}
		if n := core.WorkerStats()[0].Turns; n > 60 {
			t.Errorf("%d turns for one echo and nothing", n)
		}
	})
}

// brittle is a driver whose ports break when told to.
type brittle struct {
	port.Driver
	broken *atomic.Bool
}

type brittlePort struct {
	port.Port
	broken *atomic.Bool
}

var errBroken = errors.New("broken on purpose")

func (b brittle) NewPort(opts port.PortOptions) (port.Port, error) {
	p, err := b.Driver.NewPort(opts)
	return brittlePort{p, b.broken}, err
}

func (b brittlePort) Poll(out []port.Event, wait time.Duration) (int, error) {
	n, err := b.Port.Poll(out, wait)
	if b.broken.CompareAndSwap(true, false) { // one port of all
		return n, errBroken
	}
	return n, err
}

// TestBrokenPortEndsTheCore with an error, instead of leaving it half alive.
func TestBrokenPortEndsTheCore(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		var broken atomic.Bool
		core, err := raon.NewCore(raon.CoreOptions{Workers: 2, CustomDriver: brittle{st.ground, &broken}, Logger: discard})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := core.RegisterServer(raon.ServerOptions{Listen: []raon.Addr{st.addr("127.0.0.1:0")}, NewHandler: newPeer}); err != nil {
			t.Fatal(err)
		}
		broken.Store(true)
		for core.PushJob(func() {}) == nil { // wakes the workers
		}
		done := make(chan struct{})
		go func() { defer close(done); mustBe(t, "Wait", core.Wait(), errBroken) }()
		await(t, "the core's end", done)
		mustBe(t, "Close", core.Close(), errBroken)
	})
}

// TestJobsThatPushJobsKeepNobodyWaiting has a job push itself for ever. The
// session's packets are still answered, and each run is in a turn of its own.
func TestJobsThatPushJobsKeepNobodyWaiting(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Manual: true})
		ran := 0
		var again func()
		again = func() {
			ran++
			_ = core.PushJob(again) // refused when the core ends
		}
		mustBe(t, "PushJob", core.PushJob(again), nil)
		for turn := 1; turn <= 100; turn++ {
			if _, err := core.HandleCompletions(0); err != nil {
				t.Fatal(err)
			}
			if ran > turn {
				t.Fatalf("%d runs in %d turns", ran, turn)
			}
		}
		if ran < 99 {
			t.Errorf("%d runs in 100 turns", ran)
		}
	})
}
