package raon_test

import (
	"testing"

	"github.com/raon-engine/raon"
)

// finisher is a peer that is told of the other one's end.
type finisher struct {
	peer
	finished int
	atFinish func(f *finisher, s *raon.Session)
}

func (f *finisher) OnFinish(s *raon.Session) {
	if f.atFinish != nil {
		f.atFinish(f, s)
	}
	f.change(func() { f.finished++ })
}

// serveFinisher starts a server of one session with a finisher.
func (st *stage) serveFinisher(recv func(*raon.Session, []byte) int, atFinish func(f *finisher, s *raon.Session)) (*cast, *finisher) {
	f := &finisher{peer: peer{t: st.t, recv: recv}, atFinish: atFinish}
	server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{
		MaxSessions: 1, NewHandler: func() raon.Handler { return f },
	}, nil)
	return server, f
}

// TestFinishIsTold after everything that was sent before, and an answer made there
// still leaves.
func TestFinishIsTold(t *testing.T) {
	question := pattern(0, 300_000)
	forEachDriver(t, func(t *testing.T, st *stage) {
		server, f := st.serveFinisher(nil, func(f *finisher, s *raon.Session) {
			if len(f.got) != len(question) {
				t.Errorf("told of the end after %d of %d bytes", len(f.got), len(question))
			}
			mustBe(t, "SendBytes", s.SendBytes([]byte("answer"), 0), nil)
		})
		w := st.wire(server.addr())
		w.write(question)
		w.closeWrite()
		w.expect([]byte("answer"))
		mustBe(t, "the end", w.readAll(), nil)
		f.awaitEnd(raon.KickRecv0)
		if f.finished != 1 {
			t.Errorf("told %d times", f.finished)
		}
	})
}

// TestCloseWriteKeepsReceiving finishes after a large answer; the peer gets all of
// it and the end, and is still heard.
func TestCloseWriteKeepsReceiving(t *testing.T) {
	answer := pattern(0, 3<<20)
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{QueueBytes: 8 << 20}}, nil)
		w := st.wire(server.addr())
		p := server.peer(0)
		p.do(func(s *raon.Session) {
			mustBe(t, "SendBytes", s.SendBytes(answer, 0), nil)
			s.CloseWrite()
			mustBe(t, "SendBytes after CloseWrite", s.SendBytes([]byte("more"), 0), raon.ErrSessionClosed)
			s.CloseWrite()
		})
		w.expect(answer)
		mustBe(t, "the end of its half", w.readAll(), nil)
		w.write([]byte("still talking"))
		if got := p.awaitBytes(len("still talking")); string(got) != "still talking" {
			t.Errorf("got %q", got)
		}
		p.change(func() {
			if p.ended != 0 {
				t.Errorf("ended with %v", p.reason)
			}
		})
		w.closeWrite()
		p.awaitEnd(raon.KickRecv0)
	})
}

// TestCloseWriteThenDisconnect ends a session whose peer never finishes.
func TestCloseWriteThenDisconnect(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{CloseTimeout: 20 * ms}}, nil)
		w := st.wire(server.addr())
		p := server.peer(0)
		p.do(func(s *raon.Session) { s.CloseWrite() })
		mustBe(t, "the end of its half", w.readAll(), nil)
		p.do(func(s *raon.Session) { s.Disconnect(raon.KickDisconnect) })
		p.awaitEnd(raon.KickDisconnect)
	})
}

func TestStopAcceptingKeepsTheLiving(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, echo)
		w := st.wire(server.addr())
		server.peer(0).session() // no more in the backlog, where it would be reset
		server.StopAccepting()
		eventually(t, "a refusal", func() bool {
			late := st.startWire(server.addr())
			late.pump("connect", func() bool { return !late.sending })
			return late.sendErr != nil
		})
		w.write([]byte("hello"))
		w.expect([]byte("hello"))
	})
}

// TestNothingIsReceivedAfterFinish leaves half a packet, and pauses and resumes
// after the peer's end: what was left does not come again.
func TestNothingIsReceivedAfterFinish(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		calls, over := 0, false
		server, f := st.serveFinisher(func(*raon.Session, []byte) int {
			calls++
			if over {
				t.Error("OnRecv after OnFinish")
			}
			return 0
		}, func(_ *finisher, s *raon.Session) { over = true; s.Retain(); s.Pause() })
		w := st.wire(server.addr())
		w.write([]byte("half a packet"))
		w.closeWrite()
		f.await(t, "the end", func() bool { return f.finished > 0 })
		f.do(func(s *raon.Session) { s.Resume() })
		f.do(func(s *raon.Session) { s.Release() })
		f.awaitEnd(raon.KickRecv0)
		if calls == 0 {
			t.Error("OnRecv was never called")
		}
	})
}
