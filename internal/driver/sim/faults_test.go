package sim

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// exchange sends data from one end of a connection to the other and returns
// what arrived, in how many events, and how much the Send had done after each
// Poll.
func exchange(r *rig, data []byte) (got []byte, events int, progress []int) {
	client, server := r.pair()
	send := &port.Op{Type: port.OpSend, Target: client, Bufs: [][]byte{data}}
	recv := &port.Op{Type: port.OpRecv, Target: server}
	r.p.Submit(recv)
	r.p.Submit(send)
	for sent := false; !sent || len(got) < len(data); {
		for _, ev := range r.poll(0) {
			r.ok(ev.Err)
			if ev.Op == send {
				sent = true
				continue
			}
			events++
			got = append(got, ev.Buf.Data...)
			r.p.Release(ev.Buf)
		}
		progress = append(progress, send.Done)
		r.w.Step()
	}
	return got, events, progress
}

// Faults of the kernel lose nothing, and each leaves its mark.
func TestKernelFaults(t *testing.T) {
	data := fill(3000)
	for _, c := range []struct {
		name   string
		faults Faults
		mark   func(s port.Stats, events int, progress []int) bool
	}{
		{"none", Faults{}, func(s port.Stats, events int, progress []int) bool {
			return events == 1 && len(progress) == 1 && s.Starved == 0 && s.Rearms == 0
		}},
		{"short send", Faults{ShortSend: 1}, func(_ port.Stats, _ int, progress []int) bool { return len(progress) > 2 }},
		{"short recv", Faults{ShortRecv: 1}, func(_ port.Stats, events int, _ []int) bool { return events > 2 }},
		{"no buffers", Faults{NoBuffers: 1}, func(s port.Stats, _ int, _ []int) bool { return s.Starved > 0 }},
		{"lost more", Faults{LostMore: 1, ShortRecv: 1}, func(s port.Stats, _ int, _ []int) bool { return s.Rearms > 2 }},
		{"late", Faults{Late: 1}, func(_ port.Stats, _ int, progress []int) bool { return progress[0] == 0 }},
		{"shuffled", Faults{ShuffleEvents: 1}, func(port.Stats, int, []int) bool { return true }},
		{"delayed", Faults{Delay: 1}, func(_ port.Stats, _ int, progress []int) bool { return len(progress) > 1 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, Options{Virtual: true, Seed: 5, Faults: c.faults})
			got, events, progress := exchange(r, data)
			if !bytes.Equal(got, data) {
				t.Errorf("%d of %d bytes arrived, or others", len(got), len(data))
			}
			if !c.mark(r.p.Stats(), events, progress) {
				t.Errorf("no trace of it: %d events, progress %v, %+v", events, progress, r.p.Stats())
			}
		})
	}
}

func TestConnectFaults(t *testing.T) {
	for want, f := range map[error]Faults{
		port.ErrRefused:     {ConnectRefused: 1},
		port.ErrTimeout:     {ConnectTimeout: 1},
		port.ErrUnreachable: {Unreachable: 1},
	} {
		r := newRig(t, Options{Virtual: true, Faults: f})
		r.listen("127.0.0.1:7", port.ListenOptions{})
		client, _ := r.socket("127.0.0.1:7")
		if ev := r.do(r.connect(client, "127.0.0.1:7")); !errors.Is(ev.Err, want) {
			t.Errorf("got %v, want %v", ev.Err, want)
		}
	}
}

func TestResetFault(t *testing.T) {
	r := newRig(t, Options{Virtual: true, Faults: Faults{Reset: 1}})
	client, server := r.pair()
	if ev := r.do(r.send(client, 1)); !errors.Is(ev.Err, port.ErrReset) {
		t.Errorf("Send ended with %v", ev.Err)
	}
	if _, err := r.drain(server); !errors.Is(err, port.ErrReset) {
		t.Errorf("Recv of the other end ended with %v", err)
	}
}

func TestSpuriousWake(t *testing.T) {
	r := newRig(t, Options{Virtual: true, Faults: Faults{SpuriousWake: 1}})
	if r.poll(time.Hour); r.p.Now() != 0 {
		t.Errorf("the Poll waited until %v", r.p.Now())
	}
}

