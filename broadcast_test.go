package raon_test

import (
	"bytes"
	"encoding/binary"
	"sync"
	"testing"

	"github.com/raon-engine/raon"
)

// follower is a Handler that checks the broadcasts it hears: packets of size
// bytes, each sender's in order and without a gap. From the first one on, unless
// it joined late.
type follower struct {
	watch
	t      *testing.T
	size   int
	late   bool
	next   map[uint32]uint32 // by sender
	heard  int
	opened bool
	ended  bool
}

func (f *follower) OnConnect(*raon.Session, error) { f.change(func() { f.opened = true }) }

func (f *follower) OnRecv(_ *raon.Session, data []byte) int {
	used := 0
	for ; len(data)-used >= f.size; used += f.size {
		f.hear(data[used : used+f.size])
	}
	return used
}

func (f *follower) hear(p []byte) {
	f.change(func() {
		from, number := binary.LittleEndian.Uint32(p), binary.LittleEndian.Uint32(p[4:])
		if want, known := f.next[from]; number != want && (known || !f.late) {
			f.t.Errorf("heard packet %d of sender %d, want %d", number, from, want)
		}
		if !bytes.Equal(p[8:], pattern(8, f.size-8)) {
			f.t.Errorf("packet %d of sender %d has other bytes than sent", number, from)
		}
		f.next[from] = number + 1
		f.heard++
	})
}

func (f *follower) OnDisconnect(*raon.Session, raon.KickReason, error) {
	f.change(func() { f.ended = true })
}

// awaitHeard waits for n packets.
func (f *follower) awaitHeard(n int) {
	f.t.Helper()
	f.await(f.t, "broadcasts", func() bool { return f.heard >= n })
}

// news is a packet for followers.
func news(from, number, size int) []byte {
	p := pattern(0, size)
	binary.LittleEndian.PutUint32(p, uint32(from))
	binary.LittleEndian.PutUint32(p[4:], uint32(number))
	return p
}

// follow connects n followers and waits for them and for their n sessions of
// the server, which are not to have any others.
func (st *stage) follow(core *raon.Core, server *cast, n, size int, late bool) (*cast, []*follower) {
	st.t.Helper()
	var all []*follower
	before := server.Snapshot().Live
	clients := st.dial(core, server.addr(), raon.ClientOptions{
		Count: n, Session: raon.SessionOptions{RecvBufferBytes: 2 << 20},
		NewHandler: func() raon.Handler {
			f := &follower{t: st.t, size: size, late: late, next: map[uint32]uint32{}}
			all = append(all, f)
			return f
		},
	}, nil)
	eventually(st.t, "the followers' sessions", func() bool { return server.Snapshot().Live == before+n })
	for _, f := range all {
		f.await(st.t, "connect", func() bool { return f.opened })
	}
	return clients, all
}

// checkShared waits until no chunk is in use but those being cut from.
func checkShared(t *testing.T, core *raon.Core) {
	t.Helper()
	eventually(t, "the chunks' return", func() bool {
		for _, w := range core.WorkerStats() {
			if w.Buffers > 1 {
				return false
			}
		}
		return core.Buffers().InUse() <= 1
	})
}

// TestSessionBroadcast has every member broadcast to all, small packets and
// such as are not worth copying.
func TestSessionBroadcast(t *testing.T) {
	const members = 9
	for size, packets := range map[int]int{8: 100, 5000: 10} {
		forEachDriver(t, func(t *testing.T, st *stage) {
			core := st.core(raon.CoreOptions{Workers: 3})
			server := st.serve(core, raon.ServerOptions{}, nil)
			_, followers := st.follow(core, server, members, size, false)
			for from := range members {
				p := server.peer(from)
				send := func(s *raon.Session, number int) {
					w := s.Open(size)
					copy(w.Bytes(), news(from, number, size))
					mustBe(t, "Broadcast", s.Broadcast(w.Close(size), 7), nil)
				}
				for number := 0; number < packets; number += 2 {
					mustBe(t, "PushJob", p.session().PushJob(func(s *raon.Session) { send(s, number); send(s, number+1) }), nil)
				}
			}
			for _, f := range followers {
				f.awaitHeard(members * packets)
			}
			eventually(t, "the last OnSend", func() bool { return server.Snapshot().PacketsOut >= members*members*uint64(packets) })
			for _, w := range server.Snapshot().Workers {
				if w.Live == 0 || w.PacketsOut != uint64(w.Live*members*packets) {
					t.Errorf("worker %d: %d packets to %d members, want %d each", w.Worker, w.PacketsOut, w.Live, members*packets)
				}
			}
			checkShared(t, core)
		})
	}
}

// TestServiceBroadcast broadcasts from several goroutines that are no workers.
func TestServiceBroadcast(t *testing.T) {
	const members, senders, packets, size = 9, 4, 100, 64
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 3})
		server := st.serve(core, raon.ServerOptions{}, nil)
		_, followers := st.follow(core, server, members, size, false)
		var group sync.WaitGroup
		for from := range senders {
			group.Go(func() {
				for number := range packets {
					mustBe(t, "Broadcast", server.Broadcast(core.Buffers().Copy(news(from, number, size)), 7), nil)
				}
			})
		}
		group.Wait()
		for _, f := range followers {
			f.awaitHeard(senders * packets)
		}
		checkShared(t, core)
		for _, f := range followers {
			if f.heard != senders*packets {
				t.Errorf("heard %d packets, want %d", f.heard, senders*packets)
			}
		}
	})
}

// TestBroadcastWhileMembersComeAndGo keeps broadcasting: who stays hears
// everything, who joins hears everything from then on.
func TestBroadcastWhileMembersComeAndGo(t *testing.T) {
	const stay, guests, rounds, size = 4, 6, 5, 64
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 3})
		server := st.serve(core, raon.ServerOptions{MaxSessions: stay + guests}, nil)
		_, followers := st.follow(core, server, stay, size, false)
		quit, sent := make(chan struct{}), make(chan int)
		speaker := server.peer(0).session()
		go func() {
			number := 0
			done := make(chan struct{})
			for ; ; number++ {
				err := speaker.PushJob(func(s *raon.Session) {
					mustBe(t, "Broadcast", s.Broadcast(core.Buffers().Copy(news(1, number, size)), 7), nil)
					done <- struct{}{}
				})
				mustBe(t, "PushJob", err, nil)
				<-done
				select {
				case <-quit:
					sent <- number + 1
					return
				default:
				}
			}
		}()
		for range rounds {
			clients, late := st.follow(core, server, guests, size, true)
			for _, f := range late {
				f.awaitHeard(20)
			}
			clients.ResetPool(raon.KickDisconnect)
			eventually(t, "the guests' end", func() bool { return server.Snapshot().Live == stay })
		}
		close(quit)
		total := <-sent
		for _, f := range followers {
			f.awaitHeard(total)
		}
		checkShared(t, core)
	})
}
