//go:build linux

package ready

import (
	"errors"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

// listen makes a TCP listener of the test's.
func (r *rig) listen(backlog int) (fd int, addr port.Addr) {
	r.t.Helper()
	loopback, err := port.ParseAddr("127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	h, err := r.sockets.Listen(loopback, port.ListenOptions{Backlog: backlog})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = r.sockets.CloseHandle(h, false) })
	if addr, err = r.sockets.LocalAddr(h); err != nil {
		r.t.Fatal(err)
	}
	return int(h), addr
}

// socket makes a socket of the port's that can connect to addr.
func (r *rig) socket(addr port.Addr) port.Ref {
	r.t.Helper()
	h, err := r.sockets.Socket(addr)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.attach(int(h), port.KindStream)
}

// tcp makes a TCP connection of which the port has the connecting end.
func (r *rig) tcp() (ref port.Ref, peer int) {
	r.t.Helper()
	l, addr := r.listen(1)
	ref = r.socket(addr)
	connect := port.Op{Type: port.OpConnect, Target: ref, Addr: &addr}
	r.Submit(&connect)
	evs := r.poll(Edge{ref, Writable})
	if ev := r.only(append(evs, r.poll()...)); ev.Err != nil {
		r.t.Fatal(ev.Err)
	}
	peer, errno := socket.Accept(l)
	if errno != 0 {
		r.t.Fatal(errno)
	}
	r.t.Cleanup(func() { _ = unix.Close(peer) }) // unless the test has
	return ref, peer
}

func TestConnectTrustsNoEdge(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	l, addr := r.listen(1)
	// A full backlog drops the SYN: this connect stays in progress.
	for range 2 {
		other := r.socket(addr)
		connect := port.Op{Type: port.OpConnect, Target: other, Addr: &addr}
		r.Submit(&connect)
		r.only(append([]port.Event(nil), r.poll(Edge{other, Writable})...))
	}
	ref := r.socket(addr)
	r.none(r.poll(Edge{ref, Broken})) // a socket that was never connected hangs up
	connect := port.Op{Type: port.OpConnect, Target: ref, Addr: &addr}
	r.Submit(&connect)
	for _, what := range []What{Broken, Writable, kqWriteEOF, Readable} {
		r.none(r.poll(Edge{ref, what}))
	}
	if err := unix.Shutdown(l, unix.SHUT_RDWR); err != nil { // drops the backlog too
		t.Fatal(err)
	}
	r.Cancel(&connect)
	if ev := r.only(r.poll()); ev.Err != port.ErrCanceled {
		t.Errorf("connect ended with %v", ev.Err)
	}
}

func TestConnectThatIsResetAtOnce(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	l, addr := r.listen(1)
	ref := r.socket(addr)
	connect := port.Op{Type: port.OpConnect, Target: ref, Addr: &addr}
	r.Submit(&connect)
	peer, errno := socket.Accept(l)
	if errno != 0 {
		t.Fatal(errno)
	}
	if err := socket.Close(peer, true); err != nil {
		t.Fatal(err)
	}
	evs := append([]port.Event(nil), r.poll(Edge{ref, Readable | PeerDone | Broken | Writable})...)
	if ev := r.only(append(evs, r.poll()...)); ev.Err != nil {
		t.Fatalf("connect ended with %v: it was accepted", ev.Err)
	}
	recv := port.Op{Type: port.OpRecv, Target: ref}
	r.Submit(&recv)
	evs = append([]port.Event(nil), r.poll()...)
	if ev := r.only(append(evs, r.poll()...)); !errors.Is(ev.Err, port.ErrReset) {
		t.Errorf("recv ended with %v, want ErrReset", ev.Err)
	}
}

func TestConnectRefused(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	l, addr := r.listen(1)
	if err := unix.Shutdown(l, unix.SHUT_RDWR); err != nil {
		t.Fatal(err)
	}
	ref := r.socket(addr)
	connect := port.Op{Type: port.OpConnect, Target: ref, Addr: &addr}
	r.Submit(&connect)
	ev := r.only(append([]port.Event(nil), r.poll(Edge{ref, kqReadEOF | Broken}, Edge{ref, kqWriteEOF})...))
	var failed *port.Error
	if !errors.Is(ev.Err, port.ErrRefused) || !errors.As(ev.Err, &failed) || failed.Detail != addr.String() {
		t.Errorf("connect ended with %v, want ErrRefused about %v", ev.Err, addr)
	}
}

func TestConnectWaitsForAUnixBacklog(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	addr := port.Addr{Path: filepath.Join(t.TempDir(), "s")}
	h, err := r.sockets.Listen(addr, port.ListenOptions{Backlog: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.sockets.CloseHandle(h, false)
	var connects [3]port.Op
	for i := range connects {
		connects[i] = port.Op{Type: port.OpConnect, Target: r.socket(addr), Addr: &addr}
		r.Submit(&connects[i])
	}
	for _, ev := range r.poll() {
		if ev.Err != nil || ev.Op == &connects[2] {
			t.Fatalf("connect ended with %v", ev.Err)
		}
	}
	fd, errno := socket.Accept(int(h))
	if errno != 0 {
		t.Fatal(errno)
	}
	defer unix.Close(fd)
	n, err := r.Poll(r.out, patience)
	if err != nil {
		t.Fatal(err)
	}
	if ev := r.only(r.out[:n]); ev.Op != &connects[2] || ev.Err != nil {
		t.Errorf("connect ended with %v", ev.Err)
	}
}
