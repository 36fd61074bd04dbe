package raon_test

import (
	"slices"
	"testing"

	"github.com/raon-engine/raon"
)

// sender is a peer that notes what OnSend tells.
type sender struct {
	peer
	ids, sizes []int
	onSend     func(s *raon.Session)
}

func (p *sender) OnSend(s *raon.Session, n int, packetID uint16) {
	p.change(func() { p.ids, p.sizes = append(p.ids, int(packetID)), append(p.sizes, n) })
	if p.onSend != nil {
		p.onSend(s)
	}
}

// serveSender starts a server of one session.
func serveSender(st *stage, opts raon.ServerOptions, shape func(p *sender)) (*sender, *cast) {
	p := &sender{peer: peer{t: st.t}}
	if shape != nil {
		shape(p)
	}
	opts.MaxSessions, opts.NewHandler = 1, func() raon.Handler { return p }
	return p, st.serve(st.core(raon.CoreOptions{Workers: 1}), opts, nil)
}

// TestOnSendTellsEachPacket sends packets of many sizes by every way there is.
func TestOnSendTellsEachPacket(t *testing.T) {
	const packets = 300
	forEachDriver(t, func(t *testing.T, st *stage) {
		var wantIDs, wantSizes []int
		total := 0
		p, server := serveSender(st, raon.ServerOptions{Session: raon.SessionOptions{QueueBytes: 64 << 20}}, func(p *sender) {
			p.connect = func(s *raon.Session) {
				for i := range packets {
					n := 1 + i*i*7%5000
					if i%50 == 49 {
						n = 200_000
					}
					sendSomehow(t, s, i, pattern(total, n))
					total += n
					wantIDs, wantSizes = append(wantIDs, i), append(wantSizes, n)
				}
			}
		})
		w := st.wire(server.addr())
		p.session()
		checkPattern(t, w.read(total), total)
		p.await(t, "OnSend of all", func() bool { return len(p.ids) == packets })
		if !slices.Equal(p.ids, wantIDs) || !slices.Equal(p.sizes, wantSizes) {
			t.Errorf("OnSend told of packets %v with sizes %v", p.ids, p.sizes)
		}
	})
}

// sendSomehow sends data as packet i, each time in another way.
func sendSomehow(t *testing.T, s *raon.Session, i int, data []byte) {
	var err error
	switch i % 4 {
	case 0:
		err = s.SendBytes(data, uint16(i))
	case 1:
		w := s.Open(len(data) + 100)
		_, _ = w.Write(data) // it fits
		err = s.Send(w.Close(len(data)), uint16(i))
	case 2:
		w := s.Open(len(data))
		copy(w.Bytes(), data)
		err = s.SendDroppable(w.Close(len(data)), uint16(i))
	case 3:
		err = s.Send(s.Service().Core().Buffers().Copy(data), uint16(i))
	}
	if err != nil {
		t.Errorf("packet %d: %v", i, err)
	}
}

// TestFlushInOnSend sends and flushes while the end of a send is being told.
func TestFlushInOnSend(t *testing.T) {
	const packets = 50
	forEachDriver(t, func(t *testing.T, st *stage) {
		var want []byte
		send := func(s *raon.Session, i int) {
			b := pattern(i, 100+i)
			want = append(want, b...)
			if err := s.SendBytes(b, uint16(i)); err != nil {
				t.Errorf("packet %d: %v", i, err)
			}
		}
		next := 3
		p, server := serveSender(st, raon.ServerOptions{}, func(p *sender) {
			p.connect = func(s *raon.Session) { send(s, 0); send(s, 1); send(s, 2) }
			p.onSend = func(s *raon.Session) {
				if next < packets {
					send(s, next)
					next++
				}
				s.Flush()
			}
		})
		w := st.wire(server.addr())
		p.await(t, "OnSend of all", func() bool { return len(p.ids) == packets })
		w.expect(want)
	})
}

// TestFlushSendsAtOnce flushes and then keeps the worker busy until the peer has
// answered.
func TestFlushSendsAtOnce(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		_, server := serveSender(st, raon.ServerOptions{}, func(p *sender) {
			p.recv = func(s *raon.Session, data []byte) int {
				_ = s.SendBytes([]byte("one "), 1)
				s.Flush()
				_ = s.SendBytes([]byte("two "), 2)
				s.Flush() // a send is in flight: goes out behind it
				_ = s.SendBytes([]byte("three"), 3)
				return len(data)
			}
		})
		w := st.wire(server.addr())
		w.write([]byte("?"))
		w.expect([]byte("one two three"))
	})
}

// TestATurnsSendsLeaveTogether sends 1,000 packets in one callback.
func TestATurnsSendsLeaveTogether(t *testing.T) {
	const packets, size = 1000, 30
	forEachDriver(t, func(t *testing.T, st *stage) {
		p, server := serveSender(st, raon.ServerOptions{}, func(p *sender) {
			p.recv = func(s *raon.Session, data []byte) int {
				for i := range packets {
					if err := s.SendBytes(pattern(i*size, size), uint16(i)); err != nil {
						t.Errorf("packet %d: %v", i, err)
					}
				}
				return len(data)
			}
		})
		w := st.wire(server.addr())
		p.session()
		w.write([]byte("?"))
		checkPattern(t, w.read(packets*size), packets*size)
		p.await(t, "OnSend of all", func() bool { return len(p.ids) == packets })
		if err := server.Core().Close(); err != nil {
			t.Fatal(err)
		}
		stats := server.Core().WorkerStats()[0].Port
		if calls := stats.Syscalls + stats.Submits; calls > 100 {
			t.Errorf("%d system calls for a connection with one burst of %d packets (%+v)", calls, packets, stats)
		}
	})
}

// TestSmallAndLargePacketsMix sends the same buffers to two peers.
func TestSmallAndLargePacketsMix(t *testing.T) {
	const rounds = 20
	sizes := []int{1, 40, 100 << 10, 3000, 64 << 10, 64<<10 + 1, 4095, 4096}
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Session: raon.SessionOptions{QueueBytes: 32 << 20}}, nil)
		client := st.dial(core, server.addr(), raon.ClientOptions{Count: 2}, nil)
		server.peer(0).session()
		server.peer(1).session()
		total := 0
		for range rounds {
			for _, n := range sizes {
				if err := server.Broadcast(core.Buffers().Copy(pattern(total, n)), 0); err != nil {
					t.Fatal(err)
				}
				total += n
			}
		}
		for i := range 2 {
			checkPattern(t, client.peer(i).awaitBytes(total), total)
		}
	})
}
