//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// addrPort is the address of host with the port number of number.
func addrPort(host, number port.Addr) netip.AddrPort {
	return netip.AddrPortFrom(host.IP.Addr(), number.IP.Port())
}

// awaitReading waits until there is something to read from fd. Loopback may
// take a moment.
func awaitReading(t *testing.T, fd int) {
	t.Helper()
	look := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(look, 10_000)
		if n == 1 {
			return
		}
		if err != unix.EINTR {
			t.Fatalf("nothing to read: %v", err)
		}
	}
}

// accepted takes a connection off the backlog of l.
func accepted(t *testing.T, l port.Handle) (conn int) {
	t.Helper()
	awaitReading(t, int(l))
	conn, errno := Accept(int(l))
	if errno != 0 {
		t.Fatal(errno)
	}
	return conn
}

// pair makes a connected TCP pair through s.
func pair(t *testing.T, s *Sockets) (client, server port.Handle) {
	t.Helper()
	l, addr := listening(t, s, mustAddr(t, "127.0.0.1:0"), port.ListenOptions{})
	client, err := s.Socket(addr)
	if err != nil {
		t.Fatal(err)
	}
	var raw RawAddr
	if err := raw.Set(&addr); err != nil {
		t.Fatal(err)
	}
	if errno := Connect(int(client), &raw); errno != 0 && errno != unix.EINPROGRESS {
		t.Fatal(errno)
	}
	conn := accepted(t, l)
	if errno := Pending(int(client)); errno != 0 {
		t.Fatal(errno)
	}
	return client, port.Handle(conn)
}

func TestHandlesAreNonBlockingAndNotInherited(t *testing.T) {
	s := New("test")
	client, server := pair(t, s)
	defer s.CloseHandle(client, false)
	defer s.CloseHandle(server, false)
	l, _ := listening(t, s, mustAddr(t, "127.0.0.1:0"), port.ListenOptions{})
	for what, h := range map[string]port.Handle{"client": client, "server": server, "listener": l} {
		if flags, err := unix.FcntlInt(uintptr(h), unix.F_GETFL, 0); err != nil || flags&unix.O_NONBLOCK == 0 {
			t.Errorf("%s blocks: flags %#x, %v", what, flags, err)
		}
		if flags, err := unix.FcntlInt(uintptr(h), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("%s is inherited: flags %#x, %v", what, flags, err)
		}
	}
}

func TestAddressesOfBothEnds(t *testing.T) {
	s := New("test")
	client, server := pair(t, s)
	defer s.CloseHandle(client, false)
	defer s.CloseHandle(server, false)
	local, err := s.LocalAddr(client)
	if err != nil {
		t.Fatal(err)
	}
	if peer, err := s.PeerAddr(server); err != nil || peer != local {
		t.Errorf("the server sees %v, %v; the client is %v", peer, err, local)
	}
}

func TestCloseAbortResets(t *testing.T) {
	for abort, want := range map[bool]unix.Errno{false: 0, true: unix.ECONNRESET} {
		s := New("test")
		client, server := pair(t, s)
		if err := s.CloseHandle(server, abort); err != nil {
			t.Error(err)
		}
		awaitReading(t, int(client))
		if _, errno := Recv(int(client), make([]byte, 1)); errno != want {
			t.Errorf("after a close with abort %t: %v, want %v", abort, errno, want)
		}
		if err := s.CloseHandle(client, false); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenFile(t *testing.T) {
	s := New("test")
	path := filepath.Join(t.TempDir(), "f")
	h, err := s.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CloseHandle(h, false); err != nil {
		t.Error(err)
	}
	if err := s.CloseHandle(h, false); !errors.Is(err, port.ErrClosed) {
		t.Errorf("closing twice: %v, want ErrClosed", err)
	}
	_, err = s.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	var failed *port.Error
	if !errors.Is(err, os.ErrExist) || !errors.As(err, &failed) || failed.Detail != path {
		t.Errorf("%v: want ErrExist about %s", err, path)
	}
}
