package porttest

import (
	"errors"
	"net/netip"

	"github.com/raon-engine/raon/internal/port"
)

// loopback4 and loopback6 are where listeners of the suite are by default; the
// system chooses the port.
var (
	loopback4 = port.Addr{IP: netip.MustParseAddrPort("127.0.0.1:0")}
	loopback6 = port.Addr{IP: netip.MustParseAddrPort("[::1]:0")}
)

// listener accepts connections into a queue.
type listener struct {
	attachment
	accept task
	addr   port.Addr
	queue  []port.Handle // accepted; the test attaches or closes them
	full   int           // ErrTooManyFiles so far
}

// listen makes a listener on addr and attaches it, without an Accept.
func (l *loop) listen(addr port.Addr, opts port.ListenOptions) *listener {
	l.t.Helper()
	h, err := l.drv.Listen(addr, opts)
	l.ok("Listen on "+addr.String(), err)
	return l.adopt(h)
}

// adopt attaches a listening handle.
func (l *loop) adopt(h port.Handle) *listener {
	l.t.Helper()
	addr, err := l.drv.LocalAddr(h)
	l.ok("LocalAddr", err)
	ln := &listener{addr: addr}
	l.attach(ln, port.KindListener, h)
	ln.accept.owner = &ln.attachment
	l.listeners = append(l.listeners, ln)
	return ln
}

// serve is a listener on the loopback that accepts.
func (l *loop) serve() *listener {
	l.t.Helper()
	ln := l.listen(loopback4, port.ListenOptions{})
	ln.start()
	return ln
}

// start submits the Accept.
func (ln *listener) start() {
	ln.l.t.Helper()
	ln.accept.op = port.Op{Type: port.OpAccept, Target: ln.ref}
	ln.l.submit(&ln.accept)
}

// stop cancels the Accept and waits for its end.
func (ln *listener) stop() {
	ln.l.t.Helper()
	ln.l.p.Cancel(&ln.accept.op)
	ln.l.ended("the accept", &ln.accept)
	ln.l.is("a canceled accept", ln.accept.err, port.ErrCanceled)
}

// HandleCompletion queues what was accepted.
func (ln *listener) HandleCompletion(ev *port.Event) {
	switch {
	case ev.Op.Type != port.OpAccept:
	case ev.Err == nil:
		ln.queue = append(ln.queue, ev.Handle)
	case errors.Is(ev.Err, port.ErrTooManyFiles):
		ln.full++
	}
}

// discard closes what was accepted and not taken.
func (ln *listener) discard() {
	for _, h := range ln.queue {
		if err := ln.l.drv.CloseHandle(h, true); err != nil {
			ln.l.fatalf("CloseHandle: %v", err)
		}
	}
	ln.queue = nil
}

// next waits for a connection and attaches it.
func (ln *listener) next() *stream {
	ln.l.t.Helper()
	ln.l.until("a connection", func() bool { return len(ln.queue) > 0 })
	h := ln.queue[0]
	ln.queue = ln.queue[1:]
	return ln.l.newStream(h)
}

// dial submits a Connect to ln.
func (ln *listener) dial() *stream {
	ln.l.t.Helper()
	c := ln.l.socket(ln.addr)
	c.dial(ln.addr)
	return c
}

// pair makes one connection through ln, both ends attached to its loop.
func (ln *listener) pair() (client, server *stream) {
	ln.l.t.Helper()
	client = ln.dial()
	server = ln.next()
	ln.l.ended("the connect", &client.connect)
	ln.l.ok("connect", client.connect.err)
	join(client, server)
	return client, server
}

// pair makes a listener, one connection through it, and closes the listener.
func (l *loop) pair() (client, server *stream) {
	l.t.Helper()
	ln := l.serve()
	client, server = ln.pair()
	ln.close(port.HowClose)
	return client, server
}

// join gives the two directions of a connection their patterns.
func join(a, b *stream) {
	a.out.seed = a.l.seed()
	b.out.seed = a.l.seed()
	a.in.seed, b.in.seed = b.out.seed, a.out.seed
}
