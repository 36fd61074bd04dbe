package raon_test

import (
	"sync"
	"testing"

	"github.com/raon-engine/raon"
)

// Defects that other engines and frameworks had; docs/regressions.md says whose.

// TestRecycledSessionForgetsItsLastConnection leaves a connection in every state
// that could outlive it. The next one on the same session has to work as if it
// were the first.
func TestRecycledSessionForgetsItsLastConnection(t *testing.T) {
	leave := map[string]func(s *raon.Session){
		"aborted":     func(s *raon.Session) { s.Abort(raon.KickUnknown) },
		"paused":      func(s *raon.Session) { s.Pause(); s.Abort(raon.KickUnknown) },
		"retained":    func(s *raon.Session) { s.Retain(); s.Disconnect(raon.KickUnknown) },
		"finished":    func(s *raon.Session) { s.CloseWrite(); s.Disconnect(raon.KickUnknown) },
		"panicked":    func(*raon.Session) { panic("on purpose") },
		"queue full":  func(s *raon.Session) { _ = s.SendBytes(make([]byte, 2<<20), 0) },
		"with a tail": func(s *raon.Session) { s.Disconnect(raon.KickUnknown) },
	}
	for name, fn := range leave {
		t.Run(name, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				core := st.core(raon.CoreOptions{Logger: discard})
				server := st.serve(core, raon.ServerOptions{MaxSessions: 1, Session: raon.SessionOptions{CloseTimeout: 50 * ms}}, nil)
				first := st.wire(server.addr())
				p := server.peer(0)
				ref := p.session()
				if name == "with a tail" {
					p.do(func(*raon.Session) { p.recv = func(*raon.Session, []byte) int { return 0 } })
					first.write([]byte("half a packet"))
				}
				mustBe(t, "PushJob", ref.PushJob(fn), nil)
				p.await(t, "the end", func() bool { return p.ended == 1 })
				first.close()
				p.change(func() { p.opened, p.ended, p.got, p.recv = 0, 0, nil, nil })
				second := st.wire(server.addr())
				second.write([]byte("hello"))
				p.awaitBytes(len("hello"))
				p.do(func(s *raon.Session) { // jobs, timers, offloading and sending all work
					mustBe(t, "Offload", s.Offload(func() {}, func(s *raon.Session) {
						mustBe(t, "SendBytes", s.SendBytes([]byte("answer"), 0), nil)
					}), nil)
				})
				second.expect([]byte("answer"))
				mustBe(t, "a ref of the first connection", ref.SendBytes([]byte("x"), 0), raon.ErrSessionClosed)
				p.change(func() {
					if p.ended != 0 {
						t.Errorf("the second connection ended with %v", p.reason)
					}
				})
			})
		})
	}
}

// TestCloseAllFromCallbacks resets the whole pool from inside callbacks, from
// OnDisconnect too, while others do the same.
func TestCloseAllFromCallbacks(t *testing.T) {
	const clients = 16
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		server := st.serve(core, raon.ServerOptions{}, func(p *peer) {
			p.recv = func(s *raon.Session, data []byte) int {
				s.Service().ResetPool(raon.KickDisconnect)
				return len(data)
			}
			p.disconnect = func(s *raon.Session) { s.Service().ResetPool(raon.KickDisconnect) }
		})
		others := st.dial(core, server.addr(), raon.ClientOptions{Count: clients}, nil)
		for i := range clients {
			_ = others.peer(i).session().SendBytes([]byte("x"), 0) // an earlier one may have ended it
		}
		for i := range clients {
			server.peer(i).awaitEnd(raon.KickDisconnect)
		}
		eventually(t, "an idle pool", func() bool { return server.Snapshot().Idle == 16 })
	})
}

