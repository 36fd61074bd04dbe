package sim

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

func TestProgrammerErrors(t *testing.T) {
	r := newRig(t, Options{Virtual: true, SocketBufferBytes: 10})
	client, server := r.pair()
	recv := &port.Op{Type: port.OpRecv, Target: server}
	r.p.Submit(recv)
	r.p.Submit(r.send(client, 100))
	lent := r.of(recv).Buf
	submit := func(op *port.Op) func() { return func() { r.p.Submit(op) } }
	panics(t, "a pending op", submit(recv))
	panics(t, "a second op in a lane", submit(&port.Op{Type: port.OpPreRecv, Target: server}))
	panics(t, "HowShutdown under a Send", submit(r.disconnect(client, port.HowShutdown)))
	panics(t, "an op without a type", submit(&port.Op{}))
	panics(t, "an op of no type", submit(&port.Op{Type: port.OpJob + 1}))
	panics(t, "a Disconnect without a How", submit(&port.Op{Type: port.OpDisconnect, Target: server}))
	panics(t, "too many slices", submit(&port.Op{Type: port.OpSend, Target: server, Bufs: make([][]byte, port.MaxGather+1)}))
	panics(t, "a FileRead without a buffer", submit(&port.Op{Type: port.OpFileRead, Target: server}))
	panics(t, "Detach with an op pending", func() { _, _ = r.p.Detach(server) })
	panics(t, "CloseHandle of what is attached", func() { _ = r.drv.CloseHandle(r.p.slots.find(server).handle, false) })
	panics(t, "Release of another buffer", func() { r.p.Release(port.Buf{ID: lent.ID + 9}) })
	r.p.Release(lent)
	panics(t, "Release twice", func() { r.p.Release(lent) })
	panics(t, "a fault beyond certainty", func() { New(Options{Faults: Faults{Late: 1.1}}) })
	panics(t, "a negative size", func() { New(Options{SocketBufferBytes: -1}) })
	r.ok(r.p.Close())
	panics(t, "Submit after Close", submit(&port.Op{Type: port.OpJob}))
	if _, err := r.p.Poll(nil, 0); !errors.Is(err, port.ErrClosed) {
		t.Errorf("Poll after Close: %v", err)
	}
}

func TestBuffersArePoisoned(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	client, server := r.pair()
	recv := &port.Op{Type: port.OpRecv, Target: server}
	r.p.Submit(recv)
	r.p.Submit(r.send(client, 5000))
	buf := r.of(recv).Buf
	r.p.Release(buf)
	for i, b := range buf.Data {
		if b != poison {
			t.Fatalf("byte %d can still be read: %#x", i, b)
		}
	}
	buf.Data[4999] = 1
	r.p.Submit(r.send(client, 1))
	panics(t, "a write to a buffer that was released", func() { r.poll(0) })
}

func TestAttach(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	p := r.withPort(port.PortOptions{Slots: 1}).p
	stream, err := r.drv.Socket(addr(t, "127.0.0.1:1"))
	r.ok(err)
	other, err := r.drv.Socket(addr(t, "127.0.0.1:1"))
	r.ok(err)
	for _, c := range []struct {
		h    port.Handle
		kind port.Kind
		want error
	}{
		{port.NoHandle, port.KindStream, port.ErrClosed},
		{99, port.KindStream, port.ErrClosed},
		{stream, port.KindListener, port.ErrNotSupported},
		{stream, port.KindDatagram, port.ErrNotSupported},
		{stream, port.KindFile, port.ErrNotSupported},
		{stream, port.KindStream, nil},
		{stream, port.KindStream, port.ErrFailed},
		{other, port.KindOther, port.ErrNoBuffers},
	} {
		if _, err := p.Attach(c.h, c.kind, nil); !errors.Is(err, c.want) {
			t.Errorf("attaching %#x as kind %d: %v, want %v", c.h, c.kind, err, c.want)
		}
	}
	r.ok(r.drv.CloseHandle(other, false))
	if err := r.drv.CloseHandle(other, false); !errors.Is(err, port.ErrClosed) {
		t.Errorf("closing twice: %v", err)
	}
	again, err := r.drv.Socket(addr(t, "127.0.0.1:1"))
	if err != nil || again == other {
		t.Errorf("the handle %#x was given away again", again)
	}
}

func TestDetachMovesAConnection(t *testing.T) {
	a := newRig(t, Options{Virtual: true})
	client, server := a.pair()
	b := a.withPort(port.PortOptions{})
	a.do(a.send(client, 10))
	h, err := a.p.Detach(server)
	a.ok(err)
	if _, err := a.p.Detach(server); !errors.Is(err, port.ErrClosed) {
		t.Errorf("detaching twice: %v", err)
	}
	ref := b.attach(h, port.KindStream, "moved")
	b.p.Submit(&port.Op{Type: port.OpRecv, Target: ref})
	if ev := b.one(0); ev.N != 10 || ev.Object != label("moved") {
		t.Errorf("at its new port: %+v", ev)
	}
}

