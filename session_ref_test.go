package raon_test

import (
	"encoding/binary"
	"errors"
	"sync"
	"testing"

	"github.com/raon-engine/raon"
)

// TestRefSendsKeepEachGoroutinesOrder sends from several goroutines at once.
func TestRefSendsKeepEachGoroutinesOrder(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		const goroutines, packets = 4, 500
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, nil)
		w := st.wire(server.addr())
		ref := server.peer(0).session()
		var wg sync.WaitGroup
		for g := range goroutines {
			wg.Go(func() {
				for i := range packets {
					p := binary.LittleEndian.AppendUint32(nil, uint32(g)<<16|uint32(i))
					if err := ref.SendBytes(p, uint16(i)); err != nil {
						t.Errorf("send: %v", err)
					}
				}
			})
		}
		got := w.read(goroutines * packets * 4)
		wg.Wait()
		var next [goroutines]uint32
		for ; len(got) > 0; got = got[4:] {
			v := binary.LittleEndian.Uint32(got)
			g, i := v>>16, v&0xffff
			if i != next[g] {
				t.Fatalf("goroutine %d: packet %d, want %d", g, i, next[g])
			}
			next[g]++
		}
	})
}

func TestRefOfAnEndedConnection(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{MaxSessions: 1}, nil)
		first := st.wire(server.addr())
		old := server.peer(0).session()
		id := old.ID()
		if !old.Valid() || id == 0 {
			t.Fatal("the ref of a living connection is not valid")
		}
		first.reset()
		server.peer(0).awaitEnd(raon.KickCompletionError)

		second := st.wire(server.addr()) // the same pooled session again
		p := server.peer(0)
		p.await(t, "the second connection", func() bool { return p.opened == 2 })
		if old.Valid() || old.ID() != 0 {
			t.Error("the old ref names the new connection")
		}
		mustBe(t, "SendBytes", old.SendBytes([]byte("lost"), 0), raon.ErrSessionClosed)
		mustBe(t, "Send", old.Send(core.Buffers().Copy([]byte("lost")), 0), raon.ErrSessionClosed)
		mustBe(t, "Disconnect", old.Disconnect(raon.KickUnknown), raon.ErrSessionClosed)
		mustBe(t, "Abort", old.Abort(raon.KickUnknown), raon.ErrSessionClosed)
		mustBe(t, "PushJob", old.PushJob(func(*raon.Session) {}), raon.ErrSessionClosed)
		_, err := old.Stats()
		mustBe(t, "Stats", err, raon.ErrSessionClosed)

		if p.ref.ID() == id {
			t.Error("two connections with one id")
		}
		if err := p.ref.SendBytes([]byte("new"), 0); err != nil {
			t.Fatal(err)
		}
		second.expect([]byte("new"))
	})
}

// TestMessagesNeverReachAnotherConnection sends through refs while connections
// come and go on few pooled sessions: what arrives is always one's own.
func TestMessagesNeverReachAnotherConnection(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		const rounds = 60
		core := st.core(raon.CoreOptions{})
		stop := make(chan struct{})
		var senders sync.WaitGroup
		server := st.serve(core, raon.ServerOptions{MaxSessions: 2}, func(p *peer) {
			p.connect = func(s *raon.Session) {
				ref, id := s.Ref(), s.ID()
				senders.Go(func() { sendOwnID(ref, id, stop) })
			}
		})
		for range rounds {
			w := st.wire(server.addr())
			got := w.read(16)
			id := binary.LittleEndian.Uint64(got)
			for i := 0; i+8 <= len(got); i += 8 {
				if v := binary.LittleEndian.Uint64(got[i:]); v != id {
					t.Fatalf("connection %d got bytes of connection %d", id, v)
				}
			}
			w.reset()
		}
		close(stop)
		mustBe(t, "Close", core.Close(), nil) // no more connects: nobody joins the senders
		senders.Wait()
	})
}

// sendOwnID sends the connection's number until the connection ends.
func sendOwnID(ref raon.SessionRef, id uint64, stop <-chan struct{}) {
	packet := binary.LittleEndian.AppendUint64(nil, id)
	for {
		select {
		case <-stop:
			return
		default:
		}
		if errors.Is(ref.SendBytes(packet, 0), raon.ErrSessionClosed) {
			return
		}
	}
}

func TestJobsRunInTheOrderPushed(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		const jobs = 1000
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, nil)
		st.wire(server.addr())
		p := server.peer(0)
		var order []int
		ref := p.session()
		for i := range jobs {
			if err := ref.PushJob(func(*raon.Session) { order = append(order, i) }); err != nil {
				t.Fatal(err)
			}
		}
		p.do(func(*raon.Session) {
			for i, v := range order {
				if v != i {
					t.Errorf("job %d ran as number %d", v, i)
					return
				}
			}
			if len(order) != jobs {
				t.Errorf("%d jobs ran, want %d", len(order), jobs)
			}
		})
	})
}

func TestFullInboxRefuses(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Workers: 1, InboxSize: 16, SlowHandlerMs: -1})
		release, blocked := make(chan struct{}), make(chan struct{})
		if err := core.PushJob(func() { close(blocked); <-release }); err != nil {
			t.Fatal(err)
		}
		await(t, "the blocking job", blocked)
		ran, pushed := 0, 0
		var err error
		for err == nil && pushed < 100 {
			if err = core.PushJob(func() { ran++ }); err == nil {
				pushed++
			}
		}
		mustBe(t, "PushJob into a full inbox", err, raon.ErrQueueFull)
		close(release)
		done := make(chan struct{})
		eventually(t, "room in the inbox", func() bool { return core.PushJob(func() { close(done) }) == nil })
		await(t, "the last job", done)
		if ran != pushed {
			t.Errorf("%d of %d accepted jobs ran", ran, pushed)
		}
	})
}
