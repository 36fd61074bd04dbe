//go:build linux

package uring

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

// patience is how long a rig waits for what must come.
const patience = 10 * time.Second

// rig is a port on the test's own thread, and what came out of it.
type rig struct {
	*Port
	t      *testing.T
	out    []port.Event
	events []port.Event // of all polls; lent buffers stay lent
}

func newRig(t *testing.T, opts port.PortOptions) *rig {
	t.Helper()
	return newRigOn(t, newDriver(t), opts)
}

func newRigOn(t *testing.T, d port.Driver, opts port.PortOptions) *rig {
	t.Helper()
	runtime.LockOSThread()
	p, err := d.NewPort(opts)
	if err != nil {
		runtime.UnlockOSThread()
		t.Fatal(err)
	}
	r := &rig{Port: p.(*Port), t: t, out: make([]port.Event, 256)}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		runtime.UnlockOSThread()
	})
	return r
}

// poll polls once and keeps the events.
func (r *rig) poll(wait time.Duration) int {
	r.t.Helper()
	n, err := r.Poll(r.out, wait)
	if err != nil {
		r.t.Fatal(err)
	}
	r.events = append(r.events, r.out[:n]...)
	return n
}

// until polls as long as cond is false.
func (r *rig) until(what string, cond func() bool) {
	r.t.Helper()
	for end := time.Now().Add(patience); !cond(); {
		left := time.Until(end)
		if left <= 0 {
			r.t.Fatalf("waited %v for %s; %+v", patience, what, r.Stats())
		}
		r.poll(left)
	}
}

// ended polls until op has ended, and gives its last event.
func (r *rig) ended(op *port.Op) port.Event {
	r.t.Helper()
	var last *port.Event
	r.until("the end of "+op.Type.String(), func() bool {
		last = r.last(op)
		return last != nil && !last.More
	})
	return *last
}

// last is the latest event of op, nil when there was none.
func (r *rig) last(op *port.Op) *port.Event {
	for i := len(r.events) - 1; i >= 0; i-- {
		if r.events[i].Op == op {
			return &r.events[i]
		}
	}
	return nil
}

// received is how many bytes came for op, and gives their buffers back.
func (r *rig) received(op *port.Op) (n int) {
	for i := range r.events {
		if ev := &r.events[i]; ev.Op == op {
			n += ev.N
			r.release(ev)
		}
	}
	return n
}

func (r *rig) release(ev *port.Event) {
	if ev.Buf.Lent() {
		r.Release(ev.Buf)
		ev.Buf = port.Buf{}
	}
}

// end is one end of a socket pair: a descriptor, attached or not.
type end struct {
	r   *rig
	fd  int
	ref port.Ref
}

// pair is a pair of connected sockets, the first attached.
func (r *rig) pair() (attached, peer *end) {
	r.t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { unix.Close(fds[1]) })
	return r.attach(fds[0], port.KindStream), &end{r: r, fd: fds[1]}
}

// tcpPair is a TCP connection, the first end attached.
func (r *rig) tcpPair() (attached, peer *end) {
	r.t.Helper()
	fds, err := tcpPair()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, fd := range fds {
		if err := unix.SetNonblock(fd, true); err != nil {
			r.t.Fatal(err)
		}
	}
	r.t.Cleanup(func() { unix.Close(fds[1]) })
	return r.attach(fds[0], port.KindStream), &end{r: r, fd: fds[1]}
}

func (r *rig) attach(fd int, kind port.Kind) *end {
	r.t.Helper()
	ref, err := r.Attach(port.Handle(fd), kind, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return &end{r: r, fd: fd, ref: ref}
}

// op submits an op of type t.
func (e *end) op(t port.OpType) *port.Op {
	op := &port.Op{Type: t, Target: e.ref}
	e.r.Submit(op)
	return op
}

func (e *end) send(bufs ...[]byte) *port.Op {
	op := &port.Op{Type: port.OpSend, Target: e.ref, Bufs: bufs}
	e.r.Submit(op)
	return op
}

func (e *end) disconnect(how port.How) *port.Op {
	op := &port.Op{Type: port.OpDisconnect, How: how, Target: e.ref}
	e.r.Submit(op)
	return op
}

// write sends p with a system call.
func (e *end) write(p []byte) {
	e.r.t.Helper()
	if n, errno := socket.Send(e.fd, p); errno != 0 || n != len(p) {
		e.r.t.Fatalf("wrote %d of %d bytes: %v", n, len(p), errno)
	}
}

// fill sends until the socket takes no more.
func (e *end) fill() (n int) {
	for chunk := make([]byte, 4096); ; {
		sent, errno := socket.Send(e.fd, chunk)
		if errno != 0 {
			return n
		}
		n += sent
	}
}

func (e *end) isOpen() bool {
	_, err := unix.FcntlInt(uintptr(e.fd), unix.F_GETFD, 0)
	return err == nil
}
