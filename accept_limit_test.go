package raon_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/raon-engine/raon"
)

// TestClientsBeyondTheLimitWait has one client more than there are sessions: it
// is served as soon as another one leaves, and not before.
func TestClientsBeyondTheLimitWait(t *testing.T) {
	for _, workers := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				server := st.serve(st.core(raon.CoreOptions{Workers: workers}), raon.ServerOptions{MaxSessions: 2}, echo)
				first, second := st.wire(server.addr()), st.wire(server.addr())
				first.write([]byte("first"))
				first.expect([]byte("first"))
				third := st.wire(server.addr())
				third.write([]byte("third"))
				third.startRead()
				second.write([]byte("second"))
				second.expect([]byte("second"))
				third.turn(0)
				if s := server.Snapshot(); s.Live != 2 || s.Accepted != 2 || s.Refused != 0 || len(third.got) > 0 {
					t.Errorf("%d sessions of 2, %d accepted, %d refused; the third client got %q", s.Live, s.Accepted, s.Refused, third.got)
				}
				first.close()
				third.expect([]byte("third"))
			})
		})
	}
}

// TestCrowdAtTheLimit passes many clients through a few sessions: none is
// refused, and never are there more at once.
func TestCrowdAtTheLimit(t *testing.T) {
	const crowd, most = 200, 3
	for _, workers := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				core := st.core(raon.CoreOptions{Workers: workers})
				var mu sync.Mutex
				live := 0
				enter := func(n int) {
					mu.Lock()
					defer mu.Unlock()
					if live += n; live > most {
						t.Errorf("%d sessions at once, want at most %d", live, most)
					}
				}
				server := st.serve(core, raon.ServerOptions{MaxSessions: most}, func(p *peer) {
					echo(p)
					p.connect = func(*raon.Session) { enter(+1) }
					p.disconnect = func(*raon.Session) { enter(-1) }
				})
				clients := st.dial(core, server.addr(), raon.ClientOptions{Count: crowd}, func(p *peer) {
					p.connect = func(s *raon.Session) { mustBe(t, "SendBytes", s.SendBytes([]byte("x"), 0), nil) }
					p.recv = func(s *raon.Session, data []byte) int {
						p.keep(data)
						s.Disconnect(raon.KickDisconnect)
						return len(data)
					}
				})
				for i := range crowd {
					p := clients.peer(i)
					p.awaitEnd(raon.KickDisconnect)
					if string(p.got) != "x" {
						t.Errorf("client %d got %q", i, p.got)
					}
				}
				eventually(t, "the sessions' return", func() bool { return server.Snapshot().Idle == most })
				if s := server.Snapshot(); s.Accepted != crowd || s.Refused != 0 {
					t.Errorf("%d accepted, %d refused, want %d and none", s.Accepted, s.Refused, crowd)
				}
			})
		})
	}
}
