//go:build linux

package uring

import (
	"testing"

	"golang.org/x/sys/unix"
)

// newBuffers is a group of count buffers of 8 bytes, and their memory by id.
func newBuffers(t *testing.T, r *Ring, count int) (*BufferRing, []byte) {
	t.Helper()
	b, err := r.OpenBuffers(3, count)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	mem := make([]byte, count*8)
	for id := range count {
		b.Add(mem[id*8:id*8+8], uint16(id))
	}
	return b, mem
}

func socketpair(t *testing.T) (fds [2]int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		unix.Close(fds[0])
		unix.Close(fds[1])
	})
	return fds
}

// TestReceiveChoosesBuffers receives into 2 buffers that are given back 20
// times, so past the end of their ring.
func TestReceiveChoosesBuffers(t *testing.T) {
	r := openRing(t, 2, 4)
	fds := socketpair(t)
	b, mem := newBuffers(t, r, 2)
	for i := range 20 {
		if _, err := unix.Write(fds[1], []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
		e := r.Prepare()
		e.Opcode, e.FD, e.Flags, e.BufGroup = OpRecv, int32(fds[0]), SQEBufferSelect, 3
		r.mustEnter(t, true)
		c := r.Peek()
		if c == nil || c.Res != 1 || c.Flags&CQEBuffer == 0 {
			t.Fatalf("receive %d: %+v", i, c)
		}
		id := c.Flags >> CQEBufferShift
		if id != uint32(i%2) || mem[id*8] != byte(i) {
			t.Fatalf("receive %d: buffer %d holds %d", i, id, mem[id*8])
		}
		r.Seen()
		b.Add(mem[id*8:id*8+8], uint16(id))
	}
}

// TestEmptyGroupRefusesAtOnce arms a multishot receive without a buffer: the
// kernel does not wait for data before it says so.
func TestEmptyGroupRefusesAtOnce(t *testing.T) {
	r := openRing(t, 2, 4)
	fds := socketpair(t)
	b, err := r.OpenBuffers(3, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	e := r.Prepare()
	e.Opcode, e.FD, e.Flags, e.BufGroup, e.IOPrio = OpRecv, int32(fds[0]), SQEBufferSelect, 3, RecvMultishot
	r.mustEnter(t, true)
	if c := r.Peek(); c == nil || c.Res != -int32(unix.ENOBUFS) || c.Flags&CQEMore != 0 {
		t.Fatalf("receive without buffers: %+v", c)
	}
}

func TestGroupTwice(t *testing.T) {
	r := openRing(t, 2, 4)
	newBuffers(t, r, 2)
	if b, err := r.OpenBuffers(3, 2); err == nil {
		b.Close()
		t.Fatal("a group was registered twice")
	}
}
