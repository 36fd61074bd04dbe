//go:build linux

package uring

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// TestCloseAwaitsBothOps closes with a receive and a stalled send pending: both
// end, and have been returned, before the descriptor is closed.
func TestCloseAwaitsBothOps(t *testing.T) {
	for _, how := range []port.How{port.HowClose, port.HowAbort} {
		for _, entered := range []bool{false, true} {
			r := newRig(t, port.PortOptions{})
			a, _ := r.pair()
			filled := a.fill()
			recv, send := a.op(port.OpRecv), a.send(make([]byte, 1<<20))
			if entered {
				r.poll(0)
			}
			end := a.disconnect(how)
			r.until("both to end", func() bool { return len(r.events) >= 2 })
			if !a.isOpen() {
				t.Fatal("closed before the ops had been returned")
			}
			for _, op := range []*port.Op{recv, send} {
				if ev := r.last(op); ev == nil || ev.Err != port.ErrCanceled || ev.More {
					t.Fatalf("%v with %d bytes in the socket: %+v", op.Type, filled, ev)
				}
			}
			if ev := r.ended(end); ev.Err != nil || a.isOpen() {
				t.Fatalf("disconnect ended with %v, open %v", ev.Err, a.isOpen())
			}
			if s := r.Stats(); s.Attached != 0 || s.Pending != 0 {
				t.Fatalf("%+v", s)
			}
		}
	}
}

// TestCloseOfPrepared closes while the ops are still in the submission queue or
// in the backlog.
func TestCloseOfPrepared(t *testing.T) {
	r := newRig(t, port.PortOptions{SubmitEntries: 2, CompleteEntries: 4})
	var ends [6]*port.Op
	var fds [6]*end
	for i := range ends {
		fds[i], _ = r.pair()
		fds[i].op(port.OpRecv)
		fds[i].send([]byte("x"))
		ends[i] = fds[i].disconnect(port.HowClose)
	}
	for i, end := range ends {
		if ev := r.ended(end); ev.Err != nil || fds[i].isOpen() {
			t.Fatalf("disconnect %d: %v, open %v", i, ev.Err, fds[i].isOpen())
		}
	}
}

// TestSubmitWhileClosing ends what comes too late, and Disconnect still last.
func TestSubmitWhileClosing(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, _ := r.pair()
	end := a.disconnect(port.HowClose)
	late := []*port.Op{a.op(port.OpRecv), a.send([]byte("x"))}
	r.ended(end)
	if n := len(r.events); n != 3 || r.events[2].Op != end {
		t.Fatalf("%d events, the last of %v", n, r.events[n-1].Op.Type)
	}
	for _, op := range late {
		if ev := r.last(op); ev.Err != port.ErrCanceled {
			t.Fatalf("%v ended with %v", op.Type, ev.Err)
		}
	}
}

// TestCloseOfPortFreesAll closes a port in the middle of everything, with
// accepted connections that nobody took.
func TestCloseOfPortFreesAll(t *testing.T) {
	d := newDriver(t)
	r := newRigOn(t, d, port.PortOptions{CompleteEntries: 8, SubmitEntries: 4})
	addr, _ := port.ParseAddr("127.0.0.1:0")
	ln, err := d.Listen(addr, port.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	addr, _ = d.LocalAddr(ln)
	r.attach(int(ln), port.KindListener).op(port.OpAccept)
	r.poll(0)
	for range 20 {
		h, err := d.Socket(addr)
		if err != nil {
			t.Fatal(err)
		}
		a := r.attach(int(h), port.KindStream)
		r.Submit(&port.Op{Type: port.OpConnect, Target: a.ref, Addr: &addr})
		a.op(port.OpRecv)
	}
	if err := r.flush(); err != nil { // submits, and reads no completion
		t.Fatal(err)
	}
	// The rig closes the port; that no descriptor is left is for TestMain.
}

// TestOpsSurviveTheirPort submits to another port what was pending at one that
// was closed: in the kernel, in a file's queue, starved, and ended.
func TestOpsSurviveTheirPort(t *testing.T) {
	d := newDriver(t)
	var ops []*port.Op
	t.Run("first", func(t *testing.T) {
		r := newRigOn(t, d, port.PortOptions{RecvBuffers: 1, RecvBufferBytes: 64})
		f, _ := openFile(t, r, 0)
		for range 4 {
			ops = append(ops, f.file(port.OpFileWrite, 0, []byte("x")))
		}
		for range 2 {
			a, peer := r.pair()
			peer.write([]byte("x"))
			ops = append(ops, a.op(port.OpRecv), a.send([]byte("x")))
		}
		if err := r.flush(); err != nil {
			t.Fatal(err)
		}
		job := &port.Op{Type: port.OpJob}
		r.Submit(job)
		ops = append(ops, job)
	})
	r := newRigOn(t, d, port.PortOptions{})
	for _, op := range ops {
		*op = port.Op{Type: port.OpJob, Driver: op.Driver}
		r.Submit(op)
	}
	r.until("all to end", func() bool { return len(r.events) == len(ops) })
}

// TestShutdownOfUnconnected gives the system's answer as an event, not a panic.
func TestShutdownOfUnconnected(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	a := r.attach(fd, port.KindStream)
	ev := r.ended(a.disconnect(port.HowShutdown))
	if e, ok := ev.Err.(*port.Error); !ok || e.Outcome != port.ErrClosed || !a.isOpen() {
		t.Fatalf("ended with %v, open %v", ev.Err, a.isOpen())
	}
}
