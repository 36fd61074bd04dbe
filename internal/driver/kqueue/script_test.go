//go:build linux

package kqueue

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/driver/ready"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

// script is an event queue that reports the kevents that a test says, through
// the translation of this package. The descriptors are real, so that what a BSD
// would report can be tried on a Linux machine.
type script struct {
	events []event
	adds   map[port.Ref]int // descriptors
	writes map[port.Ref]int // calls of AddWrite
}

func (q *script) Add(fd int, ref port.Ref) error {
	q.adds[ref] = fd
	return nil
}

func (q *script) AddWrite(_ int, ref port.Ref) error {
	q.writes[ref]++
	return nil
}

func (q *script) Remove(int) error { return nil }

func (q *script) Wait(edges []ready.Edge, _ time.Duration) (n int, err error) {
	for _, e := range q.events {
		if edge, ok := e.edge(); ok {
			edges[n] = edge
			n++
		}
	}
	q.events = nil
	return n, nil
}

// Interrupt makes the event that the alarm is.
func (q *script) Interrupt() { q.events = append(q.events, event{filter: filterOther}) }

func (q *script) Close() error { return nil }

// rig is a port on a script.
type rig struct {
	port.Port
	q       *script
	t       *testing.T
	sockets *socket.Sockets
}

func newRig(t *testing.T) *rig {
	t.Helper()
	runtime.LockOSThread()
	q := &script{adds: map[port.Ref]int{}, writes: map[port.Ref]int{}}
	sockets := socket.New("script")
	p, err := ready.New(sockets, q, port.PortOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		runtime.UnlockOSThread()
	})
	return &rig{Port: p, q: q, t: t, sockets: sockets}
}

// key is an Object that nobody calls.
type key struct{}

func (key) SessionType() port.SessionType { return port.SessionUnknown }
func (key) Handle() port.Handle           { return port.NoHandle }
func (key) HandleCompletion(*port.Event)  {}

// listen makes a TCP listener of the test's.
func (r *rig) listen(backlog int) (fd int, addr port.Addr) {
	r.t.Helper()
	loopback, err := port.ParseAddr("127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	h, err := r.sockets.Listen(loopback, port.ListenOptions{Backlog: backlog})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = r.sockets.CloseHandle(h, false) })
	if addr, err = r.sockets.LocalAddr(h); err != nil {
		r.t.Fatal(err)
	}
	return int(h), addr
}

// connect begins to connect a socket of the port's to addr.
func (r *rig) connect(addr port.Addr) (port.Ref, *port.Op) {
	r.t.Helper()
	h, err := r.sockets.Socket(addr)
	if err != nil {
		r.t.Fatal(err)
	}
	ref, err := r.Attach(h, port.KindStream, key{})
	if err != nil {
		r.t.Fatal(err)
	}
	op := &port.Op{Type: port.OpConnect, Target: ref, Addr: &addr}
	r.Submit(op)
	return ref, op
}

// tcp makes a TCP connection of which the port has the connecting end and the
// test, which blocks, the other.
func (r *rig) tcp() (ref port.Ref, peer int) {
	r.t.Helper()
	l, addr := r.listen(1)
	ref, connect := r.connect(addr)
	if ev := r.last(r.poll(event{filter: filterWrite, ref: ref}), connect); ev.Err != nil {
		r.t.Fatal(ev.Err)
	}
	peer, errno := socket.Accept(l)
	if errno != 0 {
		r.t.Fatal(errno)
	}
	r.t.Cleanup(func() { _ = unix.Close(peer) }) // unless the test has
	if err := unix.SetNonblock(peer, false); err != nil {
		r.t.Fatal(err)
	}
	return ref, peer
}

// poll takes all that comes of events.
func (r *rig) poll(events ...event) (evs []port.Event) {
	r.t.Helper()
	r.q.events = append(r.q.events, events...)
	var out [16]port.Event
	for range 4 { // a Poll that has something to return does not look at the queue
		n, err := r.Poll(out[:], 0)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, ev := range out[:n] {
			if ev.Err == nil && ev.More {
				r.Release(ev.Buf)
			}
			evs = append(evs, ev)
		}
	}
	return evs
}

// last is the event of evs that ends op.
func (r *rig) last(evs []port.Event, op *port.Op) port.Event {
	r.t.Helper()
	for _, ev := range evs {
		if ev.Op == op && !ev.More {
			return ev
		}
	}
	r.t.Fatalf("no end of %v in %+v", op.Type, evs)
	return port.Event{}
}

// bytes is how much op received in evs.
func bytes(evs []port.Event, op *port.Op) (n int) {
	for _, ev := range evs {
		if ev.Op == op && ev.More {
			n += ev.N
		}
	}
	return n
}

// none fails if there are events.
func (r *rig) none(evs []port.Event) {
	r.t.Helper()
	if len(evs) != 0 {
		r.t.Fatalf("unexpected events: %+v", evs)
	}
}
