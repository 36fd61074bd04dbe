//go:build linux

package ready

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/leak"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

func TestMain(m *testing.M) { leak.Main(m) }

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// script is an event queue that reports what the test says. The descriptors
// are real, only the kernel's view of them is not.
type script struct {
	t      *testing.T
	edges  []Edge // for the next Wait
	sleep  func(wait time.Duration)
	adds   map[int]port.Ref
	writes map[int]int // calls of AddWrite
	waits  []time.Duration
	alarm  chan struct{}
}

func newScript(t *testing.T) *script {
	return &script{t: t, adds: map[int]port.Ref{}, writes: map[int]int{}, alarm: make(chan struct{}, 1)}
}

func (q *script) Add(fd int, ref port.Ref) error {
	q.adds[fd] = ref
	return nil
}

func (q *script) AddWrite(fd int, ref port.Ref) error {
	if q.adds[fd] != ref {
		q.t.Errorf("AddWrite of descriptor %d, which was not added", fd)
	}
	q.writes[fd]++
	return nil
}

func (q *script) Remove(fd int) error {
	delete(q.adds, fd)
	return nil
}

// Wait gives the scripted edges. It sleeps only if the test says how.
func (q *script) Wait(edges []Edge, wait time.Duration) (int, error) {
	q.waits = append(q.waits, wait)
	if len(q.edges) == 0 && wait != 0 && q.sleep != nil {
		q.sleep(wait)
	}
	n := copy(edges, q.edges)
	q.edges = q.edges[n:]
	return n, nil
}

func (q *script) Interrupt() { q.alarm <- struct{}{} }

func (q *script) Close() error { return nil }

// rig is a port on a script.
type rig struct {
	*Port
	q   *script
	t   *testing.T
	out []port.Event
}

func newRig(t *testing.T, opts port.PortOptions) *rig {
	t.Helper()
	runtime.LockOSThread()
	q := newScript(t)
	p, err := New(socket.New("script"), q, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		runtime.UnlockOSThread()
	})
	return &rig{Port: p, q: q, t: t, out: make([]port.Event, 64)}
}

// key is an Object that nobody calls.
type key struct{}

func (key) SessionType() port.SessionType { return port.SessionUnknown }
func (key) Handle() port.Handle           { return port.NoHandle }
func (key) HandleCompletion(*port.Event)  {}

// attach gives fd to the port, which closes it in the end.
func (r *rig) attach(fd int, kind port.Kind) port.Ref {
	r.t.Helper()
	ref, err := r.Attach(port.Handle(fd), kind, key{})
	if err != nil {
		r.t.Fatal(err)
	}
	return ref
}

// stream makes a connection of which the port has one end and the test, which
// blocks, the other.
func (r *rig) stream() (ref port.Ref, peer int) {
	r.t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = unix.Close(fds[1]) }) // unless the test has
	return r.attach(fds[0], port.KindStream), fds[1]
}

// poll polls once without waiting. The script says what the kernel tells.
func (r *rig) poll(edges ...Edge) []port.Event {
	r.t.Helper()
	r.q.edges = append(r.q.edges, edges...)
	n, err := r.Poll(r.out, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.out[:n]
}

// bytes is how much evs received. It releases all of it.
func (r *rig) bytes(evs []port.Event) (n int) {
	r.t.Helper()
	for _, ev := range evs {
		if ev.Err != nil {
			r.t.Fatalf("%v ended with %v", ev.Op.Type, ev.Err)
		}
		n += ev.N
		r.Release(ev.Buf)
	}
	return n
}

// only is the single event of evs.
func (r *rig) only(evs []port.Event) port.Event {
	r.t.Helper()
	if len(evs) != 1 {
		r.t.Fatalf("%d events, want one: %+v", len(evs), evs)
	}
	return evs[0]
}

// none fails if there are events.
func (r *rig) none(evs []port.Event) {
	r.t.Helper()
	if len(evs) != 0 {
		r.t.Fatalf("unexpected events: %+v", evs)
	}
}

// syscalls is how many system calls fn made.
func (r *rig) syscalls(fn func()) uint64 {
	before := r.Stats().Syscalls
	fn()
	return r.Stats().Syscalls - before
}

func put(t *testing.T, fd int, n int) {
	t.Helper()
	if m, err := unix.Write(fd, make([]byte, n)); m != n || err != nil {
		t.Fatalf("wrote %d of %d bytes: %v", m, n, err)
	}
}
