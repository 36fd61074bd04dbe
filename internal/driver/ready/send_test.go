//go:build linux

package ready

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// drain reads n bytes at the test's end.
func drain(t *testing.T, fd, n int) {
	t.Helper()
	for p := make([]byte, 64<<10); n > 0; {
		got, err := unix.Read(fd, p[:min(n, len(p))])
		if err != nil || got == 0 {
			t.Fatal(got, err)
		}
		n -= got
	}
}

func TestSendIsTriedAtOnce(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	ref, peer := r.stream()
	send := port.Op{Type: port.OpSend, Target: ref, Bufs: [][]byte{[]byte("ab"), nil, []byte("c")}}
	if n := r.syscalls(func() { r.Submit(&send) }); n != 1 {
		t.Errorf("%d system calls for a send that fits, want 1", n)
	}
	drain(t, peer, 3)
	if ev := r.only(r.poll()); ev.Err != nil || ev.N != 3 {
		t.Errorf("%d bytes, %v", ev.N, ev.Err)
	}
	if len(r.q.waits) != 0 || len(r.q.writes) != 0 {
		t.Errorf("waits %v, write interests %v for a send that fits", r.q.waits, r.q.writes)
	}
}

// TestTrySend fills the socket, ends with what is left as an op, and finds a reset.
func TestTrySend(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	ref, peer := r.stream()
	var n int
	var err error
	if calls := r.syscalls(func() { n, err = r.TrySend(ref, []byte("abc")) }); calls != 1 || n != 3 || err != nil {
		t.Errorf("%d bytes with %d calls, %v", n, calls, err)
	}
	drain(t, peer, 3)
	if n, err := r.TrySend(ref+1, []byte("abc")); n != 0 || err != nil {
		t.Errorf("nobody took %d bytes, %v", n, err)
	}
	big, sent := make([]byte, 2<<20), 0
	for {
		if n, err = r.TrySend(ref, big); n == 0 || err != nil {
			break
		}
		if n > port.SendChunk {
			t.Fatalf("%d bytes at once", n)
		}
		sent += n
	}
	if err != nil || sent == 0 {
		t.Fatalf("a full socket after %d bytes: %v", sent, err)
	}
	rest := port.Op{Type: port.OpSend, Target: ref, Bufs: [][]byte{big}}
	r.Submit(&rest)
	if n, err := r.TrySend(ref, big); n != 0 || err != nil {
		t.Errorf("%d bytes overtook a pending send, %v", n, err)
	}
	drain(t, peer, sent)
	drain(t, peer, 2<<20-r.finishSend(&rest, ref, peer))
	if len(r.poll()) != 0 {
		t.Error("a try has made an event")
	}
}

func TestSendAddsTheWriteInterestOnce(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	ref, peer := r.stream()
	send := port.Op{Type: port.OpSend, Target: ref, Bufs: [][]byte{make([]byte, 1<<20), make([]byte, 1<<20)}}
	for range 3 {
		r.Submit(&send)
		drain(t, peer, 2<<20-r.finishSend(&send, ref, peer))
	}
	if got := r.q.writes; len(got) != 1 {
		t.Fatalf("write interests %v, want one", got)
	}
	for fd, n := range r.q.writes {
		if n != 1 {
			t.Errorf("AddWrite of descriptor %d was called %d times", fd, n)
		}
	}
}

// finishSend reads at the other end until send has ended, and returns how much
// it read. Edges come early and often.
func (r *rig) finishSend(send *port.Op, ref port.Ref, peer int) (read int) {
	r.t.Helper()
	for done := 0; ; {
		for range 3 {
			evs := r.poll(Edge{ref, Writable | Readable})
			if len(evs) > 0 {
				if ev := r.only(evs); ev.Err != nil || ev.N != 2<<20 {
					r.t.Fatalf("send ended with %d bytes, %v", ev.N, ev.Err)
				}
				return read
			}
		}
		if send.Done < done || send.Done <= read {
			r.t.Fatalf("Done went from %d to %d with %d bytes read", done, send.Done, read)
		}
		done = send.Done
		drain(r.t, peer, send.Done-read)
		read = send.Done
	}
}

func TestSendEndsWithTheConnection(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	ref, peer := r.stream()
	send := port.Op{Type: port.OpSend, Target: ref, Bufs: [][]byte{make([]byte, 4<<20)}}
	r.Submit(&send)
	r.none(r.poll())
	if err := unix.Close(peer); err != nil {
		t.Fatal(err)
	}
	evs := r.poll(Edge{ref, kqWriteEOF})
	ev := r.only(evs)
	if !errors.Is(ev.Err, port.ErrReset) || ev.N != send.Done || ev.N == 0 || ev.N >= 4<<20 {
		t.Errorf("send ended with %d bytes, Done %d, %v", ev.N, send.Done, ev.Err)
	}
}

func TestSendLetsOthersHaveTheirTurn(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	ref, peer := r.stream()
	if err := unix.SetsockoptInt(peer, unix.SOL_SOCKET, unix.SO_RCVBUF, 4<<20); err != nil {
		t.Fatal(err)
	}
	fd := int(r.slots.find(ref).fd)
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, 4<<20); err != nil {
		t.Fatal(err)
	}
	send := port.Op{Type: port.OpSend, Target: ref, Bufs: [][]byte{make([]byte, 1<<20)}}
	r.Submit(&send)
	if send.Done != sendPass*port.SendChunk {
		t.Fatalf("Submit sent %d bytes, want %d", send.Done, sendPass*port.SendChunk)
	}
	job := port.Op{Type: port.OpJob, Object: key{}}
	r.Submit(&job)
	if ev := r.only(r.poll()); ev.Op != &job {
		t.Errorf("%v came before the job", ev.Op.Type)
	}
	var ended bool
	for range 4 {
		for _, ev := range r.poll() {
			ended = ev.Op == &send && ev.Err == nil && ev.N == 1<<20
		}
	}
	if !ended {
		t.Errorf("the send stopped at %d bytes", send.Done)
	}
}
