//go:build windows

package winsock

import (
	"errors"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// connect is how connecting to addr ends.
func (r *rig) connect(addr port.Addr) (windows.Handle, syscall.Errno) {
	r.t.Helper()
	h, ov := r.socket(addr), record(r.t)
	_, errno := r.end(ov, ConnectEx(h, rawAddr(r.t, addr), ov))
	return h, errno
}

// nobody is an address that nobody listens at.
func (r *rig) nobody() port.Addr {
	r.t.Helper()
	h, addr := r.listening("127.0.0.1:0", port.ListenOptions{})
	r.close(h, false)
	return addr
}

func TestConnectRefused(t *testing.T) {
	r := newRig(t)
	addr := r.nobody()
	_, errno := r.connect(addr)
	if errno != windows.ERROR_CONNECTION_REFUSED {
		t.Errorf("refused with %v (%d)", errno, errno)
	}
	err := ConnectError("test", addr.String(), errno)
	var failed *port.Error
	if !errors.Is(err, port.ErrRefused) || !errors.Is(err, errno) || !errors.As(err, &failed) ||
		failed.Op != "connect" || failed.Detail != addr.String() {
		t.Errorf("%v: want ErrRefused about %v", err, addr)
	}
}

// TestConnectRefusedByWinsock provokes the number that a call returns, where
// that of a packet is another.
func TestConnectRefusedByWinsock(t *testing.T) {
	r := newRig(t)
	addr := r.nobody()
	h, err := windows.WSASocket(windows.AF_INET, windows.SOCK_STREAM, 0, nil, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	r.closing(h)
	err = windows.Connect(h, &windows.SockaddrInet4{Port: int(addr.IP.Port()), Addr: addr.IP.Addr().As4()})
	if number(err) != windows.WSAECONNREFUSED || Outcome(number(err)) != port.ErrRefused {
		t.Errorf("refused with %v", err)
	}
}

func TestConnectMisused(t *testing.T) {
	r := newRig(t)
	client, _ := r.pair("127.0.0.1:0")
	peer, err := r.s.PeerAddr(port.Handle(client))
	if err != nil {
		t.Fatal(err)
	}
	ov := record(t)
	if errno := ConnectEx(client, rawAddr(t, peer), ov); errno != windows.WSAEISCONN {
		t.Errorf("connecting twice: %v", errno)
	}
}

// TestConnectToWhatIsNoHost connects to broadcast and multicast addresses, which
// need no network to fail.
func TestConnectToWhatIsNoHost(t *testing.T) {
	r := newRig(t)
	for _, text := range []string{"255.255.255.255:9", "[ff02::1]:9"} {
		addr := mustAddr(t, text)
		if addr.IP.Addr().Is6() && !r.s.Caps().IPv6 {
			continue
		}
		_, errno := r.connect(addr)
		t.Logf("connecting to %s: %v (%d), %v", text, errno, errno, Outcome(errno))
		switch Outcome(errno) {
		case port.ErrUnreachable, port.ErrBadAddr, port.ErrPermission:
		default:
			t.Errorf("connecting to %s: %v (%d)", text, errno, errno)
		}
	}
}

// TestConnectFromAnEndOfItsOwn connects a socket that its user has bound, which
// a second bind would refuse with WSAEINVAL.
func TestConnectFromAnEndOfItsOwn(t *testing.T) {
	r := newRig(t)
	_, addr := r.listening("127.0.0.1:0", port.ListenOptions{})
	h, own, ov := r.socket(addr), rawAddr(t, mustAddr(t, "127.0.0.2:0")), record(t)
	if errno := bind(h, own); errno != 0 {
		t.Fatal(errno)
	}
	if errno := bind(h, own); errno != windows.WSAEINVAL {
		t.Errorf("binding twice: %v", errno)
	}
	if _, errno := r.end(ov, ConnectEx(h, rawAddr(t, addr), ov)); errno != 0 {
		t.Fatal(errno)
	}
	if errno := UpdateConnect(h); errno != 0 {
		t.Fatal(errno)
	}
	if local, err := r.s.LocalAddr(port.Handle(h)); err != nil || local.IP.Addr() != own.Addr().IP.Addr() {
		t.Errorf("connected from %v, %v", local, err)
	}
}

func TestConnectedSocketsKnowTheirEnds(t *testing.T) {
	r := newRig(t)
	client, server := r.pair("127.0.0.1:0")
	local, err := r.s.LocalAddr(port.Handle(client))
	if err != nil {
		t.Fatal(err)
	}
	if peer, err := r.s.PeerAddr(port.Handle(server)); err != nil || peer != local {
		t.Errorf("the server sees %v, %v; the client is %v", peer, err, local)
	}
}
