package raon_test

import (
	"slices"
	"testing"

	"github.com/raon-engine/raon"
)

// TestSnapshotCounts follows the numbers of a service through traffic that is
// known to the byte.
func TestSnapshotCounts(t *testing.T) {
	const members, packets, size = 4, 10, 1000
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{MaxSessions: 9}, echo)
		clients := st.dial(core, server.addr(), raon.ClientOptions{Count: members}, nil)
		for i := range members {
			for range packets {
				clients.peer(i).do(func(s *raon.Session) { mustBe(t, "SendBytes", s.SendBytes(pattern(0, size), 1), nil) })
			}
		}
		for i := range members {
			clients.peer(i).awaitBytes(packets * size)
		}
		eventually(t, "the last OnSend of both", func() bool {
			return server.Snapshot().BytesOut == members*packets*size && clients.Snapshot().PacketsOut == members*packets
		})
		s, c := server.Snapshot(), clients.Snapshot()
		if s.Live != members || s.Idle != 9-members || s.Max != 9 || s.Accepted != members || s.Disconnected != 0 {
			t.Errorf("server: %+v", s)
		}
		if c.Live != members || c.Idle != 0 || c.Max != members || c.Accepted != 0 || c.ConnectFailed != 0 {
			t.Errorf("client: %+v", c)
		}
		if s.BytesIn != members*packets*size || c.BytesIn != s.BytesOut || c.BytesOut != s.BytesIn || c.PacketsOut != members*packets {
			t.Errorf("%d bytes in and %d out; the clients %d and %d in %d packets", s.BytesIn, s.BytesOut, c.BytesIn, c.BytesOut, c.PacketsOut)
		}
		checkShares(t, s)
		for i := range members {
			clients.peer(i).do(func(s *raon.Session) { s.Disconnect(raon.KickFlood) })
			clients.peer(i).awaitEnd(raon.KickFlood)
		}
		eventually(t, "the ends", func() bool { return server.Snapshot().Idle == 9 && clients.Snapshot().Idle == members })
		s, c = server.Snapshot(), clients.Snapshot()
		if s.Live != 0 || s.Disconnected != members || s.Kicks[raon.KickRecv0] != members || c.Kicks[raon.KickFlood] != members {
			t.Errorf("after the ends: %d live, %d disconnected, %d for the peer's FIN; clients: %d for theirs",
				s.Live, s.Disconnected, s.Kicks[raon.KickRecv0], c.Kicks[raon.KickFlood])
		}
	})
}

// checkShares fails unless the parts of the workers add up.
func checkShares(t *testing.T, s raon.Snapshot) {
	t.Helper()
	var sum raon.WorkerShare
	for i, w := range s.Workers {
		if w.Worker != i {
			t.Errorf("part %d is worker %d's", i, w.Worker)
		}
		sum.Live += w.Live
		sum.BytesIn += w.BytesIn
		sum.BytesOut += w.BytesOut
		sum.PacketsOut += w.PacketsOut
	}
	if sum.Live != s.Live || sum.BytesIn != s.BytesIn || sum.BytesOut != s.BytesOut || sum.PacketsOut != s.PacketsOut {
		t.Errorf("the workers' parts are %+v in all, the service's %+v", sum, s)
	}
}

// TestSessionStatsCount looks at the counters of single connections, from their
// own worker and from elsewhere.
func TestSessionStatsCount(t *testing.T) {
	const size = 1000
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, echo)
		clients := st.dial(core, server.addr(), raon.ClientOptions{Count: 3}, nil)
		local := map[raon.Addr]bool{}
		for i := range 3 {
			p := clients.peer(i)
			p.do(func(s *raon.Session) {
				mustBe(t, "SendBytes", s.SendBytes(pattern(0, size), 1), nil)
				a, err := s.LocalAddr()
				mustBe(t, "LocalAddr", err, nil)
				local[a] = true
			})
			p.awaitBytes(size)
		}
		eventually(t, "the last OnSend", func() bool { return server.Snapshot().PacketsOut >= 3 })
		var all []raon.SessionStats
		eventually(t, "the end of the turn, when Queued is told", func() bool {
			all = server.SessionStats(all[:0])
			return !slices.ContainsFunc(all, func(s raon.SessionStats) bool { return s.Queued > 0 })
		})
		if len(all) != 3 {
			t.Fatalf("%d sessions, want 3", len(all))
		}
		for _, s := range all {
			if s.BytesIn != size || s.BytesOut != size || s.Recvs == 0 || s.PacketsOut != s.Recvs || s.Age < 0 {
				t.Errorf("a session's counters: %+v", s)
			}
			if !local[s.Peer] {
				t.Errorf("the peer %v is none of the clients", s.Peer)
			}
		}
		ref := server.peer(0).session()
		server.peer(0).do(func(s *raon.Session) {
			if own := s.Stats(); own.ID != ref.ID() || own.ID != s.ID() || own.Worker != s.Worker() || own.Peer != s.PeerAddr() {
				t.Errorf("its own counters: %+v of session %d on worker %d", own, ref.ID(), s.Worker())
			}
		})
		clients.ResetPool(raon.KickDisconnect)
		eventually(t, "the ends", func() bool { return server.Snapshot().Live == 0 && len(server.SessionStats(nil)) == 0 })
		_, err := ref.Stats()
		mustBe(t, "Stats after the end", err, raon.ErrSessionClosed)
	})
}

