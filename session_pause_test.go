package raon_test

import (
	"testing"
	"time"

	"github.com/raon-engine/raon"
)

// pausing pauses at the first byte and fails on a callback while paused.
func pausing(p *peer) {
	paused := false
	p.recv = func(s *raon.Session, data []byte) int {
		if paused {
			p.t.Error("OnRecv while paused")
		}
		if p.got == nil {
			paused = true
			s.Pause()
			p.connect = func(s *raon.Session) { paused = false; s.Resume() } // for the test
		}
		p.keep(data)
		return len(data)
	}
}

// TestPauseStopsOnRecv pauses in the first OnRecv, with more on its way, and
// gets all of it at Resume.
func TestPauseStopsOnRecv(t *testing.T) {
	const total = 300_000
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, pausing)
		w := st.wire(server.addr())
		data := pattern(0, total)
		w.startWrite(data)
		p := server.peer(0)
		p.awaitBytes(1)
		for range 20 { // turns in which it stays paused
			p.do(func(*raon.Session) {})
		}
		p.do(func(s *raon.Session) { p.connect(s) })
		w.pump("write", func() bool { return !w.sending })
		checkPattern(t, p.awaitBytes(total), total)
	})
}

// TestPausedPeerIsHeldBack writes without end to a paused session: the kernel's
// buffers fill, and the writer stands still.
func TestPausedPeerIsHeldBack(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, pausing)
		w := st.wire(server.addr())
		w.startWrite(make([]byte, 64<<20))
		p := server.peer(0)
		p.awaitBytes(1)
		still := 0
		for last := -1; still < 20; {
			w.turn(0)
			p.do(func(s *raon.Session) {
				if n := int(s.Stats().BytesIn); n != last {
					last, still = n, 0
				}
			})
			still++
		}
		if stats, err := p.session().Stats(); err != nil || stats.BytesIn > 1<<20 {
			t.Errorf("a paused session took %d bytes, %v", stats.BytesIn, err)
		}
		if w.turn(0); !w.sending {
			t.Error("64 MiB went to a session that does not read")
		}
		p.do(func(s *raon.Session) { s.Abort(raon.KickDisconnect) })
		p.awaitEnd(raon.KickDisconnect)
	})
}

// TestPeersEndWaitsForResume: the FIN is behind the bytes that are held back.
func TestPeersEndWaitsForResume(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{Session: raon.SessionOptions{HalfCloseTimeout: 20 * time.Millisecond}}, pausing)
		w := st.wire(server.addr())
		w.write([]byte("first"))
		p := server.peer(0)
		p.awaitBytes(5)
		w.write([]byte(" second"))
		w.closeWrite()
		for range 20 {
			p.do(func(*raon.Session) {})
		}
		p.change(func() {
			if p.ended > 0 || string(p.got) != "first" {
				t.Errorf("while paused: %q, ended %d times", p.got, p.ended)
			}
		})
		p.do(func(s *raon.Session) { p.connect(s) })
		p.awaitEnd(raon.KickRecv0)
		if string(p.got) != "first second" {
			t.Errorf("got %q", p.got)
		}
	})
}

// TestPauseBeforeAnythingCame pauses in OnConnect.
func TestPauseBeforeAnythingCame(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, func(p *peer) {
			p.connect = func(s *raon.Session) { s.Pause(); s.Pause() }
		})
		w := st.wire(server.addr())
		w.write([]byte("early"))
		p := server.peer(0)
		for range 20 {
			p.do(func(*raon.Session) {})
		}
		p.change(func() {
			if len(p.got) > 0 {
				t.Errorf("got %q while paused", p.got)
			}
		})
		p.do(func(s *raon.Session) { s.Resume(); s.Resume() })
		if got := p.awaitBytes(5); string(got) != "early" {
			t.Errorf("got %q", got)
		}
	})
}