// TestEndingTwice ends sessions in every pair of ways, from inside and outside at
// once: one OnDisconnect each, and the handle is closed once.
func TestEndingTwice(t *testing.T) {
	ends := []func(s *raon.Session){
		func(s *raon.Session) { s.Disconnect(raon.KickDisconnect) },
		func(s *raon.Session) { s.Abort(raon.KickDisconnect) },
		func(s *raon.Session) { s.CloseWrite() },
		func(s *raon.Session) { panic("on purpose") },
	}
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		server := st.serve(core, raon.ServerOptions{MaxSessions: 64, Session: raon.SessionOptions{CloseTimeout: 50 * ms}}, nil)
		clients := st.dial(core, server.addr(), raon.ClientOptions{Count: len(ends) * len(ends)}, nil)
		var group sync.WaitGroup
		for i := range len(ends) * len(ends) {
			ref := server.peer(i).session()
			group.Go(func() {
				_ = ref.PushJob(ends[i/len(ends)]) // an earlier end is an answer, too
				_ = ref.Disconnect(raon.KickDisconnect)
				_ = ref.PushJob(ends[i%len(ends)])
				_ = ref.Abort(raon.KickDisconnect)
			})
		}
		group.Wait()
		eventually(t, "all ends", func() bool { return server.Snapshot().Idle == 64 && clients.Snapshot().Live == 0 })
		for i := range len(ends) * len(ends) {
			p := server.peer(i)
			p.change(func() {
				if p.ended != 1 {
					t.Errorf("session %d: %d times OnDisconnect", i, p.ended)
				}
			})
		}
	})
}

// TestSendingToTheEndedKeepsNothing goes on sending to sessions that are gone, and
// to a group that they were in.
func TestSendingToTheEndedKeepsNothing(t *testing.T) {
	const sends = 2000
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		server := st.serve(core, raon.ServerOptions{}, nil)
		st.dial(core, server.addr(), raon.ClientOptions{Count: 4}, nil)
		group := core.NewGroup("room")
		var refs []raon.SessionRef
		for i := range 4 {
			refs = append(refs, server.peer(i).session())
			mustBe(t, "Join", refs[i].Join(group), nil)
		}
		eventually(t, "the members", func() bool { return group.Len() == 4 })
		server.ResetPool(raon.KickDisconnect)
		eventually(t, "the ends", func() bool { return server.Snapshot().Live == 0 })
		for range sends {
			for _, ref := range refs {
				mustBe(t, "SendBytes", ref.SendBytes(make([]byte, 1000), 0), raon.ErrSessionClosed)
			}
			mustBe(t, "Broadcast", group.Broadcast(core.Buffers().Copy(make([]byte, 1000)), 0, raon.BroadcastOptions{}), nil)
		}
		if n := group.Len(); n != 0 {
			t.Errorf("%d members are left", n)
		}
		checkShared(t, core)
	})
}

// TestThousandPanics lets a thousand handlers panic. Each one's session ends with
// KickPanic, and a session beside them is served throughout.
func TestThousandPanics(t *testing.T) {
	const rounds, at = 10, 100
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		bombs := st.serve(core, raon.ServerOptions{MaxSessions: at}, func(p *peer) {
			p.recv = func(*raon.Session, []byte) int { panic("on purpose") }
		})
		calm := st.serve(core, raon.ServerOptions{}, echo)
		w := st.wire(calm.addr())
		for round := range rounds {
			clients := st.dial(core, bombs.addr(), raon.ClientOptions{Count: at}, nil)
			for i := range at {
				mustBe(t, "SendBytes", clients.peer(i).session().SendBytes([]byte("x"), 0), nil)
			}
			eventually(t, "the kicks", func() bool {
				return bombs.Snapshot().Kicks[raon.KickPanic] == uint64(at*(round+1)) && bombs.Snapshot().Idle == at
			})
			w.write([]byte{byte(round)})
			w.read(round + 1)
		}
		if n := panicsOf(core); n != rounds*at {
			t.Errorf("%d panics were counted, want %d", n, rounds*at)
		}
	})
}
