//go:build linux

package ready

import (
	"errors"
	"io"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// What kqueue reports, in the terms of this package: reading and writing are
// separate events, and EV_EOF comes with either.
const (
	kqReadEOF  = Readable | PeerDone
	kqWriteEOF = Writable | Broken
)

func TestRecvTrustsNoEdge(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	ref, peer := r.stream()
	recv := port.Op{Type: port.OpRecv, Target: ref}
	r.Submit(&recv)
	for range 3 {
		r.none(r.poll(Edge{ref, Readable}))
	}
	r.none(r.poll(Edge{ref, Writable}))
	put(t, peer, 10)
	if n := r.bytes(r.poll(Edge{ref, Readable})); n != 10 {
		t.Errorf("received %d bytes, want 10", n)
	}
}

func TestRecvMakesNoCallWithoutAnEdge(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	ref, peer := r.stream()
	put(t, peer, 10)
	recv := port.Op{Type: port.OpRecv, Target: ref}
	if n := r.syscalls(func() {
		r.Submit(&recv)
		r.none(r.poll())
	}); n != 0 {
		t.Errorf("%d system calls without an edge", n)
	}
	if n := r.syscalls(func() { r.bytes(r.poll(Edge{ref, Readable})) }); n != 1 {
		t.Errorf("%d system calls for one short read, want 1", n)
	}
	if n := r.syscalls(func() { r.none(r.poll()) }); n != 0 {
		t.Errorf("%d system calls after a short read", n)
	}
}

func TestRecvRemembersAnEdgeWhilePaused(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	ref, peer := r.stream()
	put(t, peer, 10)
	r.none(r.poll(Edge{ref, Readable})) // nobody reads yet
	recv := port.Op{Type: port.OpRecv, Target: ref}
	r.Submit(&recv)
	if n := r.bytes(r.poll()); n != 10 {
		t.Fatalf("received %d bytes, want 10", n)
	}
	r.Cancel(&recv)
	if ev := r.only(r.poll()); ev.Err != port.ErrCanceled {
		t.Fatalf("the canceled recv ended with %v", ev.Err)
	}
	put(t, peer, 20)
	r.none(r.poll(Edge{ref, Readable}))
	r.Submit(&recv)
	if n := r.bytes(r.poll()); n != 20 {
		t.Errorf("received %d bytes after the pause, want 20", n)
	}
}

func TestRecvReadsOnToTheEnd(t *testing.T) {
	for name, first := range map[string][]What{
		"end with the bytes":  {kqReadEOF},
		"end after the bytes": {Readable, kqReadEOF},
		"end alone":           {PeerDone},
		"both filters":        {kqWriteEOF, kqReadEOF},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, port.PortOptions{})
			ref, peer := r.stream()
			put(t, peer, 3000)
			if err := unix.Shutdown(peer, unix.SHUT_WR); err != nil {
				t.Fatal(err)
			}
			recv := port.Op{Type: port.OpRecv, Target: ref}
			r.Submit(&recv)
			var evs []port.Event
			for _, what := range first {
				evs = append(evs, r.poll(Edge{ref, what})...)
			}
			evs = append(evs, r.poll()...)
			last := len(evs) - 1
			if last < 1 || evs[last].Err != io.EOF || evs[last].More {
				t.Fatalf("events %+v, want bytes and io.EOF", evs)
			}
			if n := r.bytes(evs[:last]); n != 3000 {
				t.Errorf("%d bytes before the end, want 3000", n)
			}
		})
	}
}

func TestRecvAfterSendLearnedOfAReset(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	ref, peer := r.tcp()
	if err := unix.SetsockoptLinger(peer, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Close(peer); err != nil {
		t.Fatal(err)
	}
	send := port.Op{Type: port.OpSend, Target: ref, Bufs: [][]byte{{1}}}
	r.Submit(&send)
	if ev := r.only(r.poll()); !errors.Is(ev.Err, port.ErrReset) {
		t.Fatalf("send ended with %v", ev.Err)
	}
	recv := port.Op{Type: port.OpRecv, Target: ref}
	r.Submit(&recv)
	evs := r.poll(Edge{ref, Readable | PeerDone | Broken})
	if ev := r.only(append(evs, r.poll()...)); !errors.Is(ev.Err, port.ErrReset) {
		t.Errorf("recv ended with %v, want ErrReset: the kernel said so to the send", ev.Err)
	}
}

func TestRecvBudget(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	busy, flood := r.stream()
	quiet, whisper := r.stream()
	if err := unix.SetsockoptInt(flood, unix.SOL_SOCKET, unix.SO_SNDBUF, 1<<20); err != nil {
		t.Fatal(err)
	}
	put(t, flood, 3*port.PassBytes)
	put(t, whisper, 1)
	recvs := [2]port.Op{{Type: port.OpRecv, Target: busy}, {Type: port.OpRecv, Target: quiet}}
	r.Submit(&recvs[0])
	r.Submit(&recvs[1])
	evs := r.poll(Edge{busy, Readable}, Edge{quiet, Readable})
	if got := r.bytes(evs); got != port.PassBytes+1 {
		t.Errorf("the first pass gave %d bytes, want %d and one of the quiet one", got, port.PassBytes)
	}
	for range 2 {
		if got := r.bytes(r.poll()); got != port.PassBytes {
			t.Errorf("a pass gave %d bytes, want %d", got, port.PassBytes)
		}
	}
	r.none(r.poll())
}

func TestStarvedTakeTurns(t *testing.T) {
	r := newRig(t, port.PortOptions{RecvBuffers: 2, RecvBufferBytes: 64})
	var refs [3]port.Ref
	var recvs [3]port.Op
	for i := range refs {
		var peer int
		refs[i], peer = r.stream()
		put(t, peer, 64*20)
		recvs[i] = port.Op{Type: port.OpRecv, Target: refs[i]}
		r.Submit(&recvs[i])
	}
	served := map[*port.Op]int{}
	evs := r.poll(Edge{refs[0], Readable}, Edge{refs[1], Readable}, Edge{refs[2], Readable})
	for range 9 {
		if len(evs) == 0 || r.Stats().Lent > 2 {
			t.Fatalf("%d events with %d buffers lent", len(evs), r.Stats().Lent)
		}
		for _, ev := range evs {
			served[ev.Op]++
		}
		r.bytes(evs)
		evs = r.poll(Edge{refs[0], Readable}) // new edges gain nothing
	}
	r.bytes(evs)
	for i := range recvs {
		if served[&recvs[i]] < 4 {
			t.Errorf("stream %d was served %d times of 18", i, served[&recvs[i]])
		}
	}
}

func TestEdgesOfOldGenerationsAreDropped(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	old, _ := r.stream()
	end := port.Op{Type: port.OpDisconnect, How: port.HowClose, Target: old}
	r.Submit(&end)
	if ev := r.only(r.poll()); ev.Err != nil {
		t.Fatal(ev.Err)
	}
	ref, peer := r.stream()
	if ref.Slot() != old.Slot() || ref == old {
		t.Fatalf("refs %#x and %#x: want one slot, two generations", uint64(old), uint64(ref))
	}
	recv := port.Op{Type: port.OpRecv, Target: ref}
	r.Submit(&recv)
	put(t, peer, 1)
	r.none(r.poll(Edge{old, Readable}, Edge{port.MakeRef(9999, 1), Readable}))
	if got := r.Stats().Stale; got != 2 {
		t.Errorf("%d stale edges counted, want 2", got)
	}
}
