//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// BenchmarkEcho is a turn of a port with one connection, and of its peer, which
// makes two system calls of its own.
func BenchmarkEcho(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	d, err := New()
	if err != nil {
		b.Fatal(err)
	}
	p, err := d.NewPort(port.PortOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer unix.Close(fds[1])
	ref, err := p.Attach(port.Handle(fds[0]), port.KindStream, noKey{})
	if err != nil {
		b.Fatal(err)
	}
	recv, send := port.Op{Type: port.OpRecv, Target: ref}, port.Op{Type: port.OpSend, Target: ref}
	send.Bufs = make([][]byte, 1)
	p.Submit(&recv)
	out, message := make([]port.Event, 8), make([]byte, 64)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = unix.Write(fds[1], message)
		_, _ = p.Poll(out, -1)
		buf := out[0].Buf
		send.Bufs[0] = buf.Data
		p.Submit(&send)
		_, _ = unix.Read(fds[1], message)
		_, _ = p.Poll(out, -1)
		p.Release(buf)
	}
}
