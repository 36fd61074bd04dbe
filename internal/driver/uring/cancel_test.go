//go:build linux

package uring

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// races is how often a race is run.
const races = 3000

// TestCancelRacesData cancels a Recv while another thread sends to it: each
// Recv ends once, and no byte is lost between one and the next.
func TestCancelRacesData(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, peer := r.pair()
	start, sent := make(chan struct{}), make(chan error)
	go func() {
		for range start {
			_, err := unix.Write(peer.fd, []byte("x"))
			sent <- err
		}
	}()
	defer close(start)
	got, canceled := 0, 0
	for range races {
		recv := a.op(port.OpRecv)
		r.poll(0)
		start <- struct{}{}
		r.Cancel(recv)
		r.Cancel(recv)
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
		if ev := r.ended(recv); ev.Err != port.ErrCanceled {
			t.Fatalf("ended with %v", ev.Err)
		}
		canceled++
		got += r.received(recv)
		r.events = r.events[:0]
	}
	rest := a.op(port.OpRecv)
	r.until("the rest", func() bool { return got+r.received(rest) == races })
	if s := r.Stats(); s.Stale != 0 || s.Pending != 1 {
		t.Fatalf("after %d cancellations: %+v", canceled, s)
	}
}

// TestCancelRacesSend cancels a Send that may be done: it ends once, as one or
// the other.
func TestCancelRacesSend(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, peer := r.pair()
	buf := make([]byte, 64)
	for i := range races {
		send := a.send([]byte("x"))
		if i%2 == 0 {
			r.poll(0)
		}
		r.Cancel(send)
		ev := r.ended(send)
		if ev.Err != nil && ev.Err != port.ErrCanceled || ev.Err == nil && ev.N != 1 {
			t.Fatalf("ended with %v after %d bytes", ev.Err, ev.N)
		}
		if n, err := unix.Read(peer.fd, buf); err == nil && n != ev.N {
			t.Fatalf("the peer has %d bytes of %d", n, ev.N)
		}
		r.events = r.events[:0]
	}
	if s := r.Stats(); s.Stale != 0 || s.Pending != 0 {
		t.Fatalf("%+v", s)
	}
}

// TestCancelReachesStalledSend cancels sends to sockets whose poll says that
// there is room while a send finds none, as tiny buffers do. The kernel tries
// again and again then, and a cancellation between two attempts finds nothing.
func TestCancelReachesStalledSend(t *testing.T) {
	r := newRig(t, port.PortOptions{SubmitEntries: 4, CompleteEntries: 4})
	c, s := r.tcpPair()
	if err := unix.SetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_SNDBUF, 1); err != nil {
		t.Fatal(err)
	}
	big := make([]byte, 4<<20)
	drain := make([]byte, 1<<20)
	for range 300 {
		send := c.send(big)
		r.poll(0)
		r.Cancel(send)
		if ev := r.ended(send); ev.Err != port.ErrCanceled {
			t.Fatalf("ended with %v after %d bytes", ev.Err, ev.N)
		}
		r.events = r.events[:0]
		for err := error(nil); err == nil; {
			_, err = unix.Read(s.fd, drain)
		}
	}
}

// TestCancelSparesTheNext cancels an op that ends by itself, and submits the
// next one of its lane before the cancellation has been heard of.
func TestCancelSparesTheNext(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, peer := r.pair()
	peer.write([]byte("x"))
	ref := r.slots.find(a.ref)
	for range races {
		old := a.op(port.OpPreRecv)
		token := ref.token(port.LaneRead)
		r.Cancel(old)
		r.ended(old)
		next := a.op(port.OpPreRecv)
		r.onCancel(token.cancellation()) // as if the failure came only now
		r.retryCancels()
		r.Cancel(old)
		if ev := r.ended(next); ev.Err != nil {
			t.Fatalf("the next op ended with %v", ev.Err)
		}
		r.events = r.events[:0]
	}
}

// TestCancelOfPreparedOp cancels what the kernel has not been told of yet.
func TestCancelOfPreparedOp(t *testing.T) {
	r := newRig(t, port.PortOptions{SubmitEntries: 2, CompleteEntries: 4})
	var recvs [8]*port.Op // more than fit into the queue
	for i := range recvs {
		a, _ := r.pair()
		recvs[i] = a.op(port.OpRecv)
	}
	for _, recv := range recvs {
		r.Cancel(recv)
	}
	for _, recv := range recvs {
		if ev := r.ended(recv); ev.Err != port.ErrCanceled {
			t.Fatalf("ended with %v", ev.Err)
		}
	}
}
