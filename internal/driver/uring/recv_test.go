//go:build linux

package uring

import (
	"fmt"
	"io"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// TestRecvWithoutBuffersWaits arms a Recv while all buffers are lent, which the
// kernel would refuse at once: nothing happens until one comes back.
func TestRecvWithoutBuffersWaits(t *testing.T) {
	r := newRig(t, port.PortOptions{RecvBuffers: 2, RecvBufferBytes: 64})
	a, peer := r.pair()
	first := a.op(port.OpRecv)
	peer.write(make([]byte, 128))
	r.until("both buffers to be lent", func() bool { return r.Stats().Lent == 2 })
	b, other := r.pair()
	second := b.op(port.OpRecv)
	other.write(make([]byte, 10))
	for range 3 {
		r.poll(0)
	}
	if ev := r.last(second); ev != nil {
		t.Fatalf("an event without a buffer: %+v", *ev)
	}
	if n := r.received(first); n != 128 {
		t.Fatalf("the first received %d bytes", n)
	}
	r.until("the second's bytes", func() bool { return r.received(second) == 10 })
	if r.Stats().Starved == 0 {
		t.Fatal("nothing starved")
	}
}

// TestExhaustedBuffersLoseNothing has the kernel run out of buffers in the
// middle of a multishot receive, which ends it with the data in the socket.
func TestExhaustedBuffersLoseNothing(t *testing.T) {
	r := newRig(t, port.PortOptions{RecvBuffers: 2, RecvBufferBytes: 64})
	a, peer := r.pair()
	recv := a.op(port.OpRecv)
	r.poll(0)
	peer.write(make([]byte, 1000))
	got := 0
	r.until("1000 bytes", func() bool {
		got += r.received(recv)
		r.events = nil
		return got >= 1000
	})
	if got != 1000 || r.Stats().Lent != 0 {
		t.Fatalf("received %d bytes, %d buffers are lent", got, r.Stats().Lent)
	}
}

// TestFullCompletionQueueDisarms arms 12 receives on a queue for 4 completions.
// Most lose F_MORE on a success, and must be armed again to serve another round.
func TestFullCompletionQueueDisarms(t *testing.T) {
	r := newRig(t, port.PortOptions{SubmitEntries: 4, CompleteEntries: 4})
	var recvs [12]*port.Op
	var peers [12]*end
	for i := range recvs {
		var a *end
		a, peers[i] = r.pair()
		recvs[i] = a.op(port.OpRecv)
	}
	r.poll(0)
	if r.Stats().Rearms != 0 {
		t.Fatal("armed again before anything came")
	}
	for round := 1; round <= 5; round++ {
		for _, peer := range peers {
			peer.write(make([]byte, 10))
		}
		for i, recv := range recvs {
			r.until("a round's bytes", func() bool { return r.received(recv) == 10*round })
			if ev := r.last(recv); !ev.More {
				t.Fatalf("receive %d ended: %v", i, ev.Err)
			}
		}
	}
	if r.Stats().Rearms == 0 {
		t.Fatal("a queue for 4 held 12 completions")
	}
}

// TestEndIsNotArmedAgain gives one EOF, however often the port is polled.
func TestEndIsNotArmedAgain(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, peer := r.pair()
	recv := a.op(port.OpRecv)
	r.poll(0)
	peer.write([]byte("last words"))
	if err := unix.Shutdown(peer.fd, unix.SHUT_WR); err != nil {
		t.Fatal(err)
	}
	if ev := r.ended(recv); ev.Err != io.EOF || ev.N != 0 {
		t.Fatalf("ended with %v", ev.Err)
	}
	if n := r.received(recv); n != 10 {
		t.Fatalf("received %d bytes before the end", n)
	}
	enters := r.Stats().Submits
	for range 10 {
		if n := r.poll(0); n != 0 {
			t.Fatalf("an event after the end: %+v", r.out[0])
		}
	}
	if s := r.Stats(); s.Pending != 0 || s.Rearms != 0 || s.Submits != enters {
		t.Fatalf("after the end: %+v", s)
	}
}

// TestTwoBuffersServeThousand has a thousand connections share two buffers.
func TestTwoBuffersServeThousand(t *testing.T) {
	const conns = 1000
	r := newRig(t, port.PortOptions{RecvBuffers: 2, RecvBufferBytes: 64})
	recvs := map[*port.Op]int{}
	for range conns {
		a, peer := r.pair()
		recvs[a.op(port.OpRecv)] = 0
		peer.write(make([]byte, 100))
	}
	left := conns
	r.until("100 bytes for each", func() bool {
		for i := range r.events {
			ev := &r.events[i]
			if recvs[ev.Op] += ev.N; recvs[ev.Op] == 100 {
				left--
			}
			r.release(ev)
		}
		r.events = r.events[:0]
		return left == 0
	})
	for _, n := range recvs {
		if n != 100 {
			t.Fatalf("one received %d bytes", n)
		}
	}
}

// TestOnePassIsBounded has a flood of more than PassBytes wait in one socket,
// with so many buffers that the kernel could read all of it at once, whether or
// not the kernel can be told a limit.
func TestOnePassIsBounded(t *testing.T) {
	for _, limit := range []bool{false, newDriver(t).(*Driver).features.recvLimit} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) { onePass(t, limit) })
	}
}

func onePass(t *testing.T, limit bool) {
	d := newDriver(t).(*Driver)
	d.features.recvLimit = limit
	r := newRigOn(t, d, port.PortOptions{RecvBuffers: 256, RecvBufferBytes: 8 << 10})
	a, peer := r.pair()
	for _, fd := range []int{a.fd, peer.fd} {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, 512<<10); err != nil {
			t.Fatal(err)
		}
	}
	flood := peer.fill()
	if flood < 4*port.PassBytes {
		t.Fatalf("the socket took only %d bytes", flood)
	}
	recv := a.op(port.OpRecv)
	total := 0
	r.until("the flood", func() bool {
		n := r.received(recv)
		if n > port.PassBytes {
			t.Fatalf("one Poll returned %d bytes", n)
		}
		total += n
		r.events = r.events[:0]
		return total == flood
	})
	if armed := r.Stats().Rearms > 0; armed != limit {
		t.Fatalf("armed again: %v, limit %v", armed, limit)
	}
}

// TestBrokenIsNoEnd resets a connection with both lanes pending. The kernel
// tells one of them; the other must not take it for the peer's end.
func TestBrokenIsNoEnd(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	s := &slot{}
	noteBroken(s, unix.EPIPE)
	if s.broken != 0 {
		t.Fatal("EPIPE says that an end was seen, not how it came")
	}
	a, peer := r.pair()
	recv := a.op(port.OpRecv)
	noteBroken(r.slots.find(a.ref), unix.ECONNRESET)
	if err := unix.Shutdown(peer.fd, unix.SHUT_WR); err != nil {
		t.Fatal(err)
	}
	ev := r.ended(recv)
	if e, ok := ev.Err.(*port.Error); !ok || e.Outcome != port.ErrReset {
		t.Fatalf("ended with %v, want a reset", ev.Err)
	}
}
