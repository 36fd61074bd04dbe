package sim

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// fill is n bytes that depend on their position.
func fill(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i>>8)
	}
	return b
}

func TestSendIsWholeAndBounded(t *testing.T) {
	const buffer = 1000
	r := newRig(t, Options{Virtual: true, SocketBufferBytes: buffer})
	client, server := r.pair()
	data := fill(10 * buffer)
	send := &port.Op{Type: port.OpSend, Target: client, Bufs: [][]byte{data[:1], nil, data[1:7777], data[7777:]}}
	r.p.Submit(send)
	r.none()
	if send.Done != 2*buffer {
		t.Fatalf("the kernel took %d bytes, want both buffers full: %d", send.Done, 2*buffer)
	}
	var got []byte
	recv := &port.Op{Type: port.OpRecv, Target: server}
	r.p.Submit(recv)
	for ended := false; !ended || len(got) < len(data); {
		for _, ev := range r.poll(time.Second) {
			r.ok(ev.Err)
			if ev.Op == send {
				ended = true
				continue
			}
			got = append(got, ev.Buf.Data...)
			r.p.Release(ev.Buf)
		}
	}
	if !bytes.Equal(got, data) || send.Done != len(data) || recv.Done != len(data) {
		t.Errorf("%d bytes arrived, Done %d and %d", len(got), send.Done, recv.Done)
	}
}

func TestHalfClose(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	client, server := r.pair()
	r.do(r.send(client, 10))
	r.do(r.disconnect(client, port.HowShutdown))
	if data, err := r.drain(server); len(data) != 10 || err != io.EOF {
		t.Fatalf("got %d bytes and %v, want 10 and EOF", len(data), err)
	}
	r.do(r.send(server, 20))
	r.do(r.disconnect(server, port.HowClose))
	if data, err := r.drain(client); len(data) != 20 || err != io.EOF {
		t.Fatalf("the other way: %d bytes and %v, want 20 and EOF", len(data), err)
	}
	if ev := r.do(r.send(client, 1)); !errors.Is(ev.Err, port.ErrReset) {
		t.Errorf("a send after HowShutdown ends with %v", ev.Err)
	}
}

// overfill sends more than the receiver's buffer takes, which is buffer bytes;
// the rest stays with the sender.
func overfill(r *rig, from port.Ref, buffer int) {
	r.t.Helper()
	if ev := r.do(r.send(from, 2*buffer)); ev.Err != nil {
		r.t.Fatal(ev.Err)
	}
}

// What has not arrived when a reset comes is lost, what has can be read.
func TestResetDestroysWhatIsUnsent(t *testing.T) {
	const buffer = 1000
	for name, c := range map[string]struct {
		how    port.How
		unread bool // the closing end has input
		faults Faults
		want   int
		err    error
	}{
		"close":                        {port.HowClose, false, Faults{}, 2 * buffer, io.EOF},
		"close with unread input":      {port.HowClose, true, Faults{}, buffer, port.ErrReset},
		"abort":                        {port.HowAbort, false, Faults{}, buffer, port.ErrReset},
		"abort, discarding, as others": {port.HowAbort, false, Faults{ResetDiscards: 1}, 0, port.ErrReset},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, Options{Virtual: true, SocketBufferBytes: buffer, Faults: c.faults})
			client, server := r.pair()
			if c.unread {
				r.do(r.send(client, 1))
			}
			overfill(r, server, buffer)
			r.do(r.disconnect(server, c.how))
			data, err := r.drain(client)
			if len(data) != c.want || !errors.Is(err, c.err) {
				t.Errorf("the peer read %d bytes and %v, want %d and %v", len(data), err, c.want, c.err)
			}
		})
	}
}

