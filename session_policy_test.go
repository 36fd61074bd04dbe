package raon_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/raon-engine/raon"
)

// stuff sends numbered packets of 1,000 bytes to a peer that does not read,
// until send tells to stop or there were n of them. It returns how many.
func stuff(s *raon.Session, n int, send func(s *raon.Session, data []byte, i int) bool) int {
	data := make([]byte, 1000)
	for i := range n {
		binary.LittleEndian.PutUint32(data, uint32(i))
		if !send(s, data, i) {
			return i
		}
		s.Flush() // some are the kernel's, the rest queues
	}
	return n
}

// received lists the numbers of the packets in b.
func received(t *testing.T, b []byte) (numbers []int) {
	t.Helper()
	if len(b)%1000 != 0 {
		t.Fatalf("%d bytes are no whole packets", len(b))
	}
	for at := 0; at < len(b); at += 1000 {
		numbers = append(numbers, int(binary.LittleEndian.Uint32(b[at:])))
		if !bytes.Equal(b[at+4:at+1000], make([]byte, 996)) {
			t.Fatalf("packet %d: other bytes than sent", numbers[len(numbers)-1])
		}
	}
	return numbers
}

// policyServer has a queue of 100 KiB and one session, whose peer does not read.
func policyServer(st *stage, policy raon.QueuePolicy) (*cast, *wire) {
	server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{
		Session: raon.SessionOptions{QueueBytes: 100 << 10, Policy: policy, Socket: raon.SocketOptions{SendBufferBytes: 16 << 10}},
	}, nil)
	return server, st.wire(server.addr())
}

const manyPackets = 20_000 // more than all kernel buffers and the queue hold

func TestQueueDisconnect(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		server, w := policyServer(st, raon.QueueDisconnect)
		p := server.peer(0)
		p.do(func(s *raon.Session) {
			n := stuff(s, manyPackets, func(s *raon.Session, data []byte, i int) bool {
				err := s.SendBytes(data, 0)
				if err != nil {
					mustBe(t, "the send that did not fit", err, raon.ErrSessionClosed)
				}
				return err == nil
			})
			if n < 100 || n == manyPackets {
				t.Errorf("disconnected after %d packets", n)
			}
		})
		p.awaitEnd(raon.KickSlowConsumer)
		if err := w.readAll(); !errors.Is(err, raon.ErrReset) {
			t.Errorf("the slow peer's connection ended with %v, want a reset", err)
		}
		if n := server.Snapshot().Kicks[raon.KickSlowConsumer]; n != 1 {
			t.Errorf("%d kicks for a slow consumer in the snapshot, want 1", n)
		}
	})
}

func TestQueueDropNewest(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		server, w := policyServer(st, raon.QueueDropNewest)
		p := server.peer(0)
		p.do(func(s *raon.Session) {
			stuff(s, manyPackets, func(s *raon.Session, data []byte, i int) bool {
				if err := s.SendBytes(data, 0); err != nil {
					t.Errorf("packet %d: %v", i, err)
				}
				return s.Queued() <= 100<<10
			})
			if s.Queued() > 100<<10 {
				t.Errorf("%d bytes queued, beyond QueueBytes", s.Queued())
			}
			s.Disconnect(raon.KickDisconnect)
		})
		if err := w.readAll(); err != nil {
			t.Fatalf("ended with %v", err)
		}
		got := received(t, w.got)
		for i, number := range got {
			if number != i {
				t.Fatalf("packet %d in place %d: an old one was dropped", number, i)
			}
		}
		if dropped := server.Snapshot().Dropped; int(dropped) != manyPackets-len(got) || dropped == 0 {
			t.Errorf("%d packets dropped by count, %d received of %d", dropped, len(got), manyPackets)
		}
		w.close()
		p.awaitEnd(raon.KickDisconnect)
	})
}

