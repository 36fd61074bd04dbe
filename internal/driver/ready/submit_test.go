//go:build linux

package ready

import (
	"errors"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
)

func TestOpsThatDoNotFitTheirKind(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	r.sleeping()
	stream, _ := r.stream()
	l, addr := r.listen(1)
	fd, err := unix.FcntlInt(uintptr(l), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	listener, file := r.attach(fd, port.KindListener), r.file()
	for _, op := range []*port.Op{
		{Type: port.OpAccept, Target: stream},
		{Type: port.OpFileSync, Target: stream},
		{Type: port.OpRecv, Target: listener},
		{Type: port.OpSend, Target: listener},
		{Type: port.OpConnect, Target: listener, Addr: &addr},
		{Type: port.OpRecv, Target: file},
		{Type: port.OpPreRecv, Target: file},
	} {
		r.Submit(op)
		if ev := r.only(r.poll()); ev.Op != op || !errors.Is(ev.Err, port.ErrNotSupported) {
			t.Errorf("%v on the wrong kind ended with %v", op.Type, ev.Err)
		}
	}
}

func TestMisuseChangesNothing(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	ref, _ := r.stream()
	recv := port.Op{Type: port.OpRecv, Target: ref}
	r.Submit(&recv)
	before := r.Stats()
	for what, op := range map[string]*port.Op{
		"no type":         {Target: ref},
		"an unknown type": {Type: port.OpJob + 1, Target: ref},
		"pending":         &recv,
		"a second recv":   {Type: port.OpRecv, Target: ref},
		"no address":      {Type: port.OpConnect, Target: ref},
		"no How":          {Type: port.OpDisconnect, Target: ref},
		"too many slices": {Type: port.OpSend, Target: ref, Bufs: make([][]byte, port.MaxGather+1)},
		"no buffer":       {Type: port.OpFileRead, Target: ref},
	} {
		func() {
			defer func() {
				if _, ok := recover().(invariant.Violation); !ok {
					t.Errorf("submitting an op with %s did not panic", what)
				}
			}()
			r.Submit(op)
		}()
	}
	if after := r.Stats(); after != before {
		t.Errorf("misuse changed the port from %+v to %+v", before, after)
	}
}

func TestAttachRefuses(t *testing.T) {
	r := newRig(t, port.PortOptions{Slots: 1})
	if _, err := r.Attach(0, port.KindDatagram, key{}); !errors.Is(err, port.ErrNotSupported) {
		t.Errorf("a datagram socket: %v, want ErrNotSupported", err)
	}
	if _, err := r.Attach(port.NoHandle, port.KindListener, key{}); !errors.Is(err, port.ErrClosed) {
		t.Errorf("no handle: %v, want ErrClosed", err)
	}
	r.stream()
	if _, err := r.Attach(0, port.KindStream, key{}); !errors.Is(err, port.ErrNoBuffers) {
		t.Errorf("a second one in a port of one slot: %v, want ErrNoBuffers", err)
	}
}

func TestConnectToNoAddress(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	ref, _ := r.stream()
	connect := port.Op{Type: port.OpConnect, Target: ref, Addr: new(port.Addr)}
	r.Submit(&connect)
	if ev := r.only(r.poll()); !errors.Is(ev.Err, port.ErrBadAddr) {
		t.Errorf("connect ended with %v, want ErrBadAddr", ev.Err)
	}
}

// noWrites is a queue that has no memory for write interests.
type noWrites struct{ *script }

func (noWrites) AddWrite(int, port.Ref) error { return unix.ENOMEM }

func TestSendEndsWhenTheQueueFails(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	r.queue = noWrites{r.q}
	ref, _ := r.stream()
	send := port.Op{Type: port.OpSend, Target: ref, Bufs: [][]byte{make([]byte, 4<<20)}}
	r.Submit(&send)
	if ev := r.only(r.poll()); !errors.Is(ev.Err, port.ErrNoBuffers) || ev.N != send.Done {
		t.Errorf("send ended with %d bytes, Done %d, %v", ev.N, send.Done, ev.Err)
	}
}

func TestNegativeSizes(t *testing.T) {
	for _, opts := range []port.PortOptions{{Slots: -1}, {RecvBuffers: -1}, {RecvBufferBytes: -1}} {
		if _, err := New(socket.New("script"), newScript(t), opts); !errors.Is(err, port.ErrFailed) {
			t.Errorf("%+v: %v, want ErrFailed", opts, err)
		}
	}
}

func TestThePortBelongsToItsThread(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	job := port.Op{Type: port.OpJob, Object: key{}}
	caught := make(chan bool)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer func() { caught <- recover() != nil }()
		if invariant.Enabled {
			r.Submit(&job)
		}
		r.Wake() // may be called by all
	}()
	if got := <-caught; got != invariant.Enabled {
		t.Errorf("a submit by another thread panicked: %v, with checks enabled: %v", got, invariant.Enabled)
	}
}