// Segments of different connections overtake each other, those of one do not.
func TestDelayReordersConnections(t *testing.T) {
	r := newRig(t, Options{Virtual: true, Seed: 1, Faults: Faults{Delay: 1}})
	type end struct{ number, recv int }
	ends := map[*port.Op]*end{}
	var order []int
	var clients, servers [8]port.Ref
	for i := range clients {
		clients[i], servers[i] = r.pair()
	}
	for i, server := range servers {
		recv := &port.Op{Type: port.OpRecv, Target: server}
		ends[recv] = &end{number: i}
		r.p.Submit(recv)
	}
	for j := range 3 {
		for _, client := range clients {
			r.p.Submit(&port.Op{Type: port.OpSend, Target: client, Bufs: [][]byte{{byte(j)}}})
		}
		if evs := r.poll(0); len(evs) != len(clients) {
			t.Fatalf("%d events of %d sends", len(evs), len(clients))
		}
	}
	for r.w.Step() {
		for _, ev := range r.poll(0) {
			e := ends[ev.Op]
			for _, b := range ev.Buf.Data {
				if int(b) != e.recv {
					t.Fatalf("connection %d: byte %d where %d was next", e.number, b, e.recv)
				}
				e.recv++
			}
			order = append(order, e.number)
			r.p.Release(ev.Buf)
		}
	}
	sorted := true
	for i := 1; i < len(order); i++ {
		sorted = sorted && order[i-1] <= order[i]
	}
	if sorted || len(order) < 8 {
		t.Errorf("arrived in the order %v", order)
	}
}

func TestShuffleEvents(t *testing.T) {
	orders := map[string]bool{}
	for seed := range uint64(20) {
		r := newRig(t, Options{Virtual: true, Seed: seed, Faults: Faults{ShuffleEvents: 1}})
		ops := map[*port.Op]int{}
		for i := range 3 {
			h, signal, err := r.w.NewSignal()
			r.ok(err)
			op := &port.Op{Type: port.OpPreRecv, Target: r.attach(h, port.KindOther, "signal")}
			ops[op] = i
			r.p.Submit(op)
			signal.Set()
		}
		order := ""
		for _, ev := range r.poll(0) {
			order += fmt.Sprint(ops[ev.Op])
		}
		orders[order] = true
	}
	if len(orders) != 6 {
		t.Errorf("%d of the 6 orders came in 20 seeds: %v", len(orders), orders)
	}
}

func TestAcceptOutOfHandles(t *testing.T) {
	r := newRig(t, Options{Virtual: true, HandleLimit: 3})
	ln, _ := r.listen("127.0.0.1:7", port.ListenOptions{})
	first, _ := r.socket("127.0.0.1:7")
	second, _ := r.socket("127.0.0.1:7")
	if _, err := r.drv.Socket(addr(t, "127.0.0.1:7")); !errors.Is(err, port.ErrTooManyFiles) {
		t.Errorf("one socket too many: %v", err)
	}
	r.do(r.connect(first, "127.0.0.1:7"))
	r.do(r.connect(second, "127.0.0.1:7"))
	accept := &port.Op{Type: port.OpAccept, Target: ln}
	r.p.Submit(accept)
	if ev := r.one(0); !errors.Is(ev.Err, port.ErrTooManyFiles) || !ev.More {
		t.Fatalf("out of handles: %+v", ev)
	}
	if evs := r.poll(port.AcceptRetry - 1); len(evs) != 0 {
		t.Error("told again within AcceptRetry")
	}
	if ev := r.one(1); !errors.Is(ev.Err, port.ErrTooManyFiles) {
		t.Fatalf("after AcceptRetry: %+v", ev)
	}
	r.p.Submit(r.disconnect(first, port.HowClose))
	for range 2 {
		if ev := r.one(0); ev.Err != nil {
			t.Fatalf("with a handle closed: %+v", ev)
		}
	}
	if r.p.Now() != port.AcceptRetry {
		t.Errorf("it took until %v", r.p.Now())
	}
}

func TestAcceptTooManyFilesFault(t *testing.T) {
	r := newRig(t, Options{Virtual: true, Seed: 2, Faults: Faults{AcceptTooManyFiles: .5}})
	ln, _ := r.listen("127.0.0.1:7", port.ListenOptions{})
	r.p.Submit(&port.Op{Type: port.OpAccept, Target: ln})
	accepted, refused := 0, 0
	for range 20 {
		client, _ := r.socket("127.0.0.1:7")
		r.p.Submit(r.connect(client, "127.0.0.1:7"))
	}
	for accepted < 20 {
		for _, ev := range r.poll(time.Second) {
			switch {
			case ev.Op.Type != port.OpAccept:
			case ev.Err == nil:
				accepted++
			default:
				refused++
			}
		}
	}
	if refused < 3 {
		t.Errorf("refused %d times in 20", refused)
	}
}
