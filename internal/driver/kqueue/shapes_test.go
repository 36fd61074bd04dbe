//go:build linux

package kqueue

import (
	"errors"
	"io"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/driver/ready"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

const reset = uint32(unix.ECONNRESET)

func put(t *testing.T, fd, n int) {
	t.Helper()
	if m, err := unix.Write(fd, make([]byte, n)); m != n || err != nil {
		t.Fatalf("wrote %d of %d bytes: %v", m, n, err)
	}
}

// TestTheEndComesWithBytes has both filters tell of the peer's end at once, with
// more to read than one buffer takes.
func TestTheEndComesWithBytes(t *testing.T) {
	for name, events := range map[string][]event{
		"reading only":  {{filter: filterRead, flags: flagEOF}},
		"writing first": {{filter: filterWrite, flags: flagEOF}, {filter: filterRead, flags: flagEOF}},
		"bytes apart":   {{filter: filterRead}, {filter: filterRead, flags: flagEOF}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			ref, peer := r.tcp()
			recv := port.Op{Type: port.OpRecv, Target: ref}
			r.Submit(&recv)
			put(t, peer, 100_000)
			if err := unix.Shutdown(peer, unix.SHUT_WR); err != nil {
				t.Fatal(err)
			}
			for i := range events {
				events[i].ref = ref
			}
			evs := r.poll(events...)
			for len(evs) > 0 && evs[len(evs)-1].More {
				more := r.poll()
				if len(more) == 0 {
					break
				}
				evs = append(evs, more...)
			}
			if ev := r.last(evs, &recv); ev.Err != io.EOF {
				t.Errorf("recv ended with %v, want io.EOF", ev.Err)
			}
			if n := bytes(evs, &recv); n != 100_000 {
				t.Errorf("%d bytes before the end, want 100000", n)
			}
		})
	}
}

// TestAResetEndsBothLanes has a Recv and a Send pending when the peer resets.
func TestAResetEndsBothLanes(t *testing.T) {
	for name, events := range map[string][]event{
		"reading first":    {{filter: filterRead, flags: flagEOF, fflags: reset}, {filter: filterWrite, flags: flagEOF, fflags: reset}},
		"writing first":    {{filter: filterWrite, flags: flagEOF, fflags: reset}, {filter: filterRead, flags: flagEOF, fflags: reset}},
		"reading only":     {{filter: filterRead, flags: flagEOF, fflags: reset}},
		"without an error": {{filter: filterWrite, flags: flagEOF}, {filter: filterRead, flags: flagEOF}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			ref, peer := r.tcp()
			recv := port.Op{Type: port.OpRecv, Target: ref}
			send := port.Op{Type: port.OpSend, Target: ref, Bufs: [][]byte{make([]byte, 16<<20)}}
			r.Submit(&recv)
			r.Submit(&send)
			for stuck := -1; stuck != send.Done; {
				stuck = send.Done
				r.none(r.poll())
			}
			if r.q.writes[ref] != 1 {
				t.Fatalf("%d registrations for writing, want 1", r.q.writes[ref])
			}
			if err := socket.Close(peer, true); err != nil {
				t.Fatal(err)
			}
			for i := range events {
				events[i].ref = ref
			}
			evs := r.poll(events...)
			if ev := r.last(evs, &recv); !errors.Is(ev.Err, port.ErrReset) {
				t.Errorf("recv ended with %v, want ErrReset", ev.Err)
			}
			if ev := r.last(evs, &send); !errors.Is(ev.Err, port.ErrReset) || ev.N != send.Done {
				t.Errorf("send ended with %d bytes, %v, want ErrReset", ev.N, ev.Err)
			}
		})
	}
}

// TestReadingAndWritingAreApart has room and bytes come for one descriptor, in
// either order and at once.
func TestReadingAndWritingAreApart(t *testing.T) {
	r := newRig(t)
	ref, peer := r.tcp()
	recv := port.Op{Type: port.OpRecv, Target: ref}
	r.Submit(&recv)
	read, write := event{filter: filterRead, ref: ref}, event{filter: filterWrite, ref: ref}
	const size = 8 << 20
	send := port.Op{Type: port.OpSend, Target: ref, Bufs: [][]byte{make([]byte, size)}}
	for _, events := range [][]event{{read, write}, {write, read}, {write}} {
		r.Submit(&send)
		received, left := 0, size
		for p := make([]byte, 256<<10); left > 0; {
			n, err := unix.Read(peer, p)
			if err != nil || n == 0 {
				t.Fatal(n, err)
			}
			left -= n
			put(t, peer, 1)
			received += bytes(r.poll(events...), &recv)
		}
		received += bytes(r.poll(read), &recv)
		if send.Driver != (port.DriverState{}) || send.Done != size || received == 0 {
			t.Errorf("the send stands at %d of %d bytes, %d received", send.Done, size, received)
		}
	}
	if r.q.writes[ref] != 1 {
		t.Errorf("%d registrations for writing, want 1", r.q.writes[ref])
	}
}

