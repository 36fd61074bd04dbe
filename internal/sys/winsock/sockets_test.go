//go:build windows

package winsock

import (
	"errors"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

func TestCaps(t *testing.T) {
	r := newRig(t)
	caps := r.s.Caps()
	t.Logf("%+v, skips on success: %v", caps, r.s.SkipsOnSuccess())
	if !caps.Files || caps.Unix || caps.ReusePort || caps.Datagram || caps.Virtual || r.s.Name() != "test" {
		t.Errorf("%s: %+v", r.s.Name(), caps)
	}
}

func TestHandlesAreNonBlockingAndNotInherited(t *testing.T) {
	r := newRig(t)
	client, server := r.pair("127.0.0.1:0")
	l, _ := r.listening("127.0.0.1:0", port.ListenOptions{})
	for what, h := range map[string]windows.Handle{"client": client, "server": server, "listener": l} {
		if inherited(t, h) {
			t.Errorf("%s is inherited", what)
		}
		if _, errno := Recv(h, make([]byte, 1)); errno == 0 || what != "listener" && errno != windows.WSAEWOULDBLOCK {
			t.Errorf("receiving from the %s: %v", what, errno)
		}
	}
}

func TestSocketNowhere(t *testing.T) {
	r := newRig(t)
	for _, addr := range []port.Addr{{}, {Path: "/unused"}} {
		if _, err := r.s.Socket(addr); !errors.Is(err, port.ErrNotSupported) || !errors.Is(err, windows.WSAEAFNOSUPPORT) {
			t.Errorf("a socket for %v: %v, want ErrNotSupported", addr, err)
		}
		if _, err := r.s.Listen(addr, port.ListenOptions{}); !errors.Is(err, port.ErrNotSupported) {
			t.Errorf("listening at %v: %v, want ErrNotSupported", addr, err)
		}
	}
}

// TestWhatSystemsLack provokes numbers that mean ErrNotSupported.
func TestWhatSystemsLack(t *testing.T) {
	r := newRig(t)
	for want, c := range map[error][3]int32{
		windows.WSAEPROTONOSUPPORT: {windows.AF_INET, windows.SOCK_STREAM, windows.IPPROTO_UDP},
		windows.WSAESOCKTNOSUPPORT: {windows.AF_INET, 77, 0},
		windows.WSAEAFNOSUPPORT:    {99, windows.SOCK_STREAM, 0},
	} {
		h, err := windows.WSASocket(c[0], c[1], c[2], nil, 0, 0)
		if err == nil {
			r.closing(h)
		}
		if err != want || Outcome(number(err)) != port.ErrNotSupported {
			t.Errorf("a socket %v: %v, want %v", c, err, want)
		}
	}
	h, err := windows.WSASocket(windows.AF_INET, windows.SOCK_DGRAM, 0, nil, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	r.closing(h)
	if errno := bind(h, rawAddr(t, mustAddr(t, "127.0.0.1:0"))); errno != 0 {
		t.Fatal(errno)
	}
	if errno := listen(h, 1); errno != windows.WSAEOPNOTSUPP || Outcome(errno) != port.ErrNotSupported {
		t.Errorf("listening without connections: %v (%d)", errno, errno)
	}
	if errno := setInt(h, windows.IPPROTO_TCP, 9999, 1); Outcome(errno) != port.ErrNotSupported {
		t.Errorf("an option that there is not: %v (%d)", errno, errno)
	}
}

func TestAddressesOfNothing(t *testing.T) {
	r := newRig(t)
	if _, err := r.s.LocalAddr(port.NoHandle); !errors.Is(err, port.ErrClosed) {
		t.Errorf("the address of no handle: %v", err)
	}
	h := r.socket(mustAddr(t, "127.0.0.1:1"))
	if _, err := r.s.PeerAddr(port.Handle(h)); !errors.Is(err, port.ErrClosed) || !errors.Is(err, windows.WSAENOTCONN) {
		t.Errorf("the peer of what is not connected: %v", err)
	}
}

// TestCloseLingering closes with bytes on the way and time to wait for them,
// which a non-blocking socket refuses with WSAEWOULDBLOCK. Wine waits.
func TestCloseLingering(t *testing.T) {
	for _, seconds := range []int{-1, 0, 1} {
		r := newRig(t)
		client, _ := r.pair("127.0.0.1:0")
		if err := r.s.SetOption(port.Handle(client), port.OptLingerS, seconds); err != nil {
			t.Fatal(err)
		}
		ov := stuff(r, client)
		if errno := Cancel(client, ov); errno != 0 {
			t.Fatal(errno)
		}
		r.packet(ov)
		r.close(client, false)
		if errno := closeSocket(client); errno != windows.WSAENOTSOCK {
			t.Errorf("the handle was not closed: %v", errno)
		}
	}
}

func TestCloseAnything(t *testing.T) {
	r := newRig(t)
	event, err := windows.CreateEvent(nil, 0, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	socket, err := r.s.Socket(mustAddr(t, "127.0.0.1:1"))
	if err != nil {
		t.Fatal(err)
	}
	seen := r.s.Frees()
	for what, h := range map[string]port.Handle{"event": port.Handle(event), "socket": socket} {
		if err := r.s.CloseHandle(h, true); err != nil {
			t.Errorf("closing the %s: %v", what, err)
		}
	}
	if r.s.Frees() != seen+2 {
		t.Errorf("%d handles are said to have come free, want 2", r.s.Frees()-seen)
	}
	err = r.s.CloseHandle(port.Handle(0x0ffffff0), false)
	if !errors.Is(err, port.ErrClosed) || !errors.Is(err, windows.ERROR_INVALID_HANDLE) {
		t.Errorf("closing what is not open: %v, want ErrClosed", err)
	}
}

// TestCloseWhilePending is what a port must not do, but another driver's user
// may: the operation ends as one that was canceled.
func TestCloseWhilePending(t *testing.T) {
	r := newRig(t)
	client, _ := r.pair("127.0.0.1:0")
	ov := record(t)
	if errno := RecvZero(client, ov); errno != Pending {
		t.Fatal(errno)
	}
	r.close(client, false)
	_, errno := r.packet(ov)
	t.Logf("closed while pending: %v (%d)", errno, errno)
	if !Canceled(errno) {
		t.Errorf("ended with %v (%d), which is not how canceled operations end", errno, errno)
	}
}

func TestLimitHandles(t *testing.T) {
	r := newRig(t)
	addr := mustAddr(t, "127.0.0.1:1")
	l, _ := r.listening("127.0.0.1:0", port.ListenOptions{})
	r.s.LimitHandles(2)
	first := r.socket(addr)
	r.socket(addr)
	full := func() {
		t.Helper()
		if _, err := r.s.Socket(addr); !errors.Is(err, port.ErrTooManyFiles) || !errors.Is(err, windows.WSAEMFILE) {
			t.Errorf("a socket too many: %v, want ErrTooManyFiles", err)
		}
		if _, errno := r.s.NewAcceptSocket(l); AcceptVerdict(errno) != AcceptFull {
			t.Errorf("an accept socket too many: %v", errno)
		}
		if _, err := r.s.OpenFile("unused", 0, 0); !errors.Is(err, port.ErrTooManyFiles) {
			t.Errorf("a file too many: %v, want ErrTooManyFiles", err)
		}
		if _, err := r.s.Listen(addr, port.ListenOptions{}); !errors.Is(err, port.ErrTooManyFiles) {
			t.Errorf("a listener too many: %v, want ErrTooManyFiles", err)
		}
	}
	full()
	r.close(first, false)
	r.socket(addr)
	full()
	r.s.UnlimitHandles()
	for range 3 {
		r.socket(addr)
	}
}
