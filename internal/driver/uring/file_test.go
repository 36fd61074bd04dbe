//go:build linux

package uring

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// openFile attaches a new file.
func openFile(t *testing.T, r *rig, flag int) (a *end, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "file")
	h, err := r.driver.OpenFile(path, flag|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return r.attach(int(h), port.KindFile), path
}

func (e *end) file(t port.OpType, offset int64, bufs ...[]byte) *port.Op {
	op := &port.Op{Type: t, Target: e.ref, Offset: offset, Bufs: bufs}
	e.r.Submit(op)
	return op
}

// TestFileFaults writes and reads in the face of short transfers.
func TestFileFaults(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, _ := openFile(t, r, 0)
	r.fault = func(e *abi.SQE) {
		switch e.Opcode {
		case abi.OpWritev:
			e.Len = 1
			r.scratch.vecs[0].Len = min(r.scratch.vecs[0].Len, 3)
		case abi.OpRead:
			e.Len = min(e.Len, 2)
		}
	}
	write := a.file(port.OpFileWrite, 0, []byte("some "), []byte("words"))
	if ev := r.ended(write); ev.Err != nil || ev.N != 10 {
		t.Fatalf("write: %d bytes, %v", ev.N, ev.Err)
	}
	got := make([]byte, 20)
	if ev := r.ended(a.file(port.OpFileRead, 5, got)); ev.Err != nil || string(got[:ev.N]) != "words" {
		t.Fatalf("read %q, %v", got[:ev.N], ev.Err)
	}
	if ev := r.ended(a.file(port.OpFileRead, 10, got)); ev.Err != io.EOF || ev.N != 0 {
		t.Fatalf("read at the end: %d bytes, %v", ev.N, ev.Err)
	}
}

// TestWriteOfNothingFails keeps a write that the kernel never advances from
// going on for ever.
func TestWriteOfNothingFails(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, _ := openFile(t, r, 0)
	r.fault = func(e *abi.SQE) { fail(e, 0) }
	ev := r.ended(a.file(port.OpFileWrite, 0, []byte("x")))
	if e, ok := ev.Err.(*port.Error); !ok || e.Cause != unix.EIO {
		t.Fatalf("ended with %v", ev.Err)
	}
}

// TestAppendNeedsNoFlag appends to a file that was not opened for it, from the
// place that other writers have moved its end to.
func TestAppendNeedsNoFlag(t *testing.T) {
	for _, flag := range []int{0, os.O_APPEND} {
		r := newRig(t, port.PortOptions{})
		a, path := openFile(t, r, flag)
		if err := os.WriteFile(path, []byte("first "), 0o600); err != nil {
			t.Fatal(err)
		}
		a.file(port.OpFileWrite, port.Append, []byte("second "))
		r.ended(a.file(port.OpFileWrite, port.Append, []byte("thi"), []byte("rd")))
		if got, _ := os.ReadFile(path); string(got) != "first second third" {
			t.Fatalf("the file has %q", got)
		}
	}
}

// TestTruncateWithoutTheRing is for kernels before 6.9, in the order of the
// file's other ops.
func TestTruncateWithoutTheRing(t *testing.T) {
	d := newDriver(t).(*Driver)
	d.features.truncate = false
	r := newRigOn(t, d, port.PortOptions{})
	a, path := openFile(t, r, 0)
	a.file(port.OpFileWrite, 0, []byte("0123456789"))
	a.file(port.OpFileTruncate, 4)
	canceled := a.file(port.OpFileTruncate, 2)
	r.Cancel(canceled)
	last := a.file(port.OpFileWrite, 6, []byte("x"))
	if ev := r.ended(last); ev.Err != nil {
		t.Fatal(ev.Err)
	}
	if ev := r.ended(canceled); ev.Err != port.ErrCanceled {
		t.Fatalf("the canceled one ended with %v", ev.Err)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, []byte("0123\x00\x00x")) {
		t.Fatalf("the file has %q", got)
	}
	if ev := r.ended(a.file(port.OpFileTruncate, -1)); ev.Err == nil {
		t.Fatal("truncated to a negative size")
	}
}

// TestCloseOfBusyFile ends what waits, in its order, and Disconnect last.
func TestCloseOfBusyFile(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, _ := openFile(t, r, 0)
	var ops []*port.Op
	for range 5 {
		ops = append(ops, a.file(port.OpFileWrite, 0, make([]byte, 1000)))
	}
	end := a.disconnect(port.HowClose)
	r.ended(end)
	if n := len(r.events); n != 6 || r.events[5].Op != end || a.isOpen() {
		t.Fatalf("%d events, open %v", n, a.isOpen())
	}
	for _, op := range ops[1:] {
		if ev := r.last(op); ev.Err != port.ErrCanceled {
			t.Fatalf("a waiting write ended with %v", ev.Err)
		}
	}
}

// TestCancelOfWaitingFileOps takes ops out of the middle, the end and the whole
// of a file's queue.
func TestCancelOfWaitingFileOps(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, path := openFile(t, r, 0)
	var ops [6]*port.Op
	for i := range ops {
		ops[i] = a.file(port.OpFileWrite, port.Append, []byte{'0' + byte(i)})
	}
	for _, i := range []int{5, 2, 3, 2} {
		r.Cancel(ops[i])
	}
	for i, op := range ops {
		ev := r.ended(op)
		if want := i == 2 || i == 3 || i == 5; (ev.Err == port.ErrCanceled) != want {
			t.Fatalf("write %d ended with %v", i, ev.Err)
		}
	}
	if got, _ := os.ReadFile(path); string(got) != "014" {
		t.Fatalf("the file has %q", got)
	}
}
