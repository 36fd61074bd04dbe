package raon_test

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/raontest"
)

// TestGroupBroadcast has members on three workers broadcast to their group, all
// but the speaker, and goroutines that are no workers broadcast to everybody.
func TestGroupBroadcast(t *testing.T) {
	const members, outsiders, packets, size = 9, 3, 60, 64
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 3})
		server := st.serve(core, raon.ServerOptions{}, nil)
		clients, followers := st.follow(core, server, members+outsiders, size, false)
		byPeer := followersOf(t, server, clients, followers)
		group := core.NewGroup("room")
		for i := range members {
			mustBe(t, "Join", server.peer(i).session().Join(group), nil)
		}
		eventually(t, "the members", func() bool { return group.Len() == members })
		var senders sync.WaitGroup
		for from := range members {
			senders.Go(func() {
				for number := range packets {
					server.peer(from).do(func(s *raon.Session) {
						p := core.Buffers().Copy(news(from, number, size))
						mustBe(t, "BroadcastTo", s.BroadcastTo(group, p, 7, raon.BroadcastOptions{Except: s.Ref()}), nil)
					})
				}
			})
		}
		senders.Go(func() {
			for number := range packets {
				p := core.Buffers().Copy(news(members, number, size))
				mustBe(t, "Broadcast", group.Broadcast(p, 7, raon.BroadcastOptions{}), nil)
			}
		})
		senders.Wait()
		for i := range members {
			byPeer[i].awaitHeard(members * packets) // all others' and the goroutine's
		}
		checkShared(t, core)
		for i := range members + outsiders {
			want := members * packets
			if i >= members {
				want = 0
			}
			if f := byPeer[i]; f.heard != want || i < members && f.next[uint32(i)] != 0 {
				t.Errorf("session %d heard %d packets, %d of its own; want %d and none", i, f.heard, f.next[uint32(i)], want)
			}
		}
	})
}

// followersOf finds for each of the server's peers the follower at the other
// end, by what the peer alone sends it.
func followersOf(t *testing.T, server, _ *cast, followers []*follower) []*follower {
	t.Helper()
	const probe = 1000 // sender numbers that no test uses
	found := make([]*follower, len(followers))
	for i := range followers {
		server.peer(i).do(func(s *raon.Session) {
			mustBe(t, "SendBytes", s.SendBytes(news(probe+i, 0, followers[0].size), 7), nil)
		})
	}
	for _, f := range followers {
		f.awaitHeard(1)
		f.change(func() {
			for from := range f.next {
				found[from-probe] = f
			}
			f.next, f.heard = map[uint32]uint32{}, 0
		})
	}
	return found
}

// TestGroupFollowsDisconnects ends half of the members in several ways.
func TestGroupFollowsDisconnects(t *testing.T) {
	const members = 8
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, nil)
		clients := st.dial(core, server.addr(), raon.ClientOptions{Count: members}, nil)
		group := core.NewGroup("room")
		for i := range members {
			mustBe(t, "Join", server.peer(i).session().Join(group), nil)
		}
		eventually(t, "the members", func() bool { return group.Len() == members })
		mustBe(t, "Disconnect", server.peer(0).session().Disconnect(raon.KickDisconnect), nil)
		mustBe(t, "Abort", server.peer(1).session().Abort(raon.KickDisconnect), nil)
		mustBe(t, "Leave", server.peer(2).session().Leave(group), nil)
		mustBe(t, "PushJob", server.peer(3).session().PushJob(func(*raon.Session) { panic("on purpose") }), nil)
		eventually(t, "the rest", func() bool { return group.Len() == members-4 })
		mustBe(t, "Broadcast", group.Broadcast(core.Buffers().Copy([]byte("news")), 7, raon.BroadcastOptions{}), nil)
		heard := func() (n int) {
			for i := range members {
				c := clients.peer(i)
				c.change(func() { n += len(c.got) })
			}
			return n
		}
		eventually(t, "the news", func() bool { return heard() == (members-4)*len("news") })
		group.Clear()
		eventually(t, "an empty group", func() bool { return group.Len() == 0 })
		mustBe(t, "Broadcast to nobody", group.Broadcast(core.Buffers().Copy([]byte("news")), 7, raon.BroadcastOptions{}), nil)
		checkShared(t, core)
	})
}

