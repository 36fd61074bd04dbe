package raon_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/raon-engine/raon"
)

// offline starts pairs; both casts check their pools in the end.
func (st *stage) offline(core *raon.Core, opts raon.OfflineOptions, serve, peers func(p *peer)) (serving, others *cast) {
	st.t.Helper()
	serving, others = &cast{t: st.t}, &cast{t: st.t}
	opts.NewHandler, opts.NewPeerHandler = serving.newHandler(serve), others.newHandler(peers)
	a, b, err := core.RegisterOffline(opts)
	if err != nil {
		st.t.Fatal(err)
	}
	return serving.started(a), others.started(b)
}

// TestOfflinePairs echoes large streams in memory, on every driver's core.
func TestOfflinePairs(t *testing.T) {
	const pairs = 20
	text := pattern(0, 700_000)
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 3})
		serving, others := st.offline(core, raon.OfflineOptions{Pairs: pairs, PeerSession: raon.SessionOptions{QueueBytes: 4 << 20}}, echo, nil)
		for i := range pairs {
			p := others.peer(i)
			mustBe(t, "SendBytes", p.session().SendBytes(text, 3), nil)
		}
		for i := range pairs {
			if got := others.peer(i).awaitBytes(len(text)); !bytes.Equal(got, text) {
				t.Errorf("pair %d: %d bytes came back, want %d", i, len(got), len(text))
			}
		}
		for _, w := range serving.Snapshot().Workers {
			if w.Live == 0 {
				t.Errorf("worker %d has no pair", w.Worker)
			}
		}
		before := core.WorkerStats()[0].Turns
		waited := make(chan struct{})
		_, err := core.After(300*ms, &raon.Job{Run: func() { close(waited) }})
		mustBe(t, "After", err, nil)
		await(t, "time to pass", waited)
		if n := core.WorkerStats()[0].Turns - before; n > 1000 {
			t.Errorf("%d turns of a worker with nothing to do", n)
		}
		if serving.Type() != raon.ServiceOffline || !serving.Serves() || others.Serves() {
			t.Error("the services are of other types")
		}
	})
}

// TestOfflineEnds ends pairs as connections on a network end.
func TestOfflineEnds(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		serving, others := st.offline(core, raon.OfflineOptions{
			Pairs: 3, Session: raon.SessionOptions{QueueBytes: 100_000, CloseTimeout: 20 * ms},
		}, nil, func(p *peer) {
			p.recv = func(s *raon.Session, data []byte) int { s.Pause(); return 0 }
		})
		last := pattern(0, 50_000)
		serving.peer(0).do(func(s *raon.Session) {
			mustBe(t, "SendBytes", s.SendBytes(last, 0), nil)
			s.Disconnect(raon.KickDisconnect)
		})
		serving.peer(1).do(func(s *raon.Session) { s.Abort(raon.KickUnknown) })
		serving.peer(2).do(func(s *raon.Session) { // more than the peer takes, who has paused
			for range 100 {
				_ = s.SendBytes(last, 0) // the last ones find the session cut
			}
		})
		serving.peer(1).awaitEnd(raon.KickUnknown)
		serving.peer(2).awaitEnd(raon.KickSlowConsumer)
		serving.peer(0).awaitEnd(raon.KickDisconnect)
		eventually(t, "the ends that were reset", func() bool {
			return others.Snapshot().Kicks[raon.KickCompletionError] >= 1
		})
	})
}

// TestOfflineConnectsAgain uses the sessions of an ended pair for another.
func TestOfflineConnectsAgain(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		serving, others := st.offline(core, raon.OfflineOptions{Pairs: 1}, echo, nil)
		for range 5 {
			p := others.peer(0)
			mustBe(t, "SendBytes", p.session().SendBytes([]byte("again"), 0), nil)
			p.awaitBytes(5)
			p.change(func() { p.got, p.opened = nil, 0 })
			mustBe(t, "Disconnect", p.ref.Disconnect(raon.KickDisconnect), nil)
			eventually(t, "both ends' return", func() bool { return serving.Snapshot().Idle == 1 && others.Snapshot().Idle == 1 })
			_, err := others.Connect()
			mustBe(t, "Connect", err, nil)
		}
		others.peer(0).session()
	})
}

func TestOfflineDrains(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		serving, others := st.offline(core, raon.OfflineOptions{Pairs: 8}, echo, nil)
		for i := range 8 {
			others.peer(i).session()
		}
		serving.Drain(patience)
		for i := range 8 {
			others.peer(i).awaitEnd(raon.KickRecv0)
		}
		others.Drain(patience)
		eventually(t, "the end", func() bool { return serving.Snapshot().Idle == 8 && others.Snapshot().Idle == 8 })
	})
}

func TestOfflineOptionsReportEveryFault(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		_, _, err := st.core(raon.CoreOptions{}).RegisterOffline(raon.OfflineOptions{DrainTimeout: -1, Session: raon.SessionOptions{QueueBytes: -1}})
		for _, word := range []string{"Pairs 0", "NewPeerHandler", "DrainTimeout -1ns", "QueueBytes -1"} {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%v: does not say %q", err, word)
			}
		}
	})
}
