//go:build windows

package winsock

import (
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// TestHotCallsAllocateNothing makes each call of the I/O path as a port does.
func TestHotCallsAllocateNothing(t *testing.T) {
	r := newRig(t)
	client, server := r.pair("127.0.0.1:0")
	l, addr := r.listening("127.0.0.1:0", port.ListenOptions{})
	r.associated(l)
	conn, errno := NewAcceptSocket(l)
	if errno != 0 {
		t.Fatal(errno)
	}
	r.closing(conn)
	file, _ := r.file(2)
	var (
		ov      = record(t)
		addrs   = memory(t, AddrBytes)
		p       = memory(t, 4096)
		bufs    = []windows.WSABuf{piece(p[:10]), piece(p[:20])}
		entries = make([]Entry, 8)
		raw     RawAddr
		none    = r.nobody()
	)
	take := func() {
		if n, errno := Dequeue(r.iocp, entries, patienceMs); n != 1 || errno != 0 {
			t.Fatalf("%d packets, %v", n, errno)
		}
		Status(ov)
	}
	for what, call := range map[string]func(){
		"recv":         func() { Recv(client, p) },
		"recv zero":    func() { RecvZero(client, ov); Cancel(client, ov); take() },
		"send":         func() { Send(client, bufs, ov); take(); Recv(server, p) },
		"post":         func() { Post(r.iocp, 1, ov); take() },
		"dequeue":      func() { Dequeue(r.iocp, entries, 0) },
		"cancel":       func() { Cancel(client, ov) },
		"accept":       func() { AcceptEx(l, conn, &addrs[0], ov); Cancel(l, ov); take() },
		"update":       func() { UpdateAccept(l, server); UpdateConnect(client) },
		"write":        func() { WriteFile(file, p, 0, ov); take() },
		"read":         func() { ReadFile(file, p, 0, ov); take() },
		"set address":  func() { raw.Set(&addr) },
		"clock":        func() { Clock() },
		"verdict":      func() { AcceptVerdict(Status(ov)); Outcome(Status(ov)) },
		"local socket": func() { newSocketAndClose(t, l) },
		"connect": func() {
			raw.Set(&none)
			h, _ := newStream(windows.AF_INET)
			Associate(r.iocp, h, 1)
			if errno := ConnectEx(h, &raw, ov); errno != Pending {
				t.Fatal(errno)
			}
			take()
			Close(h, true)
		},
	} {
		if n := testing.AllocsPerRun(50, call); n != 0 {
			t.Errorf("%s allocates %v times", what, n)
		}
	}
}

func newSocketAndClose(t *testing.T, l windows.Handle) {
	h, errno := NewAcceptSocket(l)
	if errno != 0 {
		t.Fatal(errno)
	}
	if err := Close(h, true); err != nil {
		t.Fatal(err)
	}
}