// TestManyGroups has one session in as many as it may be, and 10,000 groups.
func TestManyGroups(t *testing.T) {
	const groups, most = 10_000, 500
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{MaxGroups: most, Policy: raon.QueueTell}}, nil)
		client := st.dial(core, server.addr(), raon.ClientOptions{}, nil).peer(0)
		all := make([]*raon.Group, groups)
		for i := range all {
			all[i] = core.NewGroup(fmt.Sprint(i))
		}
		server.peer(0).do(func(s *raon.Session) {
			for i := range most {
				mustBe(t, "Join", all[i].Join(s), nil)
			}
			mustBe(t, "Join again", all[0].Join(s), nil)
			mustBe(t, "one Join more", all[most].Join(s), raon.ErrLimit)
			for i := 0; i < most; i += 2 { // moves the others' places
				if !all[i].Leave(s) || all[i].Has(s) {
					t.Fatalf("group %d: could not leave", i)
				}
			}
			for i, g := range all {
				if member := i < most && i%2 == 1; g.Has(s) != member || g.Len() != boolInt(member) {
					t.Fatalf("group %d: %d members, has it: %v", i, g.Len(), g.Has(s))
				}
				p := binary.LittleEndian.AppendUint16(nil, uint16(i))
				mustBe(t, "BroadcastTo", s.BroadcastTo(g, core.Buffers().Copy(p), 7, raon.BroadcastOptions{}), nil)
			}
		})
		got := client.awaitBytes(most / 2 * 2)
		for i := range most / 2 {
			if from := binary.LittleEndian.Uint16(got[2*i:]); int(from) != 2*i+1 {
				t.Fatalf("packet %d is of group %d", i, from)
			}
		}
		checkShared(t, core)
	})
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestLatestWins broadcasts the positions of many movers to a peer that does not
// read. Once it reads again it gets what was in flight, and then each mover's
// last position once, with the packets that are no state among them in order.
func TestLatestWins(t *testing.T) {
	const movers, rounds, size = 20, 500, 100
	lab := raontest.New(t, raontest.Options{SocketBufferBytes: 4 << 10})
	addr, err := raon.ParseAddr("10.0.0.1:7777")
	mustBe(t, "ParseAddr", err, nil)
	x := new(seat)
	_, err = lab.Core().RegisterServer(raon.ServerOptions{
		Listen: []raon.Addr{addr}, MaxSessions: 1, NewHandler: func() raon.Handler { return x },
	})
	mustBe(t, "RegisterServer", err, nil)
	p := lab.Dial(addr)
	lab.Run("the session", func() bool { return x.ref.Valid() })
	p.Stop()
	group := lab.Core().NewGroup("zone")
	mustBe(t, "Join", x.ref.Join(group), nil)
	number, most := 0, 0
	for round := range rounds {
		mustBe(t, "PushJob", x.ref.PushJob(func(s *raon.Session) {
			for mover := range movers {
				number++
				opts := raon.BroadcastOptions{Key: uint64(mover + 1)}
				mustBe(t, "BroadcastTo", s.BroadcastTo(group, lab.Core().Buffers().Copy(news(mover, number, size)), 7, opts), nil)
			}
			if round%50 == 0 {
				number++
				mustBe(t, "SendBytes", s.SendBytes(news(movers, number, size), 8), nil)
			}
			most = max(most, s.Queued())
		}), nil)
		lab.Pass(50 * ms)
	}
	if bound := 4*movers*size + rounds*size/10 + 16<<10; most > bound {
		t.Errorf("up to %d bytes queued, want at most %d", most, bound)
	}
	p.Read()
	lab.Run("all of it", func() bool { return len(p.Received()) > 0 && lastOf(p.Received(), size) == number })
	checkLatest(t, p.Received(), movers, rounds, size)
}

// lastOf is the highest number in a stream of news.
func lastOf(b []byte, size int) (last int) {
	for ; len(b) >= size; b = b[size:] {
		last = max(last, int(binary.LittleEndian.Uint32(b[4:])))
	}
	return last
}

// checkLatest reads the stream: numbers rise, nothing that is no state is missing,
// and no more than a few positions of each mover have come.
func checkLatest(t *testing.T, b []byte, movers, rounds, size int) {
	t.Helper()
	last, events := 0, 0
	count := map[int]int{}
	for ; len(b) >= size; b = b[size:] {
		from, number := int(binary.LittleEndian.Uint32(b)), int(binary.LittleEndian.Uint32(b[4:]))
		if number <= last {
			t.Fatalf("packet %d came after %d", number, last)
		}
		last = number
		count[from]++
		if from == movers {
			events++
		}
	}
	if events != rounds/50 {
		t.Errorf("%d of %d packets that are no state arrived", events, rounds/50)
	}
	for mover := range movers {
		if count[mover] == 0 || count[mover] > rounds/2 {
			t.Errorf("mover %d: %d of %d positions came, want some and not the old ones", mover, count[mover], rounds)
		}
	}
}

// TestSteadyBroadcastAllocatesNothing counts allocations of a room's turn.
func TestSteadyBroadcastAllocatesNothing(t *testing.T) {
	const members = 20
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Manual: true})
		server := st.serve(core, raon.ServerOptions{MaxSessions: members}, nil)
		var all []*pinger
		st.dial(core, server.addr(), raon.ClientOptions{Count: members, NewHandler: func() raon.Handler {
			all = append(all, new(pinger))
			return all[len(all)-1]
		}}, nil)
		turnUntil(t, core, func() bool { return server.Snapshot().Live == members })
		group := core.NewGroup("room")
		for i := range members {
			mustBe(t, "Join", server.peers[i].ref.Join(group), nil)
		}
		turnUntil(t, core, func() bool { return group.Len() == members })
		packet, sent := pattern(0, 64), 0
		// Broadcasts come from a client's callback: it is on the same worker.
		turn := func() {
			sent += 2 * len(packet)
			speaker := all[0].session
			for range 2 {
				w := speaker.Open(len(packet))
				copy(w.Bytes(), packet)
				if err := speaker.BroadcastTo(group, w.Close(len(packet)), 7, raon.BroadcastOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			for i := 0; i < len(all); i++ {
				for all[i].bytes < sent {
					if _, err := core.HandleCompletions(-1); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		for range 300 {
			turn()
		}
		if n := testing.AllocsPerRun(1000, turn); n != 0 {
			t.Errorf("%v allocations per turn of a room, want none", n)
		}
	})
}
