//go:build windows

package winsock

import (
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

func TestPostAndDequeue(t *testing.T) {
	r := newRig(t)
	ov := record(t)
	for key := range uintptr(5) {
		if errno := Post(r.iocp, key, ov); errno != 0 {
			t.Fatal(errno)
		}
	}
	if errno := Post(r.iocp, ^uintptr(0), nil); errno != 0 {
		t.Fatal(errno)
	}
	var entries [4]Entry
	n, errno := Dequeue(r.iocp, entries[:], patienceMs)
	if n != 4 || errno != 0 || entries[3].Key != 3 || entries[3].Overlapped != ov {
		t.Errorf("took %d packets, %v: %v", n, errno, entries)
	}
	n, errno = Dequeue(r.iocp, entries[:], patienceMs)
	if n != 2 || errno != 0 || entries[1].Key != ^uintptr(0) || entries[1].Overlapped != nil {
		t.Errorf("took %d packets, %v: %v", n, errno, entries)
	}
}

func TestDequeueOfNothingIsNoError(t *testing.T) {
	r := newRig(t)
	for _, timeoutMs := range []uint32{0, 1, 20} {
		var entries [4]Entry
		if n, errno := Dequeue(r.iocp, entries[:], timeoutMs); n != 0 || errno != 0 {
			t.Errorf("after %d ms: %d, %v; want nothing", timeoutMs, n, errno)
		}
	}
}

// TestDequeueAfterClose provokes ERROR_ABANDONED_WAIT_0. The port may be closed
// before the other thread waits, then it has no port: that is tried again.
func TestDequeueAfterClose(t *testing.T) {
	for range 100 {
		iocp, err := NewPort()
		if err != nil {
			t.Fatal(err)
		}
		begins, ended := make(chan bool), make(chan syscall.Errno)
		go func() {
			var entries [1]Entry
			begins <- true
			_, errno := Dequeue(iocp, entries[:], patienceMs)
			ended <- errno
		}()
		<-begins
		for range 1000 {
			runtime.Gosched()
		}
		windows.CloseHandle(iocp)
		switch errno := <-ended; errno {
		case windows.ERROR_ABANDONED_WAIT_0:
			if Outcome(errno) != port.ErrClosed {
				t.Errorf("%v means %v", errno, Outcome(errno))
			}
			return
		case windows.ERROR_INVALID_HANDLE:
		default:
			t.Fatalf("waiting on a port that is closed ended with %v", errno)
		}
	}
	t.Error("the port was never waited on when it was closed")
}

func TestNoPort(t *testing.T) {
	var entries [1]Entry
	none := windows.InvalidHandle
	if n, errno := Dequeue(none, entries[:], 0); n != 0 || Outcome(errno) != port.ErrClosed {
		t.Errorf("dequeue: %d, %v; want ErrClosed", n, errno)
	}
	if errno := Post(none, 1, nil); Outcome(errno) != port.ErrClosed {
		t.Errorf("post: %v; want ErrClosed", errno)
	}
}

func TestAssociateOnce(t *testing.T) {
	r, other := newRig(t), newRig(t)
	h := r.socket(mustAddr(t, "127.0.0.1:1"))
	if errno := Associate(other.iocp, h, 1); errno != windows.ERROR_INVALID_PARAMETER {
		t.Errorf("associating a second time: %v, want ERROR_INVALID_PARAMETER", errno)
	}
	if errno := Associate(r.iocp, windows.InvalidHandle, 1); errno == 0 {
		t.Error("no handle was associated")
	}
}

// TestDisassociate holds that a handle is free for another port afterwards, or
// that the system says that it cannot do that and changes nothing.
func TestDisassociate(t *testing.T) {
	r, other := newRig(t), newRig(t)
	client, server := r.pair("127.0.0.1:0")
	errno := Disassociate(client)
	t.Logf("FileReplaceCompletionInformation: %v (%d)", errno, errno)
	now := other
	if errno != 0 {
		now = r
	} else if errno := Associate(other.iocp, client, 7); errno != 0 {
		t.Fatalf("associating with another port: %v", errno)
	}
	ov := record(t)
	if errno := RecvZero(client, ov); errno != Pending {
		t.Fatal(errno)
	}
	r.send(server, "x")
	if _, errno := now.packet(ov); errno != 0 {
		t.Error(errno)
	}
}

func TestSkipOnSuccess(t *testing.T) {
	r := newRig(t)
	if !r.s.SkipsOnSuccess() {
		t.Skip("a provider without handles of the kernel is installed")
	}
	client, server := r.pair("127.0.0.1:0")
	for _, h := range []windows.Handle{client, server} {
		if errno := SkipOnSuccess(h); errno != 0 {
			t.Fatal(errno)
		}
	}
	ov, b := record(t), memory(t, 1)
	switch n, errno := Send(client, []windows.WSABuf{piece(b)}, ov); errno {
	case 0:
		if n != 1 {
			t.Errorf("sent %d bytes", n)
		}
	case Pending:
		r.packet(ov)
	default:
		t.Fatal(errno)
	}
	r.quiet()
	until(t, "a byte", func() bool {
		n, errno := Recv(server, b)
		return n == 1 && errno == 0
	})
	if errno := RecvZero(server, ov); errno != Pending {
		t.Fatalf("waiting for bytes: %v", errno)
	}
	if errno := Cancel(server, ov); errno != 0 {
		t.Error(errno)
	}
	if _, errno := r.packet(ov); errno != windows.ERROR_OPERATION_ABORTED {
		t.Errorf("a canceled operation ended with %v", errno)
	}
	r.quiet()
}