func TestCheckTellsWhatIsLeft(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	client, server := r.pair()
	recv := &port.Op{Type: port.OpRecv, Target: server}
	r.p.Submit(recv)
	r.p.Submit(r.send(client, 1))
	r.of(recv)
	err := r.w.Check()
	for _, want := range []string{
		"2 handles open", "1 connections alive", "2 attachments of port 0",
		"1 operations pending on port 0", "1 buffers lent by port 0",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not tell of %s", err, want)
		}
	}
	r.ok(r.p.Close())
	if err := r.w.Check(); err != nil {
		t.Errorf("after Close: %v", err)
	}
}

func TestJobsAndOpsWithoutTarget(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	ops := []*port.Op{
		{Type: port.OpJob, Object: label("a")},
		{Type: port.OpJob, Object: label("b")},
		{Type: port.OpSend},
		{Type: port.OpFileSync, Target: port.MakeRef(7, 1)},
	}
	for _, op := range ops {
		r.p.Submit(op)
	}
	r.p.Cancel(ops[1])
	evs := r.poll(time.Hour)
	if len(evs) != 4 || r.p.Now() != 0 {
		t.Fatalf("%d events at %v", len(evs), r.p.Now())
	}
	for i, want := range []error{nil, port.ErrCanceled, port.ErrClosed, port.ErrClosed} {
		if evs[i].Op != ops[i] || evs[i].Object != ops[i].Object || !errors.Is(evs[i].Err, want) {
			t.Errorf("event %d: %+v, want %v", i, evs[i], want)
		}
	}
}

func TestSignal(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	h, signal, err := r.w.NewSignal()
	r.ok(err)
	ref := r.attach(h, port.KindOther, "signal")
	wait := &port.Op{Type: port.OpPreRecv, Target: ref}
	for range 2 {
		r.p.Submit(wait)
		r.none()
		signal.Set()
		if ev := r.one(0); ev.Op != wait || ev.Err != nil {
			t.Errorf("got %+v", ev)
		}
		signal.Clear()
	}
	if ev := r.do(&port.Op{Type: port.OpRecv, Target: ref}); !errors.Is(ev.Err, port.ErrNotSupported) {
		t.Errorf("Recv: %v", ev.Err)
	}
	if ev := r.do(r.disconnect(ref, port.HowClose)); ev.Err != nil {
		t.Errorf("Disconnect: %v", ev.Err)
	}
	signal.Set()
	r.ok(r.w.Check())
}

func TestSocketOptions(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	ref, h := r.socket("127.0.0.1:7")
	_, path := r.socket("unix:///a")
	file, err := r.drv.OpenFile("/f", os.O_CREATE, 0)
	r.ok(err)
	for _, c := range []struct {
		h         port.Handle
		opt       port.Option
		set, want int
		err       error
	}{
		{h, port.OptSendBufferBytes, 5000, 5000, nil},
		{h, port.OptRecvBufferBytes, 0, minSocketBufferBytes, nil},
		{h, port.OptRecvBufferBytes, 1 << 30, maxSocketBufferBytes, nil},
		{h, port.OptNoDelay, 7, 1, nil},
		{h, port.OptLingerS, -5, -1, nil},
		{h, port.OptKeepAliveCount, 3, 3, nil},
		{h, port.OptKeepAliveIdleS, 0, 0, port.ErrFailed},
		{h, port.OptUserTimeoutMs, 0, 0, nil},
		{h, port.OptUserTimeoutMs, -1, 0, port.ErrFailed},
		{h, port.Options, 0, 0, port.ErrNotSupported},
		{path, port.OptNoDelay, 1, 0, port.ErrNotSupported},
		{path, port.OptSendBufferBytes, 5000, 5000, nil},
		{file, port.OptNoDelay, 1, 0, port.ErrNotSupported},
		{port.NoHandle, port.OptNoDelay, 1, 0, port.ErrClosed},
	} {
		if err := r.drv.SetOption(c.h, c.opt, c.set); !errors.Is(err, c.err) {
			t.Errorf("setting %v to %d: %v, want %v", c.opt, c.set, err, c.err)
		}
		if got, err := r.drv.Option(c.h, c.opt); c.err == nil && (got != c.want || err != nil) {
			t.Errorf("%v set to %d reads back %d, %v, want %d", c.opt, c.set, got, err, c.want)
		}
	}
	if ev := r.do(r.disconnect(ref, port.HowClose)); ev.Err != nil {
		t.Error(ev.Err)
	}
}
