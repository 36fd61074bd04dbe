package porttest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// unixAddr is a path for a socket, or no address where there are none, which
// it shows.
func (l *loop) unixAddr(t *testing.T) port.Addr {
	t.Helper()
	addr := port.Addr{Path: filepath.Join(t.TempDir(), "s")}
	if !l.drv.Caps().Unix {
		_, err := l.drv.Listen(addr, port.ListenOptions{})
		l.is("Listen on a path", err, port.ErrNotSupported)
		_, err = l.drv.Socket(addr)
		l.is("Socket for a path", err, port.ErrNotSupported)
		return port.Addr{}
	}
	return addr
}

// unixStream sends both ways over a path.
func unixStream(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	addr := l.unixAddr(t)
	if !addr.IsValid() {
		return
	}
	ln := l.listen(addr, port.ListenOptions{})
	if ln.addr != addr {
		l.fatalf("listening on %v gave %v", addr, ln.addr)
	}
	ln.start()
	c, s := ln.pair()
	peer, err := l.drv.PeerAddr(c.handle)
	if err != nil || peer != addr {
		l.fatalf("PeerAddr is %v, %v", peer, err)
	}
	_, err = l.drv.PeerAddr(s.handle) // has no name
	l.ok("PeerAddr of the server", err)
	c.read()
	s.read()
	c.write(1 << 20)
	s.write(1 << 20)
	c.sent()
	s.sent()
	c.shutdown()
	s.finished(1 << 20)
	s.shutdown()
	c.finished(1 << 20)
}

// unixReset aborts, and closes with operations pending.
func unixReset(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	addr := l.unixAddr(t)
	if !addr.IsValid() {
		return
	}
	ln := l.listen(addr, port.ListenOptions{})
	ln.start()
	for _, how := range []port.How{port.HowClose, port.HowAbort} {
		c, s := ln.pair()
		s.read()
		s.write(stalled)
		c.write(100)
		c.sent()
		s.received(100)
		c.disconnect(how)
		l.ended("disconnect, and the peer's ops", &c.end, &s.recv, &s.send)
		l.is("send to a closed peer", s.send.err, broken...)
	}
}

// unixInUse listens on the path of a listener, and on a file's.
func unixInUse(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	addr := l.unixAddr(t)
	if !addr.IsValid() {
		return
	}
	ln := l.listen(addr, port.ListenOptions{})
	ln.start()
	_, err := l.drv.Listen(addr, port.ListenOptions{})
	l.is("Listen twice on a path", err, port.ErrAddrInUse)
	l.while(hush)
	ln.discard() // a Listen may knock to learn whether the path is stale
	greet(ln.pair())
	if _, err := os.Lstat(addr.Path); err != nil {
		return // paths of this driver are not the file system's
	}
	file := port.Addr{Path: addr.Path + ".txt"}
	l.ok("WriteFile", os.WriteFile(file.Path, []byte("mine"), 0o600))
	if _, err := l.drv.Listen(file, port.ListenOptions{}); err == nil {
		l.fatalf("Listen took the path of a file that is no socket")
	}
	text, err := os.ReadFile(file.Path)
	if err != nil || string(text) != "mine" {
		l.fatalf("Listen has changed a file that is no socket: %q, %v", text, err)
	}
}

// unixStale listens on the path of a listener that is no more: connecting there
// is refused, listening works.
func unixStale(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	addr := l.unixAddr(t)
	if !addr.IsValid() {
		return
	}
	ln := l.listen(addr, port.ListenOptions{})
	kept := os.Link(addr.Path, addr.Path+".kept") == nil // where paths are the file system's
	ln.close(port.HowClose)
	if kept {
		_ = os.Remove(addr.Path) // which Close may have done
		l.ok("Rename", os.Rename(addr.Path+".kept", addr.Path))
		c := l.socket(addr)
		c.dial(addr)
		l.ended("the connect", &c.connect)
		l.is("connect to a stale path", c.connect.err, port.ErrRefused)
	}
	again := l.listen(addr, port.ListenOptions{})
	again.start()
	greet(again.pair())
}