func TestBytesAfterACloseReset(t *testing.T) {
	r := newRig(t, Options{Virtual: true, SocketBufferBytes: 1000})
	client, server := r.pair()
	overfill(r, server, 1000)
	r.do(r.disconnect(server, port.HowClose))
	if ev := r.do(r.send(client, 1)); ev.Err != nil {
		t.Errorf("the kernel took the byte, but the send ends with %v", ev.Err)
	}
	if ev := r.do(r.send(client, 1)); !errors.Is(ev.Err, port.ErrReset) {
		t.Errorf("the send after the reset ends with %v", ev.Err)
	}
	if data, err := r.drain(client); len(data) != 1000 || err != io.EOF {
		t.Errorf("read %d bytes and %v; the send had the error", len(data), err)
	}
}

func TestResetIsToldOnce(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	client, server := r.pair()
	r.do(r.disconnect(server, port.HowAbort))
	h := r.p.slots.find(client).handle
	if _, err := r.drv.PeerAddr(h); !errors.Is(err, port.ErrClosed) {
		t.Errorf("PeerAddr after a reset: %v", err)
	}
	if _, err := r.drv.LocalAddr(h); err != nil {
		t.Errorf("LocalAddr after a reset: %v", err)
	}
	if ev := r.do(r.disconnect(client, port.HowShutdown)); !errors.Is(ev.Err, port.ErrClosed) {
		t.Errorf("HowShutdown after a reset: %v", ev.Err)
	}
	for _, want := range []error{port.ErrReset, io.EOF} {
		if _, err := r.drain(client); !errors.Is(err, want) {
			t.Errorf("Recv ended with %v, want %v", err, want)
		}
	}
	if ev := r.do(r.send(client, 1)); !errors.Is(ev.Err, port.ErrReset) {
		t.Errorf("Send ended with %v", ev.Err)
	}
}

// A segment on its way when the receiver closes resets the sender.
func TestBytesInFlightAtClose(t *testing.T) {
	r := newRig(t, Options{Virtual: true, Latency: time.Millisecond})
	client, server := r.pair()
	r.do(r.send(client, 5))
	r.do(r.disconnect(server, port.HowClose))
	if _, err := r.drain(client); err != io.EOF {
		t.Errorf("the FIN came first, but Recv ended with %v", err)
	}
	r.w.Advance(time.Second)
	if ev := r.do(r.send(client, 1)); !errors.Is(ev.Err, port.ErrReset) {
		t.Errorf("Send ended with %v, want the reset", ev.Err)
	}
}

func TestLingerZeroAborts(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	client, server := r.pair()
	r.ok(r.drv.SetOption(r.p.slots.find(server).handle, port.OptLingerS, 0))
	r.do(r.disconnect(server, port.HowClose))
	if _, err := r.drain(client); !errors.Is(err, port.ErrReset) {
		t.Errorf("Recv ended with %v", err)
	}
}

// The events of what a HowClose cancels come from an earlier Poll than its own.
func TestCloseAwaitsTheOthers(t *testing.T) {
	r := newRig(t, Options{Virtual: true, SocketBufferBytes: 100})
	client, _ := r.pair()
	recv, send, end := &port.Op{Type: port.OpRecv, Target: client}, r.send(client, 1000), r.disconnect(client, port.HowClose)
	late := &port.Op{Type: port.OpPreRecv, Target: client}
	r.p.Submit(recv)
	r.p.Submit(send)
	r.p.Submit(end)
	evs := r.poll(0)
	if len(evs) != 2 || evs[0].Err != port.ErrCanceled || evs[1].Err != port.ErrCanceled || evs[1].N != 200 {
		t.Fatalf("first came %+v", evs)
	}
	r.p.Submit(late)
	if ev := r.one(0); ev.Op != late || ev.Err != port.ErrCanceled {
		t.Fatalf("an op submitted while closing: %+v", ev)
	}
	if ev := r.one(0); ev.Op != end || ev.Err != nil {
		t.Fatalf("last came %+v", ev)
	}
	if ev := r.do(&port.Op{Type: port.OpRecv, Target: client}); !errors.Is(ev.Err, port.ErrClosed) {
		t.Errorf("Recv on a closed attachment ended with %v", ev.Err)
	}
}
