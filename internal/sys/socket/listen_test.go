//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

func mustAddr(t *testing.T, text string) port.Addr {
	t.Helper()
	addr, err := port.ParseAddr(text)
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// listening makes a listener that the test closes at its end.
func listening(t *testing.T, s *Sockets, addr port.Addr, opts port.ListenOptions) (port.Handle, port.Addr) {
	t.Helper()
	h, err := s.Listen(addr, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.CloseHandle(h, false) })
	local, err := s.LocalAddr(h)
	if err != nil {
		t.Fatal(err)
	}
	return h, local
}

func wantInUse(t *testing.T, s *Sockets, addr port.Addr, opts port.ListenOptions) {
	t.Helper()
	h, err := s.Listen(addr, opts)
	if err == nil {
		s.CloseHandle(h, false)
	}
	var failed *port.Error
	if !errors.Is(err, port.ErrAddrInUse) || !errors.As(err, &failed) || failed.Detail != addr.String() {
		t.Errorf("listening again: %v, want ErrAddrInUse about %v", err, addr)
	}
}

// connects tells whether a blocking connect to addr works.
func connects(t *testing.T, addr port.Addr) bool {
	t.Helper()
	var raw RawAddr
	if err := raw.Set(&addr); err != nil {
		t.Fatal(err)
	}
	fd, err := newStream(family(addr))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.SetNonblock(fd, false); err != nil {
		t.Fatal(err)
	}
	return Connect(fd, &raw) == 0
}

func TestListenPortInUse(t *testing.T) {
	s := New("test")
	_, addr := listening(t, s, mustAddr(t, "127.0.0.1:0"), port.ListenOptions{})
	wantInUse(t, s, addr, port.ListenOptions{})
	if s.Caps().ReusePort {
		wantInUse(t, s, addr, port.ListenOptions{ReusePort: true})
	}
}

func TestListenSharesOnlyByChoice(t *testing.T) {
	s, stranger := New("test"), New("stranger")
	shared := port.ListenOptions{ReusePort: true}
	if !s.Caps().ReusePort {
		if _, err := s.Listen(mustAddr(t, "127.0.0.1:0"), shared); !errors.Is(err, port.ErrNotSupported) {
			t.Errorf("sharing a port: %v, want ErrNotSupported", err)
		}
		return
	}
	_, addr := listening(t, s, mustAddr(t, "127.0.0.1:0"), shared)
	listening(t, s, addr, shared)
	wantInUse(t, s, addr, port.ListenOptions{})
	wantInUse(t, stranger, addr, shared) // the kernel alone would allow it
}

func TestListenDualStack(t *testing.T) {
	s := New("test")
	if !dualStack {
		if _, err := s.Listen(mustAddr(t, ":0"), port.ListenOptions{}); !errors.Is(err, port.ErrNotSupported) {
			t.Errorf("listening at all addresses: %v, want ErrNotSupported", err)
		}
		return
	}
	if !s.Caps().IPv6 {
		_, addr := listening(t, s, mustAddr(t, ":0"), port.ListenOptions{})
		if !addr.IP.Addr().Is4() {
			t.Errorf("listening at %v without IPv6", addr)
		}
		return
	}
	h, addr := listening(t, s, mustAddr(t, ":0"), port.ListenOptions{})
	v4 := mustAddr(t, "127.0.0.1:0")
	v4.IP = addrPort(v4, addr)
	if !connects(t, v4) {
		t.Error("IPv4 does not reach a dual-stack listener")
	}
	conn := accepted(t, h)
	defer unix.Close(conn)
	if peer, err := s.PeerAddr(port.Handle(conn)); err != nil || !peer.IP.Addr().Is4() {
		t.Errorf("an IPv4 peer is given as %v, %v", peer, err)
	}
	_, only := listening(t, s, mustAddr(t, ":0"), port.ListenOptions{V6Only: true})
	v4.IP = addrPort(v4, only)
	if connects(t, v4) {
		t.Error("IPv4 reaches a listener that is IPv6 only")
	}
}

func TestListenUnixTakesOverStalePath(t *testing.T) {
	s := New("test")
	addr := port.Addr{Path: filepath.Join(t.TempDir(), "s")}
	h, err := s.Listen(addr, port.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wantInUse(t, s, addr, port.ListenOptions{})
	if err := unix.Close(int(h)); err != nil { // as a crash would
		t.Fatal(err)
	}
	s.SurrenderListener(h)
	listening(t, s, addr, port.ListenOptions{})
	if !connects(t, addr) {
		t.Error("the new listener cannot be reached")
	}
}

func TestListenUnixLeavesOtherFilesAlone(t *testing.T) {
	addr := port.Addr{Path: filepath.Join(t.TempDir(), "s")}
	if err := os.WriteFile(addr.Path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantInUse(t, New("test"), addr, port.ListenOptions{})
	if got, err := os.ReadFile(addr.Path); err != nil || string(got) != "precious" {
		t.Errorf("the file is now %q, %v", got, err)
	}
}

func TestCloseRemovesOnlyItsOwnPath(t *testing.T) {
	s := New("test")
	addr := port.Addr{Path: filepath.Join(t.TempDir(), "s")}
	first, err := s.Listen(addr, port.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(addr.Path); err != nil {
		t.Fatal(err)
	}
	second, err := s.Listen(addr, port.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CloseHandle(first, false); err != nil {
		t.Error(err)
	}
	if !connects(t, addr) {
		t.Error("closing the first listener removed the second one's path")
	}
	if err := s.CloseHandle(second, false); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(addr.Path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the path outlives its listener: %v", err)
	}
}

func TestListenRefusesWhatItCannotDo(t *testing.T) {
	s := New("test")
	if _, err := s.Listen(port.Addr{Path: "/unused"}, port.ListenOptions{ReusePort: true}); !errors.Is(err, port.ErrNotSupported) {
		t.Errorf("sharing a unix path: %v, want ErrNotSupported", err)
	}
	if _, err := s.Listen(port.Addr{}, port.ListenOptions{}); !errors.Is(err, port.ErrNotSupported) {
		t.Errorf("listening nowhere: %v, want ErrNotSupported", err)
	}
	if _, err := s.Listen(mustAddr(t, "192.0.2.1:0"), port.ListenOptions{}); !errors.Is(err, port.ErrBadAddr) {
		t.Errorf("listening at somebody else's address: %v, want ErrBadAddr", err)
	}
}
