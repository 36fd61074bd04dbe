package porttest

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// echo is two streams that send one message back and forth with no more
// bookkeeping than that takes.
type echo struct {
	l              *loop
	p              port.Port
	client, server echoEnd
}

type echoEnd struct {
	recv, send port.Op
	bytes      int  // received of the current message
	sending    bool // send is pending
	reading    bool // recv is pending
}

// allocNone echoes messages in steady state, for which a driver allocates
// nothing.
func allocNone(t *testing.T, cfg *Config) {
	const messages = 100
	l := newLoop(t, cfg)
	c, s := l.pair()
	e := &echo{l: l, p: l.p}
	e.client.start(l.p, c.ref)
	e.server.start(l.p, s.ref)
	for range 10 * messages {
		e.message()
	}
	average := testing.AllocsPerRun(20, func() {
		for range messages {
			e.message()
		}
	})
	if average != 0 {
		l.fatalf("%v allocations in %d echoes", average, messages)
	}
	e.stop()
}

func (e *echoEnd) start(p port.Port, ref port.Ref) {
	e.recv = port.Op{Type: port.OpRecv, Target: ref}
	e.send = port.Op{Type: port.OpSend, Target: ref, Bufs: [][]byte{make([]byte, messageBytes)}}
	e.reading = true
	p.Submit(&e.recv)
}

const messageBytes = 64

// message sends to the server and back.
func (e *echo) message() {
	e.move(&e.client, &e.server)
	e.move(&e.server, &e.client)
}

// move sends one message.
func (e *echo) move(from, to *echoEnd) {
	to.bytes, from.sending = 0, true
	e.p.Submit(&from.send)
	for to.bytes < messageBytes || from.sending {
		e.poll()
	}
}

// stop ends the two Recvs.
func (e *echo) stop() {
	e.p.Cancel(&e.client.recv)
	e.p.Cancel(&e.server.recv)
	for e.client.reading || e.server.reading {
		e.poll()
	}
}

// poll takes at least one event, within the patience of the loop.
func (e *echo) poll() {
	n, err := e.p.Poll(e.l.out, e.l.patience)
	if err != nil || n == 0 {
		e.l.fatalf("echo: Poll gave %d events and %v", n, err)
	}
	e.l.passes++
	e.l.events += uint64(n)
	for i := range e.l.out[:n] {
		e.take(&e.l.out[i])
	}
}

func (e *echo) take(ev *port.Event) {
	end := &e.client
	if ev.Op == &e.server.recv || ev.Op == &e.server.send {
		end = &e.server
	}
	if ev.Err != nil && ev.Err != port.ErrCanceled {
		e.l.fatalf("echo: %v ended with %v", ev.Op.Type, ev.Err)
	}
	switch {
	case ev.Op == &end.send:
		end.sending = false
	case ev.More:
		end.bytes += ev.N
		e.p.Release(ev.Buf)
	default:
		end.reading = false
	}
}