// TestQueueDropOldest sends droppable packets and, every 200, one that is not.
func TestQueueDropOldest(t *testing.T) {
	const packets = 10_000
	forEachDriver(t, func(t *testing.T, st *stage) {
		server, w := policyServer(st, raon.QueueDropOldest)
		p := server.peer(0)
		p.do(func(s *raon.Session) {
			stuff(s, packets, func(s *raon.Session, data []byte, i int) bool {
				send := s.SendDroppable
				if i%200 == 0 {
					send = s.Send
				}
				b := s.Open(len(data))
				copy(b.Bytes(), data)
				if err := send(b.Close(len(data)), 0); err != nil {
					t.Fatalf("packet %d: %v", i, err)
				}
				return true
			})
			s.Disconnect(raon.KickDisconnect)
		})
		if err := w.readAll(); err != nil {
			t.Fatalf("ended with %v", err)
		}
		got := received(t, w.got)
		seen := map[int]bool{}
		for i, number := range got {
			if seen[number] = true; i > 0 && number <= got[i-1] {
				t.Fatalf("packet %d behind %d", number, got[i-1])
			}
		}
		for i := 0; i < packets; i += 200 {
			if !seen[i] {
				t.Errorf("packet %d was lost and is not droppable", i)
			}
		}
		if !seen[packets-1] {
			t.Error("the newest packet was dropped")
		}
		if dropped := server.Snapshot().Dropped; int(dropped) != packets-len(got) || dropped == 0 {
			t.Errorf("%d packets dropped by count, %d received of %d", dropped, len(got), packets)
		}
	})
}

// TestQueueDropOldestDisconnects when what may be dropped is not enough.
func TestQueueDropOldestDisconnects(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		server, _ := policyServer(st, raon.QueueDropOldest)
		p := server.peer(0)
		p.do(func(s *raon.Session) {
			n := stuff(s, manyPackets, func(s *raon.Session, data []byte, i int) bool {
				return s.SendBytes(data, 0) == nil // not droppable
			})
			if n == manyPackets {
				t.Error("the queue has no bound")
			}
		})
		p.awaitEnd(raon.KickSlowConsumer)
	})
}

func TestQueueTell(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		server, w := policyServer(st, raon.QueueTell)
		p := server.peer(0)
		accepted := 0
		p.do(func(s *raon.Session) {
			accepted = stuff(s, manyPackets, func(s *raon.Session, data []byte, i int) bool {
				err := s.SendBytes(data, 0)
				if err != nil {
					mustBe(t, "the send that did not fit", err, raon.ErrQueueFull)
				}
				return err == nil
			})
			mustBe(t, "another one", s.SendBytes(make([]byte, 1000), 0), raon.ErrQueueFull)
			mustBe(t, "a buffer", s.Send(s.Service().Core().Buffers().Copy(make([]byte, 1000)), 0), raon.ErrQueueFull)
		})
		if got := received(t, w.read(accepted*1000)); len(got) != accepted {
			t.Errorf("%d packets received, %d accepted", len(got), accepted)
		}
		eventually(t, "room again", func() bool { return p.ref.SendBytes([]byte("x"), 0) == nil })
		w.read(accepted*1000 + 1)
	})
}

// TestForeignSendsAreBounded sends from a goroutine that is no worker.
func TestForeignSendsAreBounded(t *testing.T) {
	for policy, want := range map[raon.QueuePolicy]error{raon.QueueTell: raon.ErrQueueFull, raon.QueueDisconnect: raon.ErrSessionClosed} {
		forEachDriver(t, func(t *testing.T, st *stage) {
			server, _ := policyServer(st, policy)
			ref := server.peer(0).session()
			var err error
			for i := 0; i < manyPackets && err == nil; i++ {
				err = ref.SendBytes(make([]byte, 1000), 0)
			}
			if !errors.Is(err, want) {
				t.Errorf("policy %d: %v, want %v", policy, err, want)
			}
			if policy == raon.QueueDisconnect {
				server.peer(0).awaitEnd(raon.KickSlowConsumer)
			}
		})
	}
}
