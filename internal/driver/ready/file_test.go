//go:build linux

package ready

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// file attaches a new file.
func (r *rig) file() port.Ref {
	r.t.Helper()
	h, err := r.sockets.OpenFile(filepath.Join(r.t.TempDir(), "f"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.attach(int(h), port.KindFile)
}

// await polls until n events have come.
func (r *rig) await(n int) (evs []port.Event) {
	r.t.Helper()
	for len(evs) < n {
		got, err := r.Poll(r.out, patience)
		if err != nil || got == 0 {
			r.t.Fatalf("%d of %d events, %v", len(evs), n, err)
		}
		evs = append(evs, r.out[:got]...)
	}
	return evs
}

// sleeping has the port really sleep until it is interrupted.
func (r *rig) sleeping() {
	r.q.sleep = func(wait time.Duration) {
		select {
		case <-r.q.alarm:
		case <-time.After(wait):
		}
	}
}

func TestPoolIsLazy(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	r.sleeping()
	if r.files != nil {
		t.Error("a port without file operations has a pool")
	}
	ops := make([]port.Op, 20)
	for i := range ops {
		ops[i] = port.Op{Type: port.OpFileWrite, Target: r.file(), Bufs: [][]byte{make([]byte, 1000)}}
		r.Submit(&ops[i])
	}
	for _, ev := range r.await(len(ops)) {
		if ev.Err != nil || ev.N != 1000 {
			t.Errorf("wrote %d bytes, %v", ev.N, ev.Err)
		}
	}
}

func TestFileOpsEndInOrder(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	r.sleeping()
	ref := r.file()
	text := make([]byte, 6)
	ops := []port.Op{
		{Type: port.OpFileWrite, Target: ref, Bufs: [][]byte{[]byte("abc"), []byte("def")}},
		{Type: port.OpFileTruncate, Target: ref, Offset: 4},
		{Type: port.OpFileWrite, Target: ref, Offset: port.Append, Bufs: [][]byte{[]byte("XY")}},
		{Type: port.OpFileSync, Target: ref},
		{Type: port.OpFileRead, Target: ref, Bufs: [][]byte{text}},
	}
	for i := range ops {
		r.Submit(&ops[i])
	}
	for i, ev := range r.await(len(ops)) {
		if ev.Op != &ops[i] || ev.Err != nil {
			t.Errorf("event %d is %v, %v", i, ev.Op.Type, ev.Err)
		}
	}
	if string(text) != "abcdXY" {
		t.Errorf("the file has %q", text)
	}
}

func TestDisconnectAwaitsTheFileOpThatRuns(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	r.sleeping()
	ref := r.file()
	ops := make([]port.Op, 5)
	for i := range ops {
		ops[i] = port.Op{Type: port.OpFileWrite, Target: ref, Bufs: [][]byte{make([]byte, 1<<20)}}
		r.Submit(&ops[i])
	}
	end := port.Op{Type: port.OpDisconnect, How: port.HowClose, Target: ref}
	r.Submit(&end)
	r.Cancel(&ops[0]) // runs: too late
	evs := r.await(len(ops) + 1)
	if last := evs[len(ops)]; last.Op != &end || last.Err != nil {
		t.Errorf("the last event is %v, %v", last.Op.Type, last.Err)
	}
	for _, ev := range evs[:len(ops)] {
		if ev.Op == &ops[0] && ev.Err != nil || ev.Op != &ops[0] && ev.Err != port.ErrCanceled {
			t.Errorf("write ended with %v", ev.Err)
		}
	}
	if r.Stats().Attached != 0 || r.Stats().Pending != 0 {
		t.Errorf("left over: %+v", r.Stats())
	}
}

func TestFileErrors(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	r.sleeping()
	h, err := r.sockets.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	write := port.Op{Type: port.OpFileWrite, Target: r.attach(int(h), port.KindFile), Bufs: [][]byte{{1}}}
	r.Submit(&write)
	ev := r.only(r.await(1))
	if !errors.Is(ev.Err, port.ErrNoSpace) || !errors.Is(ev.Err, unix.ENOSPC) || ev.N != 0 {
		t.Errorf("writing to a full disk: %d bytes, %v", ev.N, ev.Err)
	}
}
