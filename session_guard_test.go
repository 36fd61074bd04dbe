package raon_test

import (
	"errors"
	"log/slog"
	"net"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/raon-engine/raon"
)

// faulty is a Handler and a Layer that fails in the callback named and does
// nothing in all others.
type faulty struct {
	in       string
	fail     func()
	accepted *atomic.Int32 // connections that came to OnConnect
}

func (f *faulty) call(name string) {
	if f.in == name {
		f.fail()
	}
}

func (f *faulty) OnAccept(raon.Addr) bool { f.call("OnAccept"); return true }
func (f *faulty) OnConnect(s *raon.Session, err error) {
	if err != nil {
		f.call("OnConnect with an error")
		return
	}
	f.accepted.Add(1)
	f.call("OnConnect")
	_ = s.SendBytes([]byte("hello"), 0) // for OnSend
}
func (f *faulty) OnRecv(_ *raon.Session, data []byte) int            { f.call("OnRecv"); return len(data) }
func (f *faulty) OnSend(*raon.Session, int, uint16)                  { f.call("OnSend") }
func (f *faulty) OnHighWater(*raon.Session)                          { f.call("OnHighWater") }
func (f *faulty) OnLowWater(*raon.Session)                           { f.call("OnLowWater") }
func (f *faulty) OnDisconnect(*raon.Session, raon.KickReason, error) { f.call("OnDisconnect") }
func (f *faulty) Reset()                                             { f.call("Reset") }
func (f *faulty) Handshake([]byte) (int, []byte, bool, error) {
	f.call("Handshake")
	return 0, nil, true, nil
}
func (f *faulty) Seal(dst, src []byte) ([]byte, error) {
	f.call("Seal")
	return append(dst, src...), nil
}
func (f *faulty) Finish(dst []byte) []byte { f.call("Finish"); return dst }
func (f *faulty) Open(dst, src []byte) (plain []byte, used int, _ error) {
	f.call("Open")
	return append(dst, src...), len(src), nil
}

var failures = map[string]func(){
	"a panic": func() { panic("the handler's own") },
	"Goexit":  runtime.Goexit,
}

// TestFailuresEverywhereStrandNothing has two sessions one after the other fail
// in each kind of callback: the core gives every session back and can be closed.
func TestFailuresEverywhereStrandNothing(t *testing.T) {
	for _, in := range []string{
		"OnAccept", "OnConnect", "OnRecv", "OnSend", "OnHighWater", "OnLowWater", "OnDisconnect", "Reset",
		"Handshake", "Seal", "Open", "Finish",
	} {
		forEachDriver(t, func(t *testing.T, st *stage) {
			for what, fail := range failures {
				failIn(st, in, what, fail)
			}
		})
	}
}

func failIn(st *stage, in, what string, fail func()) {
	var seen atomic.Int32
	f := func() *faulty { return &faulty{in: in, fail: fail, accepted: &seen} }
	core := st.core(raon.CoreOptions{Workers: 1, Logger: slog.New(slog.DiscardHandler)})
	server := st.serve(core, raon.ServerOptions{
		MaxSessions: 1, Session: raon.SessionOptions{HighWaterBytes: 2, LowWaterBytes: 1},
		NewHandler: func() raon.Handler { return f() },
		NewLayers:  func() []raon.Layer { return []raon.Layer{f()} },
	}, nil)
	for range 2 {
		w := st.startWire(server.addr())
		w.pump("connect", func() bool { return !w.sending })
		w.startWrite([]byte("hello")) // fails if the server was quicker
		w.pump("write", func() bool { return !w.sending })
		w.closeWrite()
		if err := w.readAll(); err != nil && !errors.Is(err, raon.ErrReset) {
			st.t.Errorf("%s in %s: the connection ended with %v", what, in, err)
		}
		w.close()
	}
	eventually(st.t, what+" in "+in+": session back in its pool", func() bool { return server.Snapshot().Idle == 1 })
	if n := core.WorkerStats()[0].Panics; n != 2 {
		st.t.Errorf("%s in %s: counted %d times for 2 sessions", what, in, n)
	}
	if in != "OnAccept" && in != "Handshake" && seen.Load() != 2 {
		st.t.Errorf("%s in %s: %d sessions connected, want 2", what, in, seen.Load())
	}
	if err := core.Close(); err != nil {
		st.t.Errorf("%s in %s: Close: %v", what, in, err)
	}
}

// TestFailuresInFailedConnectsStrandNobody has more connects fail than are begun
// at once, at once or while they wait, and each callback fails too.
func TestFailuresInFailedConnectsStrandNobody(t *testing.T) {
	const sessions = 200
	for what, fail := range failures {
		t.Run(what, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				var seen atomic.Int32
				core := st.core(raon.CoreOptions{Logger: slog.New(slog.DiscardHandler)})
				closed := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, nil)
				addr := closed.addr()
				if err := closed.Core().Close(); err != nil {
					t.Fatal(err)
				}
				st.awaitRefusal(addr)
				for _, at := range []raon.Addr{addr, {Path: "/nowhere/to/be/found"}} {
					client := st.dial(core, at, raon.ClientOptions{Count: sessions, NewHandler: func() raon.Handler {
						return &faulty{in: "OnConnect with an error", fail: fail, accepted: &seen}
					}}, nil)
					eventually(t, "all sessions back in their pool", func() bool { return client.Snapshot().Idle == sessions })
					if n := client.Snapshot().ConnectFailed; n != sessions {
						t.Errorf("%v: %d connects failed, want %d", at, n, sessions)
					}
				}
			})
		})
	}
}

// awaitRefusal waits until nobody listens at addr any more, which a kernel may be
// late with after the socket was closed.
func (st *stage) awaitRefusal(addr raon.Addr) {
	st.t.Helper()
	if st.world != nil {
		return
	}
	eventually(st.t, "a connect to be refused", func() bool {
		c, err := net.Dial("tcp", addr.IP.String())
		if err == nil {
			c.Close()
		}
		return err != nil
	})
}

// TestFailuresInAbandonedConnectsStrandNobody drains a client whose sessions
// have not begun to connect.
func TestFailuresInAbandonedConnectsStrandNobody(t *testing.T) {
	for what, fail := range failures {
		t.Run(what, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				var seen atomic.Int32
				core := st.core(raon.CoreOptions{Logger: slog.New(slog.DiscardHandler)})
				server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{MaxSessions: 300}, nil)
				client := st.dial(core, server.addr(), raon.ClientOptions{Count: 300, NewHandler: func() raon.Handler {
					return &faulty{in: "OnConnect with an error", fail: fail, accepted: &seen}
				}}, nil)
				client.Drain(patience)
				eventually(t, "all sessions back in their pool", func() bool { return client.Snapshot().Idle == 300 })
			})
		})
	}
}
