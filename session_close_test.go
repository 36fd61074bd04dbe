package raon_test

import (
	"errors"
	"testing"
	"time"

	"github.com/raon-engine/raon"
)

// TestDisconnectLosesNothing closes behind 16 MiB while the peer keeps sending:
// the peer gets every byte and a clean end.
func TestDisconnectLosesNothing(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		const size = 16 << 20
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{QueueBytes: 32 << 20}}, func(p *peer) {
			p.connect = func(s *raon.Session) {
				for at := 0; at < size; at += 1 << 20 {
					if err := s.SendBytes(pattern(at, 1<<20), 0); err != nil {
						t.Errorf("send: %v", err)
					}
				}
				s.Disconnect(raon.KickDisconnect)
			}
			p.recv = func(_ *raon.Session, data []byte) int {
				t.Error("OnRecv after Disconnect")
				return len(data)
			}
		})
		w := st.wire(server.addr())
		w.startRead()
		noise := pattern(1, 8<<10)
		w.pump("all bytes", func() bool {
			if !w.sending && w.recvErr == nil {
				w.startWrite(noise)
			}
			return len(w.got) >= size || w.recvErr != nil
		})
		if err := w.readAll(); err != nil {
			t.Fatalf("after %d bytes the end is not clean: %v", len(w.got), err)
		}
		checkPattern(t, w.got, size)
		w.close()
		server.peer(0).awaitEnd(raon.KickDisconnect)
	})
}

// TestHalfCloseStillGetsItsAnswers finishes the peer's stream while answers are
// due: they come, then a clean end.
func TestHalfCloseStillGetsItsAnswers(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		const size = 1 << 20
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, echo)
		w := st.wire(server.addr())
		w.startRead()
		w.write(pattern(0, size))
		w.closeWrite()
		if err := w.readAll(); err != nil {
			t.Fatalf("the end is not clean: %v", err)
		}
		checkPattern(t, w.got, size)
		server.peer(0).awaitEnd(raon.KickRecv0)
	})
}

func TestRetainKeepsAHalfClosedSession(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		asked := make(chan struct{})
		server := st.serve(core, raon.ServerOptions{}, func(p *peer) {
			p.recv = func(s *raon.Session, data []byte) int {
				s.Retain() // the answer takes a while
				close(asked)
				return len(data)
			}
		})
		w := st.wire(server.addr())
		w.write([]byte("?"))
		w.closeWrite()
		await(t, "the question", asked)
		server.peer(0).do(func(s *raon.Session) {
			if err := s.SendBytes([]byte("42"), 0); err != nil {
				t.Errorf("send: %v", err)
			}
			s.Release()
		})
		if err := w.readAll(); err != nil {
			t.Fatalf("the end is not clean: %v", err)
		}
		w.expect([]byte("42"))
		server.peer(0).awaitEnd(raon.KickRecv0)
	})
}

func TestHalfCloseTimeoutEndsWhatIsRetained(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{HalfCloseTimeout: 30 * time.Millisecond}}, func(p *peer) {
			p.connect = func(s *raon.Session) { s.Retain() }
		})
		w := st.wire(server.addr())
		w.closeWrite()
		mustBe(t, "the cause", server.peer(0).awaitEnd(raon.KickHalfCloseTimeout), raon.ErrTimeout)
		if err := w.readAll(); !errors.Is(err, raon.ErrReset) {
			t.Errorf("the peer saw %v, want a reset", err)
		}
	})
}

// TestCloseTimeoutEndsASilentPeer has a peer that never finishes its half.
func TestCloseTimeoutEndsASilentPeer(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{CloseTimeout: 30 * time.Millisecond}}, func(p *peer) {
			p.connect = func(s *raon.Session) {
				_ = s.SendBytes([]byte("bye"), 0) // checked below
				s.Disconnect(raon.KickIdle)
			}
		})
		w := st.wire(server.addr())
		w.expect([]byte("bye"))
		server.peer(0).awaitEnd(raon.KickIdle)
		if err := w.readAll(); err != nil {
			t.Errorf("the peer saw %v, want a clean end", err)
		}
	})
}

func TestAbortResetsThePeer(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, func(p *peer) {
			p.connect = func(s *raon.Session) { s.Abort(raon.KickFlood) }
		})
		w := st.wire(server.addr())
		if err := w.readAll(); !errors.Is(err, raon.ErrReset) {
			t.Errorf("the peer saw %v, want a reset", err)
		}
		server.peer(0).awaitEnd(raon.KickFlood)
	})
}

func TestPeersResetEndsTheSession(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, nil)
		w := st.wire(server.addr())
		server.peer(0).session()
		w.reset()
		mustBe(t, "the cause", server.peer(0).awaitEnd(raon.KickCompletionError), raon.ErrReset)
	})
}

func TestConnectRefused(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, nil)
		addr := server.addr()
		server.Drain(0) // nobody listens there any more
		await(t, "the listener's end", st.gone(addr))
		client := st.dial(core, addr, raon.ClientOptions{Count: 3}, nil)
		for i := range 3 {
			p := client.peer(i)
			p.await(t, "the refusal", func() bool { return p.failed != nil })
			mustBe(t, "OnConnect", p.failed, raon.ErrRefused)
		}
		eventually(t, "the count", func() bool { return client.Snapshot().ConnectFailed == 3 })
	})
}

// gone is closed once connects to addr are refused.
func (st *stage) gone(addr raon.Addr) <-chan struct{} {
	done := make(chan struct{})
	w := st.startWire(addr)
	w.pump("the probe", func() bool { return !w.sending })
	for w.sendErr == nil {
		w = st.startWire(addr)
		w.pump("the probe", func() bool { return !w.sending })
	}
	close(done)
	return done
}

func TestThousandClientsAtOnce(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		const n = 1000
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{MaxSessions: n}, echo)
		clients := st.dial(core, server.addr(), raon.ClientOptions{Count: n, ConnectTimeout: patience}, func(p *peer) {
			p.connect = func(s *raon.Session) { _ = s.SendBytes([]byte("here"), 0) } // checked by its echo
		})
		for i := range n {
			clients.peer(i).awaitBytes(4)
		}
		if live := server.Snapshot().Live; live != n {
			t.Errorf("%d sessions live, want %d", live, n)
		}
		shares := server.Snapshot().Workers
		if d := shares[0].Live - shares[1].Live; d < -n/10 || d > n/10 {
			t.Errorf("sessions dealt %d to %d", shares[0].Live, shares[1].Live)
		}
	})
}
