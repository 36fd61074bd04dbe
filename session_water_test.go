package raon_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/raon-engine/raon"
)

// TestWatermarks passes the high mark and comes back, twice.
func TestWatermarks(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		var queued []int
		limits := raon.SessionOptions{QueueBytes: 16 << 20, HighWaterBytes: 1 << 20, LowWaterBytes: 10}
		j, server := serveJournal(st, raon.ServerOptions{Session: limits}, func(s *raon.Session, call string) {
			switch call {
			case "recv fill":
				if err := s.SendBytes(make([]byte, 8<<20), 0); err != nil {
					t.Errorf("SendBytes: %v", err)
				}
			case "high", "low":
				queued = append(queued, s.Queued())
			}
		})
		w := st.wire(server.addr())
		for round := range 2 {
			w.write([]byte("fill"))
			w.read((round + 1) * 8 << 20)
			j.await(t, "low water", func() bool { return count(j.calls, "low") == round+1 })
		}
		if err := server.Core().Close(); err != nil { // nothing is called any more
			t.Fatal(err)
		}
		if count(j.calls, "high") != 2 || len(queued) != 4 {
			t.Fatalf("callbacks %q", j.calls)
		}
		for i, n := range queued {
			if high := i%2 == 0; high && n <= 1<<20 || !high && n > 10 {
				t.Errorf("%d bytes queued at mark %d", n, i)
			}
		}
	})
}

func count(calls []string, what string) (n int) {
	for _, c := range calls {
		if c == what {
			n++
		}
	}
	return n
}

// TestEchoGoesAtTheSlowReadersPace echoes to a peer that reads slowly and has
// much more on its way than may be queued: the server stops reading instead of
// cutting it.
func TestEchoGoesAtTheSlowReadersPace(t *testing.T) {
	const total = 8 << 20
	forEachDriver(t, func(t *testing.T, st *stage) {
		most, longest := 0, 0
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{Session: raon.SessionOptions{QueueBytes: 256 << 10}}, func(p *peer) {
			p.recv = func(s *raon.Session, data []byte) int {
				if err := s.SendBytes(data, 0); err != nil {
					t.Errorf("echo: %v", err)
				}
				most = max(most, s.Queued())
				longest = max(longest, len(data))
				return len(data)
			}
		})
		w := st.wire(server.addr())
		w.startWrite(pattern(0, total))
		for len(w.got) < total { // reads a little, then lets some time pass
			at := len(w.got)
			w.startRead()
			w.pump("a little", func() bool { return len(w.got)-at >= 64<<10 || len(w.got) == total })
			w.stop()
		}
		checkPattern(t, w.got, total)
		server.peer(0).do(func(*raon.Session) {}) // the worker has noted everything
		if most > 256<<10 || longest > 64<<10 {
			t.Errorf("%d bytes were queued, %d came at once", most, longest)
		}
	})
}

// TestNonReaderIsCutAtTheBound is sent to without being read from.
func TestNonReaderIsCutAtTheBound(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, nil)
		w := st.wire(server.addr())
		p := server.peer(0)
		most, ref := 0, p.session()
		for range 256 << 20 / (32 << 10) {
			err := ref.PushJob(func(s *raon.Session) {
				if s.SendBytes(make([]byte, 32<<10), 0) == nil {
					most = max(most, s.Queued())
				}
			})
			if errors.Is(err, raon.ErrSessionClosed) {
				break
			}
			w.turn(0)
		}
		p.awaitEnd(raon.KickSlowConsumer)
		if most > 1<<20 || most < 1<<19 {
			t.Errorf("cut with at most %d bytes queued, want about QueueBytes, 1 MiB", most)
		}
	})
}

// TestStalledPeerIsCut queues less than the bound for a peer that takes nothing.
func TestStalledPeerIsCut(t *testing.T) {
	for _, kind := range []raon.ServiceType{raon.ServiceServer, raon.ServiceClient} {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				limits := raon.SessionOptions{StallTimeout: 100 * time.Millisecond, QueueBytes: 64 << 20}
				fill := func(p *peer) {
					p.connect = func(s *raon.Session) {
						if err := s.SendBytes(make([]byte, 32<<20), 0); err != nil {
							t.Errorf("SendBytes: %v", err)
						}
					}
				}
				core := st.core(raon.CoreOptions{})
				var stalled *peer
				if kind == raon.ServiceServer {
					server := st.serve(core, raon.ServerOptions{Session: limits}, fill)
					st.wire(server.addr())
					stalled = server.peer(0)
				} else {
					server := st.serve(core, raon.ServerOptions{}, func(p *peer) {
						p.connect = func(s *raon.Session) { s.Pause() }
					})
					stalled = st.dial(core, server.addr(), raon.ClientOptions{Session: limits, ConnectTimeout: time.Hour}, fill).peer(0)
				}
				began := time.Now()
				mustBe(t, "OnDisconnect", stalled.awaitEnd(raon.KickSlowConsumer), raon.ErrTimeout)
				if took := time.Since(began); took < 50*time.Millisecond {
					t.Errorf("cut after %v, before StallTimeout", took)
				}
			})
		})
	}
}

// TestProgressIsNoStall takes longer than StallTimeout in all, a little at a
// time.
func TestProgressIsNoStall(t *testing.T) {
	const total = 16 << 20
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{
			Session: raon.SessionOptions{
				StallTimeout: time.Second, QueueBytes: 2 * total,
				// The kernel takes more only when a third of its buffer is free again:
				// a small one keeps the steps far shorter than the timeout.
				Socket: raon.SocketOptions{SendBufferBytes: 64 << 10},
			},
		}, func(p *peer) {
			p.connect = func(s *raon.Session) {
				if err := s.SendBytes(pattern(0, total), 0); err != nil {
					t.Errorf("SendBytes: %v", err)
				}
				s.Disconnect(raon.KickDisconnect)
			}
		})
		w := st.wire(server.addr())
		for began := time.Now(); time.Since(began) < 1500*time.Millisecond; {
			at := len(w.got)
			w.startRead()
			w.pump("a little", func() bool { return len(w.got)-at >= 64<<10 || w.recvErr != nil })
			w.stop()
			waitUntil(w, time.Now().Add(10*time.Millisecond))
		}
		if err := w.readAll(); err != nil {
			t.Errorf("ended with %v", err)
		}
		checkPattern(t, w.got, total)
	})
}

// waitUntil lets real time pass, which is what the deadlines are about.
func waitUntil(w *wire, at time.Time) {
	w.pump("time", func() bool { return !time.Now().Before(at) })
}
