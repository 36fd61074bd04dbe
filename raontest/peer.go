package raontest

import (
	"errors"
	"io"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/port"
)

// Peer is the raw end of a connection to a service in the lab. Nothing reads or
// answers by itself but what the test asks for; everything it does happens
// while the lab runs.
type Peer struct {
	lab    *Lab
	port   port.Port
	handle port.Handle
	ref    port.Ref
	events [16]port.Event

	recvOp, sendOp, endOp port.Op

	connected bool
	reading   bool
	ended     bool
	got       []byte
	out       []byte // being sent
	queued    []byte // to be sent next
	finish    port.How
	err       error
}

// Dial begins a connection to addr. It reads what comes, unless Stop is called.
func (l *Lab) Dial(addr raon.Addr) *Peer {
	l.tb.Helper()
	d := l.world.Driver()
	p := &Peer{lab: l}
	var err error
	if p.port, err = d.NewPort(port.PortOptions{RecvBuffers: 8}); err == nil {
		if p.handle, err = d.Socket(addr); err == nil {
			p.ref, err = p.port.Attach(p.handle, port.KindStream, p)
		}
	}
	if err != nil {
		l.tb.Fatalf("raontest: dial %v: %v", addr, err)
	}
	p.sendOp = port.Op{Type: port.OpConnect, Target: p.ref, Addr: &addr}
	p.port.Submit(&p.sendOp)
	l.peers = append(l.peers, p)
	l.Run("connect", func() bool { return p.connected || p.err != nil })
	p.Read()
	return p
}

// SessionType is unknown: a Peer is no session.
func (p *Peer) SessionType() raon.SessionType { return raon.SessionUnknown }

// Handle is the simulated socket.
func (p *Peer) Handle() raon.Handle { return p.handle }

// Write sends b after what was written before.
func (p *Peer) Write(b []byte) {
	p.queued = append(p.queued, b...)
	p.send()
}

// Received is everything that has come so far.
func (p *Peer) Received() []byte { return p.got }

// Err is nil while the connection lives, io.EOF after the service's clean end,
// or what broke it.
func (p *Peer) Err() error { return p.err }

// Read takes what comes. A new Peer does.
func (p *Peer) Read() {
	if p.reading || p.err != nil {
		return
	}
	p.reading = true
	p.recvOp = port.Op{Type: port.OpRecv, Target: p.ref}
	p.port.Submit(&p.recvOp)
}

// Stop takes no more, as a peer that hangs does.
func (p *Peer) Stop() {
	if p.reading {
		p.port.Cancel(&p.recvOp)
	}
}

// CloseWrite sends the end of the stream after what was written.
func (p *Peer) CloseWrite() { p.endWith(port.HowShutdown) }

// Close closes after what was written.
func (p *Peer) Close() { p.endWith(port.HowClose) }

// Reset breaks the connection.
func (p *Peer) Reset() {
	p.out, p.queued = nil, nil
	p.submitEnd(port.HowAbort)
}

func (p *Peer) endWith(how port.How) {
	p.finish = how
	p.send()
}

// send starts what is due: the next bytes, or the end.
func (p *Peer) send() {
	switch {
	case !p.connected || p.ended || len(p.out) > 0:
	case len(p.queued) > 0:
		p.out, p.queued = p.queued, nil
		p.sendOp = port.Op{Type: port.OpSend, Target: p.ref, Bufs: [][]byte{p.out}}
		p.port.Submit(&p.sendOp)
	case p.finish != 0:
		p.submitEnd(p.finish)
	}
}

func (p *Peer) submitEnd(how port.How) {
	if p.ended {
		return
	}
	p.ended = how != port.HowShutdown
	p.finish = 0
	p.endOp = port.Op{Type: port.OpDisconnect, How: how, Target: p.ref}
	p.port.Submit(&p.endOp)
}

// HandleCompletion takes one event of the peer's port.
func (p *Peer) HandleCompletion(ev *port.Event) {
	if ev.Buf.Lent() {
		p.got = append(p.got, ev.Buf.Data...)
		p.port.Release(ev.Buf)
	}
	switch ev.Op {
	case &p.recvOp:
		p.reading = ev.More
		p.fail(ev.Err)
	case &p.sendOp:
		p.out = nil
		p.connected = p.connected || ev.Err == nil
		p.fail(ev.Err)
		p.send()
	}
}

// fail keeps the first error that is not the test's own doing.
func (p *Peer) fail(err error) {
	if err == nil || errors.Is(err, port.ErrCanceled) || p.err != nil && !errors.Is(p.err, io.EOF) {
		return
	}
	p.err = err
}

// turn polls the peer's port without waiting.
func (p *Peer) turn() int {
	n, err := p.port.Poll(p.events[:], 0)
	if err != nil {
		p.lab.tb.Fatalf("raontest: peer: %v", err)
	}
	for i := range p.events[:n] {
		p.HandleCompletion(&p.events[i])
	}
	return n
}

// end closes the connection if it is open, and the port.
func (p *Peer) end() {
	p.Reset()
	for p.turn() > 0 {
	}
	if err := p.port.Close(); err != nil {
		p.lab.tb.Errorf("raontest: peer: %v", err)
	}
}
