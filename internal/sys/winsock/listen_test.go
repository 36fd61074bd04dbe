//go:build windows

package winsock

import (
	"errors"
	"net/netip"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// addrPort is the address of host with the port number of number.
func addrPort(host, number port.Addr) port.Addr {
	return port.Addr{IP: netip.AddrPortFrom(host.IP.Addr(), number.IP.Port())}
}

func wantInUse(t *testing.T, r *rig, addr port.Addr) {
	t.Helper()
	h, err := r.s.Listen(addr, port.ListenOptions{})
	if err == nil {
		r.s.CloseHandle(h, false)
	}
	var failed *port.Error
	if !errors.Is(err, port.ErrAddrInUse) || !errors.As(err, &failed) || failed.Detail != addr.String() {
		t.Errorf("listening again: %v, want ErrAddrInUse about %v", err, addr)
		return
	}
	t.Logf("listening again: %v (%d)", err, failed.Cause)
}

func TestListenPortInUse(t *testing.T) {
	r := newRig(t)
	_, addr := r.listening("127.0.0.1:0", port.ListenOptions{})
	wantInUse(t, r, addr)
	if r.s.Caps().IPv6 {
		_, addr := r.listening("[::1]:0", port.ListenOptions{})
		wantInUse(t, r, addr)
	}
	_, all := r.listening(":0", port.ListenOptions{})
	wantInUse(t, r, all)
}

// TestListenWhereStrangersAre has a socket on the port that is not exclusive.
func TestListenWhereStrangersAre(t *testing.T) {
	for _, option := range []int32{0, windows.SO_REUSEADDR} {
		r := newRig(t)
		h, errno := newStream(windows.AF_INET)
		if errno != 0 {
			t.Fatal(errno)
		}
		r.closing(h)
		if option != 0 {
			if errno := setInt(h, windows.SOL_SOCKET, option, 1); errno != 0 {
				t.Fatal(errno)
			}
		}
		raw := rawAddr(t, mustAddr(t, "127.0.0.1:0"))
		if errno := bind(h, raw); errno != 0 {
			t.Fatal(errno)
		}
		if errno := listen(h, 1); errno != 0 {
			t.Fatal(errno)
		}
		addr, err := r.s.LocalAddr(port.Handle(h))
		if err != nil {
			t.Fatal(err)
		}
		wantInUse(t, r, addr)
	}
}

// TestBindSaysInUse provokes WSAEADDRINUSE itself, by sockets that are not
// exclusive.
func TestBindSaysInUse(t *testing.T) {
	r := newRig(t)
	raw := rawAddr(t, mustAddr(t, "127.0.0.1:0"))
	for i, want := range []error{nil, port.ErrAddrInUse} {
		h, errno := newStream(windows.AF_INET)
		if errno != 0 {
			t.Fatal(errno)
		}
		r.closing(h)
		errno = bind(h, raw)
		if i == 0 && errno == 0 {
			errno = name(procGetSockName, h, raw)
		}
		if errno != 0 && Outcome(errno) != want || errno == 0 && want != nil {
			t.Errorf("bind %d: %v (%d), want %v", i, errno, errno, want)
		}
	}
}

func TestPermissionIsNotInUse(t *testing.T) {
	r := newRig(t)
	free := r.nobody()
	if err := r.s.listenError(free, windows.WSAEACCES); !errors.Is(err, port.ErrPermission) {
		t.Errorf("forbidden and free: %v, want ErrPermission", err)
	}
	_, addr := r.listening("127.0.0.1:0", port.ListenOptions{})
	if err := r.s.listenError(addr, windows.WSAEACCES); !errors.Is(err, port.ErrAddrInUse) {
		t.Errorf("forbidden and taken: %v, want ErrAddrInUse", err)
	}
	elsewhere := addrPort(mustAddr(t, "127.0.0.2:1"), addr)
	if err := r.s.listenError(elsewhere, windows.WSAEACCES); !errors.Is(err, port.ErrPermission) {
		t.Errorf("forbidden, and taken at another address: %v, want ErrPermission", err)
	}
}

func TestListenDualStack(t *testing.T) {
	r := newRig(t)
	if !r.s.Caps().IPv6 {
		if _, addr := r.listening(":0", port.ListenOptions{}); !addr.IP.Addr().Is4() {
			t.Errorf("listening at %v without IPv6", addr)
		}
		return
	}
	l, addr := r.listening(":0", port.ListenOptions{})
	a := r.accept(r.associated(l))
	v4 := mustAddr(t, "127.0.0.1:0")
	if _, errno := r.connect(addrPort(v4, addr)); errno != 0 {
		t.Fatalf("IPv4 does not reach a dual-stack listener: %v", errno)
	}
	if _, errno := r.packet(a.ov); errno != 0 {
		t.Fatal(errno)
	}
	if errno := UpdateAccept(l, a.conn); errno != 0 {
		t.Fatal(errno)
	}
	if peer, err := r.s.PeerAddr(port.Handle(a.conn)); err != nil || !peer.IP.Addr().Is4() {
		t.Errorf("an IPv4 peer is given as %v, %v", peer, err)
	}
	only, addr := r.listening(":0", port.ListenOptions{V6Only: true})
	if got, err := r.s.Option(port.Handle(only), port.OptV6Only); err != nil || got != 1 {
		t.Errorf("V6Only reads back %d, %v", got, err)
	}
	if _, errno := r.connect(addrPort(v4, addr)); errno == 0 {
		t.Error("IPv4 reaches a listener that is IPv6 only")
	}
}

func TestWithoutIPv6(t *testing.T) {
	r := newRig(t)
	r.s.caps.IPv6 = false
	_, addr := r.listening(":0", port.ListenOptions{})
	if addr.IP.Addr() != netip.IPv4Unspecified() {
		t.Errorf("listening at %v without IPv6", addr)
	}
	for text, opts := range map[string]port.ListenOptions{"[::1]:0": {}, ":0": {V6Only: true}} {
		if _, err := r.s.Listen(mustAddr(t, text), opts); !errors.Is(err, port.ErrNotSupported) {
			t.Errorf("listening at %s without IPv6: %v, want ErrNotSupported", text, err)
		}
	}
	if _, err := r.s.Socket(mustAddr(t, "[::1]:1")); !errors.Is(err, port.ErrNotSupported) {
		t.Errorf("a socket for IPv6 without it: %v, want ErrNotSupported", err)
	}
}

func TestListenRefusesWhatItCannotDo(t *testing.T) {
	r := newRig(t)
	if _, err := r.s.Listen(mustAddr(t, "127.0.0.1:0"), port.ListenOptions{ReusePort: true}); !errors.Is(err, port.ErrNotSupported) {
		t.Errorf("sharing a port: %v, want ErrNotSupported", err)
	}
	_, err := r.s.Listen(mustAddr(t, "192.0.2.1:0"), port.ListenOptions{})
	if !errors.Is(err, port.ErrBadAddr) || !errors.Is(err, windows.WSAEADDRNOTAVAIL) {
		t.Errorf("listening at somebody else's address: %v, want ErrBadAddr", err)
	}
	if _, err := r.s.Listen(mustAddr(t, "[fe80::1%no-such-device]:0"), port.ListenOptions{}); err == nil {
		t.Error("listening in a zone that does not exist")
	}
}

// TestListenBacklog holds that the backlog has an effect at all: connections
// beyond it are not established, below it they are.
func TestListenBacklog(t *testing.T) {
	for _, backlog := range []int{1, plainBacklog, plainBacklog + 1, 1 << 20} {
		r := newRig(t)
		_, addr := r.listening("127.0.0.1:0", port.ListenOptions{Backlog: backlog})
		for range min(backlog, 4) {
			if _, errno := r.connect(addr); errno != 0 {
				t.Errorf("with a backlog of %d: %v", backlog, errno)
			}
		}
	}
}
