//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// noKey is an Object that nobody calls.
type noKey struct{}

func (noKey) SessionType() port.SessionType { return port.SessionUnknown }
func (noKey) Handle() port.Handle           { return port.NoHandle }
func (noKey) HandleCompletion(*port.Event)  {}

// TestEchoCosts one wait, one read and one write per turn, and nothing else.
func TestEchoCosts(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p, err := newDriver(t).NewPort(port.PortOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fds[1])
	ref, err := p.Attach(port.Handle(fds[0]), port.KindStream, noKey{})
	if err != nil {
		t.Fatal(err)
	}
	recv, send := port.Op{Type: port.OpRecv, Target: ref}, port.Op{Type: port.OpSend, Target: ref}
	p.Submit(&recv)
	const turns = 100
	before := p.Stats()
	for range turns {
		echoTurn(t, p, &send, fds[1])
	}
	after := p.Stats()
	if waits, calls := after.Enters-before.Enters, after.Syscalls-before.Syscalls; waits != turns || calls != 2*turns {
		t.Errorf("%d waits and %d other calls in %d turns", waits, calls, turns)
	}
}

// echoTurn has one byte come, go back, and the send end.
func echoTurn(t *testing.T, p port.Port, send *port.Op, peer int) {
	t.Helper()
	var one [1]byte
	if _, err := unix.Write(peer, one[:]); err != nil {
		t.Fatal(err)
	}
	var out [4]port.Event
	if n, err := p.Poll(out[:], -1); n != 1 || err != nil || out[0].N != 1 {
		t.Fatalf("%d events, %v: %+v", n, err, out[0])
	}
	buf := out[0].Buf
	send.Bufs = [][]byte{buf.Data}
	p.Submit(send)
	if _, err := unix.Read(peer, one[:]); err != nil {
		t.Fatal(err)
	}
	if n, err := p.Poll(out[:], -1); n != 1 || err != nil || out[0].Op != send || out[0].Err != nil {
		t.Fatalf("%d events, %v: %+v", n, err, out[0])
	}
	p.Release(buf)
}
