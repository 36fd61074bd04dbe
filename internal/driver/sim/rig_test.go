package sim

import (
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// rig is a world and one port, with the events of the last Poll.
type rig struct {
	t   testing.TB
	w   *World
	drv port.Driver
	p   *Port
	out [64]port.Event
}

func newRig(t testing.TB, opts Options) *rig {
	t.Helper()
	w := New(opts)
	return (&rig{t: t, w: w, drv: w.Driver()}).withPort(port.PortOptions{})
}

// withPort is another rig in the same world.
func (r *rig) withPort(opts port.PortOptions) *rig {
	r.t.Helper()
	p, err := r.drv.NewPort(opts)
	r.ok(err)
	other := &rig{t: r.t, w: r.w, drv: r.drv, p: p.(*Port)}
	r.t.Cleanup(func() {
		if !other.p.closed {
			r.ok(other.p.Close())
		}
	})
	return other
}

func (r *rig) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// label is an Object that is only a name.
type label string

func (label) SessionType() port.SessionType { return port.SessionUnknown }
func (label) Handle() port.Handle           { return port.NoHandle }
func (label) HandleCompletion(*port.Event)  {}

// poll returns the events of one Poll.
func (r *rig) poll(wait time.Duration) []port.Event {
	r.t.Helper()
	n, err := r.p.Poll(r.out[:], wait)
	r.ok(err)
	return r.out[:n]
}

// one polls until there is an event, which must be the only one.
func (r *rig) one(wait time.Duration) port.Event {
	r.t.Helper()
	for range 1000 {
		switch evs := r.poll(wait); len(evs) {
		case 0:
		case 1:
			return evs[0]
		default:
			r.t.Fatalf("%d events, want one", len(evs))
		}
	}
	r.t.Fatal("no event")
	return port.Event{}
}

// of polls until there is an event of op, and gives it; others are ignored.
func (r *rig) of(op *port.Op) port.Event {
	r.t.Helper()
	for range 1000 {
		for _, ev := range r.poll(time.Minute) {
			if ev.Op == op {
				return ev
			}
		}
	}
	r.t.Fatalf("no event of the %v", op.Type)
	return port.Event{}
}

// none polls without waiting, and there must be no event.
func (r *rig) none() {
	r.t.Helper()
	if evs := r.poll(0); len(evs) != 0 {
		r.t.Fatalf("an event where none may come: %+v", evs[0])
	}
}

// do submits op, which is no stream, and waits for its end.
func (r *rig) do(op *port.Op) port.Event {
	r.t.Helper()
	r.p.Submit(op)
	return r.of(op)
}

func (r *rig) attach(h port.Handle, kind port.Kind, name string) port.Ref {
	r.t.Helper()
	ref, err := r.p.Attach(h, kind, label(name))
	r.ok(err)
	return ref
}

func addr(t testing.TB, s string) port.Addr {
	t.Helper()
	a, err := port.ParseAddr(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// listen is a listener that nobody accepts from yet.
func (r *rig) listen(at string, opts port.ListenOptions) (port.Ref, port.Handle) {
	r.t.Helper()
	h, err := r.drv.Listen(addr(r.t, at), opts)
	r.ok(err)
	return r.attach(h, port.KindListener, "listener"), h
}

// socket is an attached socket that can connect.
func (r *rig) socket(to string) (port.Ref, port.Handle) {
	r.t.Helper()
	h, err := r.drv.Socket(addr(r.t, to))
	r.ok(err)
	return r.attach(h, port.KindStream, "client"), h
}

// connect is the Connect, not submitted.
func (r *rig) connect(ref port.Ref, to string) *port.Op {
	a := addr(r.t, to)
	return &port.Op{Type: port.OpConnect, Target: ref, Addr: &a}
}

// pair is a connection; the listener is gone.
func (r *rig) pair() (client, server port.Ref) {
	r.t.Helper()
	ln, lh := r.listen("127.0.0.1:0", port.ListenOptions{})
	at, err := r.drv.LocalAddr(lh)
	r.ok(err)
	client, _ = r.socket(at.String())
	accept := &port.Op{Type: port.OpAccept, Target: ln}
	r.p.Submit(accept)
	r.p.Submit(r.connect(client, at.String()))
	var h port.Handle
	for seen := 0; seen < 2; {
		for _, ev := range r.poll(time.Minute) {
			r.ok(ev.Err)
			if ev.Op == accept {
				h = ev.Handle
			}
			seen++
		}
	}
	r.p.Submit(&port.Op{Type: port.OpDisconnect, How: port.HowClose, Target: ln})
	for seen := 0; seen < 2; {
		seen += len(r.poll(time.Minute)) // the Accept and the Disconnect
	}
	return client, r.attach(h, port.KindStream, "server")
}

// drain receives until the Recv ends, and gives all bytes and the end.
func (r *rig) drain(ref port.Ref) (data []byte, err error) {
	r.t.Helper()
	op := &port.Op{Type: port.OpRecv, Target: ref}
	r.p.Submit(op)
	for range 100_000 {
		for _, ev := range r.poll(time.Minute) {
			if ev.Op != op {
				continue
			}
			if !ev.More {
				return data, ev.Err
			}
			data = append(data, ev.Buf.Data...)
			r.p.Release(ev.Buf)
		}
	}
	r.t.Fatal("the Recv does not end")
	return nil, nil
}

func (r *rig) send(ref port.Ref, n int) *port.Op {
	return &port.Op{Type: port.OpSend, Target: ref, Bufs: [][]byte{make([]byte, n)}}
}

func (r *rig) disconnect(ref port.Ref, how port.How) *port.Op {
	return &port.Op{Type: port.OpDisconnect, Target: ref, How: how}
}

// panics fails the test unless fn does.
func panics(t *testing.T, what string, fn func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s did not panic", what)
		}
	}()
	fn()
}
