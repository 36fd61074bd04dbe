//go:build linux

package uring

import (
	"fmt"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// BenchmarkEcho has clients and servers of one port send messages back and
// forth, one in flight per connection, by the size of the receive buffers. It
// reports the processor time of the one thread that does all of it, the network
// stack included, because that is what other processes disturb least.
func BenchmarkEcho(b *testing.B) {
	for _, load := range []struct{ conns, bytes int }{{1, 64}, {100, 64}, {1000, 64}, {100, 4096}, {10, 64 << 10}} {
		for _, buffer := range []int{2 << 10, 4 << 10, 8 << 10, 16 << 10} {
			b.Run(fmt.Sprintf("%dx%d/buffers=%d", load.conns, load.bytes, buffer), func(b *testing.B) {
				runEcho(b, load.conns, load.bytes, port.PortOptions{RecvBufferBytes: buffer})
			})
		}
	}
}

// echoEnd is one end of a connection of the benchmark.
type echoEnd struct {
	*bench
	ref        port.Ref
	recv, send port.Op
	client     bool
	got        int        // bytes of the current message
	held       []port.Buf // what the send refers to
}

func (e *echoEnd) SessionType() port.SessionType { return port.SessionUnknown }
func (e *echoEnd) Handle() port.Handle           { return port.NoHandle }

type bench struct {
	p        port.Port
	bytes    int // of a message
	messages int // back at their client
}

func runEcho(b *testing.B, conns, bytes int, opts port.PortOptions) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	d, err := New()
	if err != nil {
		b.Fatal(err)
	}
	p, err := d.NewPort(opts)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	w := &bench{p: p, bytes: bytes}
	for range conns {
		w.connect(b)
	}
	out := make([]port.Event, 256)
	w.run(b, out, 10*conns)
	w.messages = 0
	var before, after unix.Timespec
	b.ResetTimer()
	unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &before)
	w.run(b, out, b.N)
	unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &after)
	b.ReportMetric(float64(after.Nano()-before.Nano())/float64(w.messages), "cpu-ns/op")
}

// connect attaches both ends of a connection, with the first message under way.
func (w *bench) connect(b *testing.B) {
	fds, err := tcpPair()
	if err != nil {
		b.Fatal(err)
	}
	message := make([]byte, w.bytes)
	for i, fd := range fds {
		e := &echoEnd{bench: w, client: i == 0}
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
			b.Fatal(err)
		}
		if e.ref, err = w.p.Attach(port.Handle(fd), port.KindStream, e); err != nil {
			b.Fatal(err)
		}
		e.recv = port.Op{Type: port.OpRecv, Target: e.ref}
		w.p.Submit(&e.recv)
		if e.client {
			e.send = port.Op{Type: port.OpSend, Target: e.ref, Bufs: [][]byte{message}}
			w.p.Submit(&e.send)
		}
	}
}

// run goes on until n messages are back.
func (w *bench) run(b *testing.B, out []port.Event, n int) {
	for w.messages < n {
		got, err := w.p.Poll(out, -1)
		if err != nil {
			b.Fatal(err)
		}
		for i := range out[:got] {
			ev := &out[i]
			if ev.Err != nil {
				b.Fatal(ev.Err)
			}
			ev.Object.HandleCompletion(ev)
		}
	}
}

// HandleCompletion sends a complete message back, the server from where it was
// received.
func (e *echoEnd) HandleCompletion(ev *port.Event) {
	if ev.Op == &e.send {
		for _, buf := range e.held {
			e.p.Release(buf)
		}
		e.held = e.held[:0]
		return
	}
	e.got += ev.N
	if e.client {
		e.p.Release(ev.Buf)
	} else {
		e.send.Bufs = append(e.send.Bufs[:len(e.held)], ev.Buf.Data)
		e.held = append(e.held, ev.Buf)
	}
	if e.got < e.bytes {
		return
	}
	e.got = 0
	if e.client {
		e.messages++
	} else {
		e.send.Type, e.send.Target = port.OpSend, e.ref
	}
	e.p.Submit(&e.send)
}