// TestRoomBeforeTheConnectEnds has the filters report a socket that is still
// connecting.
func TestRoomBeforeTheConnectEnds(t *testing.T) {
	r := newRig(t)
	_, addr := r.listen(1)
	for range 2 { // fill the backlog: the next one stays in progress
		ref, connect := r.connect(addr)
		r.last(r.poll(event{filter: filterWrite, ref: ref}), connect)
	}
	ref, connect := r.connect(addr)
	if r.q.writes[ref] != 1 {
		t.Fatalf("%d registrations for writing, want 1", r.q.writes[ref])
	}
	for _, e := range []event{{filter: filterWrite}, {filter: filterRead}, {filter: filterWrite, flags: flagEOF}} {
		e.ref = ref
		r.none(r.poll(e))
	}
	r.Cancel(connect)
	if ev := r.last(r.poll(), connect); ev.Err != port.ErrCanceled {
		t.Errorf("connect ended with %v", ev.Err)
	}
}

func TestARefusedConnect(t *testing.T) {
	r := newRig(t)
	l, addr := r.listen(1)
	if err := unix.Shutdown(l, unix.SHUT_RDWR); err != nil {
		t.Fatal(err)
	}
	ref, connect := r.connect(addr)
	refused := uint32(unix.ECONNREFUSED)
	evs := r.poll(event{filterRead, flagEOF, refused, ref}, event{filterWrite, flagEOF, refused, ref})
	if ev := r.last(evs, connect); !errors.Is(ev.Err, port.ErrRefused) {
		t.Errorf("connect ended with %v, want ErrRefused", ev.Err)
	}
}

// TestTheAlarmAlone ends a wait without an event, and leaves nothing behind.
func TestTheAlarmAlone(t *testing.T) {
	r := newRig(t)
	ref, _ := r.tcp()
	recv := port.Op{Type: port.OpRecv, Target: ref}
	r.Submit(&recv)
	before := r.Stats()
	r.q.Interrupt()
	r.none(r.poll())
	r.Wake()
	r.none(r.poll())
	if after := r.Stats(); after.Syscalls != before.Syscalls || after.Stale != before.Stale {
		t.Errorf("an alarm changed the counters from %+v to %+v", before, after)
	}
}

// TestOwnShutdownCostsNoReads has EVFILT_WRITE report the end of the sending
// half that the port itself made.
func TestOwnShutdownCostsNoReads(t *testing.T) {
	r := newRig(t)
	ref, peer := r.tcp()
	recv := port.Op{Type: port.OpRecv, Target: ref}
	end := port.Op{Type: port.OpDisconnect, How: port.HowShutdown, Target: ref}
	r.Submit(&recv)
	r.Submit(&end)
	r.last(r.poll(event{filterWrite, flagEOF, 0, ref}), &end)
	put(t, peer, 10)
	before := r.Stats().Syscalls
	if n := bytes(r.poll(event{filter: filterRead, ref: ref}), &recv); n != 10 {
		t.Errorf("received %d bytes, want 10", n)
	}
	if n := r.Stats().Syscalls - before; n != 1 {
		t.Errorf("%d system calls for one short read, want 1", n)
	}
}

// TestWhatFails looks at all, whatever the filter.
func TestWhatFails(t *testing.T) {
	r := newRig(t)
	ref, peer := r.tcp()
	recv := port.Op{Type: port.OpRecv, Target: ref}
	r.Submit(&recv)
	put(t, peer, 10)
	if edge, _ := (event{filterWrite, flagError, 0, ref}).edge(); edge.What&ready.Readable == 0 {
		t.Fatal("reading is left out")
	}
	if n := bytes(r.poll(event{filterWrite, flagError, 0, ref}), &recv); n != 10 {
		t.Errorf("received %d bytes, want 10", n)
	}
}