// TestEndsBeforeOnConnectAreCounted rejects one connection in OnAccept and has a
// layer refuse another.
func TestEndsBeforeOnConnectAreCounted(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		door := st.serve(core, raon.ServerOptions{NewHandler: func() raon.Handler { return &closedDoor{t: t} }}, nil)
		shy := st.serve(core, raon.ServerOptions{NewLayers: xorLayers(1)}, nil)
		_ = st.wire(door.addr()).readAll() // a reset, or a FIN before it
		w := st.wire(shy.addr())
		w.startWrite([]byte("HTTP")) // fails if the reset is quicker
		_ = w.readAll()
		for _, c := range []struct {
			service *cast
			reason  raon.KickReason
		}{{door, raon.KickRejected}, {shy, raon.KickLayerError}} {
			eventually(t, "the session's return", func() bool { return c.service.Snapshot().Idle == c.service.Snapshot().Max })
			if s := c.service.Snapshot(); s.Accepted != 1 || s.Disconnected != 1 || s.Kicks[c.reason] != 1 {
				t.Errorf("%d accepted, %d disconnected, %d for %v, want 1 each", s.Accepted, s.Disconnected, s.Kicks[c.reason], c.reason)
			}
		}
	})
}

// closedDoor accepts nobody.
type closedDoor struct{ t *testing.T }

func (d *closedDoor) OnAccept(raon.Addr) bool              { return false }
func (d *closedDoor) OnConnect(*raon.Session, error)       { d.t.Error("OnConnect after OnAccept said no") }
func (d *closedDoor) OnRecv(_ *raon.Session, b []byte) int { return len(b) }
func (d *closedDoor) OnDisconnect(*raon.Session, raon.KickReason, error) {
	d.t.Error("OnDisconnect after OnAccept said no")
}

// TestNamesAndTypes holds what labels a service and its sessions.
func TestNamesAndTypes(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Name: "gate", SessionType: raon.SessionGateway}, nil)
		clients := st.dial(core, server.addr(), raon.ClientOptions{}, nil)
		if server.Name() != "gate" || server.Type() != raon.ServiceServer || server.SessionType() != raon.SessionGateway || server.Core() != core {
			t.Errorf("the server is %q, %v, %d", server.Name(), server.Type(), server.SessionType())
		}
		if clients.Name() != "client" || clients.Type() != raon.ServiceClient || clients.SessionType() != raon.SessionUnknown {
			t.Errorf("the client is %q, %v, %d", clients.Name(), clients.Type(), clients.SessionType())
		}
		server.peer(0).do(func(s *raon.Session) {
			if s.SessionType() != raon.SessionGateway || s.Service() != server.Service || s.Handle() == raon.NoHandle {
				t.Errorf("a session of type %d with handle %d", s.SessionType(), s.Handle())
			}
			if local, err := s.LocalAddr(); err != nil || local != server.addr() {
				t.Errorf("its local address is %v, %v, want %v", local, err, server.addr())
			}
		})
		if n := len(core.WorkerStats()); n != core.Workers() || core.Driver().Name != st.ground.Name() {
			t.Errorf("%d workers' counters of %d, driver %q", n, core.Workers(), core.Driver().Name)
		}
	})
}

// TestWorkerStatsCount pushes jobs and looks for them.
func TestWorkerStatsCount(t *testing.T) {
	const jobs = 1000
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 1})
		for range jobs {
			mustBe(t, "PushJob", core.PushJob(func() {}), nil)
		}
		eventually(t, "a publication", func() bool {
			mustBe(t, "PushJob", core.PushJob(func() {}), nil)
			return core.WorkerStats()[0].Jobs >= jobs
		})
		if w := core.WorkerStats()[0]; w.Turns == 0 || w.Port.Polls == 0 || w.Panics != 0 || w.Live != 0 {
			t.Errorf("a worker's counters: %+v", w)
		}
	})
}
