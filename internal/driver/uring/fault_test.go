//go:build linux

package uring

import (
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/port/porttest"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// Faults are made in submission entries rather than in completions, so that the
// kernel and the driver agree on what is still pending.

// fail has the kernel answer e with errno and do nothing.
func fail(e *abi.SQE, errno unix.Errno) {
	*e = abi.SQE{Opcode: abi.OpNop, OpFlags: abi.NopInjectResult, Len: uint32(-int32(errno)), UserData: e.UserData}
}

// loseMore ends a stream's request with its next success.
func loseMore(e *abi.SQE) { e.IOPrio, e.FileIndex = e.IOPrio&^abi.RecvMultishot, 0 }

// noBuffers names a group that does not exist, which is an empty one.
func noBuffers(e *abi.SQE) { e.BufGroup = recvGroup + 1 }

// faulty is a driver whose ports make faults by chance.
type faulty struct {
	*Driver
	seed uint64
}

func (f *faulty) NewPort(opts port.PortOptions) (port.Port, error) {
	p, err := f.Driver.NewPort(opts)
	if err != nil {
		return nil, err
	}
	u := p.(*Port)
	rng := rand.New(rand.NewPCG(f.seed, 1))
	u.fault = func(e *abi.SQE) { u.chance(e, rng) }
	return u, nil
}

// chance makes one of the faults that e can have, or mostly none.
func (p *Port) chance(e *abi.SQE, rng *rand.Rand) {
	switch n := rng.IntN(10); {
	case n == 0 && e.Opcode == abi.OpRecv:
		noBuffers(e)
	case n <= 2 && e.Opcode == abi.OpRecv:
		loseMore(e)
	case n == 0 && (e.Opcode == abi.OpRecv || e.Opcode == abi.OpAccept):
		fail(e, unix.ECANCELED)
	case n == 1 && e.Opcode == abi.OpAccept:
		fail(e, unix.ECONNABORTED)
	case n == 0 && (e.Opcode == abi.OpSend || e.Opcode == abi.OpSendMsg):
		fail(e, unix.EINTR)
	case n == 1 && (e.Opcode == abi.OpSend || e.Opcode == abi.OpSendMsg || e.Opcode == abi.OpWritev || e.Opcode == abi.OpRead):
		fail(e, unix.EAGAIN)
	case n <= 3:
		p.shorten(e, rng)
	}
}

// shorten has e move fewer bytes than it could. A small message in two parts
// would meet Nagle's algorithm, and a peer's delayed acknowledgement, tcp(7).
func (p *Port) shorten(e *abi.SQE, rng *rand.Rand) {
	switch e.Opcode {
	case abi.OpSend, abi.OpRead:
		if e.Len > 1000 {
			e.Len = 1 + rng.Uint32N(e.Len)
		}
	case abi.OpSendMsg:
		p.scratch.msgs[p.scratch.usedMsgs-1].IovLen = 1
	case abi.OpWritev:
		e.Len = 1
		last := &p.scratch.vecs[p.scratch.usedVecs-1]
		last.Len = 1 + uintptr(rng.Uint64N(uint64(last.Len)))
	}
}

// TestContractWithFaults holds the driver to the contract while the kernel
// loses F_MORE, finds no buffers, cancels unasked, moves less than asked and
// puts off.
func TestContractWithFaults(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			cfg := contract(t, port.PortOptions{})
			cfg.New = func(t *testing.T) port.Driver {
				return &faulty{Driver: newDriver(t).(*Driver), seed: seed}
			}
			porttest.Run(t, cfg)
		})
	}
}

// once makes one fault in the next entry of the given operation.
func (r *rig) once(opcode uint8, fault func(e *abi.SQE)) {
	r.fault = func(e *abi.SQE) {
		if e.Opcode == opcode {
			fault(e)
			r.fault = nil
		}
	}
}

// TestRecvFaults has a Recv meet each fault and go on as if nothing had been.
func TestRecvFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  func(e *abi.SQE)
		rearms uint64
	}{
		{"more lost", loseMore, 1},
		{"no buffers", noBuffers, 2}, // for one receive first
		{"canceled", func(e *abi.SQE) { fail(e, unix.ECANCELED) }, 1},
		{"put off", func(e *abi.SQE) { fail(e, unix.EAGAIN) }, 1},
		{"signal", func(e *abi.SQE) { fail(e, unix.EINTR) }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, port.PortOptions{})
			a, peer := r.pair()
			r.once(abi.OpRecv, c.fault)
			recv := a.op(port.OpRecv)
			for n := 1; n <= 3; n++ {
				peer.write([]byte("x"))
				r.until("a byte", func() bool { return r.received(recv) == n })
			}
			if s := r.Stats(); s.Rearms != c.rearms || s.Pending != 1 {
				t.Fatalf("%+v", s)
			}
		})
	}
}

// TestRecvError ends the stream, and is not armed again.
func TestRecvError(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, _ := r.pair()
	r.once(abi.OpRecv, func(e *abi.SQE) { fail(e, unix.ETIMEDOUT) })
	ev := r.ended(a.op(port.OpRecv))
	if e, ok := ev.Err.(*port.Error); !ok || e.Outcome != port.ErrTimeout || e.Op != "recv" {
		t.Fatalf("ended with %v", ev.Err)
	}
	if s := r.Stats(); s.Pending != 0 || s.Rearms != 0 {
		t.Fatalf("%+v", s)
	}
}

// TestCanceledAfterLostMore cancels a Recv whose request ends with bytes at the
// same moment: the bytes come first, then the end, and nothing is armed again.
func TestCanceledAfterLostMore(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, peer := r.pair()
	r.once(abi.OpRecv, loseMore)
	recv := a.op(port.OpRecv)
	r.poll(0)
	peer.write([]byte("x"))
	r.Cancel(recv)
	if ev := r.ended(recv); ev.Err != port.ErrCanceled {
		t.Fatalf("ended with %v", ev.Err)
	}
	if s := r.Stats(); s.Pending != 0 || s.Rearms != 0 {
		t.Fatalf("%+v", s)
	}
}

// TestSendFaults has a gather of pieces go out in the face of each fault.
func TestSendFaults(t *testing.T) {
	pieces := [][]byte{[]byte("one "), nil, []byte("two "), []byte("three")}
	for name, fault := range map[string]func(p *Port, e *abi.SQE){
		"first piece only": func(p *Port, e *abi.SQE) { p.scratch.msgs[p.scratch.usedMsgs-1].IovLen = 1 },
		"two bytes only": func(p *Port, e *abi.SQE) {
			p.scratch.msgs[p.scratch.usedMsgs-1].IovLen = 1
			p.scratch.vecs[p.scratch.usedVecs-3].Len = 2
		},
		"put off": func(_ *Port, e *abi.SQE) { fail(e, unix.EAGAIN) },
		"signal":  func(_ *Port, e *abi.SQE) { fail(e, unix.EINTR) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, port.PortOptions{})
			a, peer := r.pair()
			r.once(abi.OpSendMsg, func(e *abi.SQE) { fault(r.Port, e) })
			if ev := r.ended(a.send(pieces...)); ev.Err != nil || ev.N != 13 {
				t.Fatalf("ended with %v after %d bytes", ev.Err, ev.N)
			}
			got := make([]byte, 100)
			if n, _ := unix.Read(peer.fd, got); string(got[:n]) != "one two three" {
				t.Fatalf("the peer has %q", got[:n])
			}
		})
	}
}

// TestSendErrorTellsHowFar fails a Send after its first piece.
func TestSendErrorTellsHowFar(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	a, _ := r.pair()
	r.once(abi.OpSendMsg, func(e *abi.SQE) {
		r.scratch.msgs[r.scratch.usedMsgs-1].IovLen = 1
		r.fault = func(e *abi.SQE) { fail(e, unix.ECONNRESET) }
	})
	send := a.send([]byte("12345"), []byte("678"))
	r.Port.fault = func(e *abi.SQE) { fail(e, unix.ECONNRESET) }
	ev := r.ended(send)
	if e, ok := ev.Err.(*port.Error); !ok || e.Outcome != port.ErrReset || ev.N != 5 || send.Done != 5 {
		t.Fatalf("ended with %v after %d bytes", ev.Err, ev.N)
	}
}

// TestAcceptFaults has an Accept go on after errors that are not its own.
func TestAcceptFaults(t *testing.T) {
	for _, errno := range []unix.Errno{unix.ECONNABORTED, unix.EPROTO, unix.ECANCELED, unix.EINTR} {
		t.Run(errno.Error(), func(t *testing.T) {
			r := newRig(t, port.PortOptions{})
			r.once(abi.OpAccept, func(e *abi.SQE) { fail(e, errno) })
			accept, addr := listen(t, r)
			dial(t, addr)
			r.until("a connection", func() bool { return len(r.events) > 0 })
			ev := r.last(accept)
			if ev.Err != nil || !ev.More || r.Stats().Rearms != 1 {
				t.Fatalf("%+v, %+v", *ev, r.Stats())
			}
			unix.Close(int(ev.Handle))
		})
	}
}

// TestAcceptOutOfHandles tells once, and goes on when a handle is closed.
func TestAcceptOutOfHandles(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	failing := 2
	r.fault = func(e *abi.SQE) {
		if e.Opcode == abi.OpAccept && failing > 0 {
			failing--
			fail(e, unix.EMFILE)
		}
	}
	accept, addr := listen(t, r)
	dial(t, addr)
	r.until("the error", func() bool { return len(r.events) == 1 })
	e, ok := r.events[0].Err.(*port.Error)
	if !ok || e.Outcome != port.ErrTooManyFiles || !r.events[0].More {
		t.Fatalf("%+v", r.events[0])
	}
	for range 2 { // the second EMFILE comes too soon to be told
		fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.driver.CloseHandle(port.Handle(fd), false); err != nil {
			t.Fatal(err)
		}
		r.poll(0)
	}
	r.until("a connection", func() bool { return len(r.events) == 2 })
	ev := r.last(accept)
	if ev.Err != nil {
		t.Fatal(ev.Err)
	}
	unix.Close(int(ev.Handle))
}

// TestAcceptOutOfMemory says nothing and tries again.
func TestAcceptOutOfMemory(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	r.once(abi.OpAccept, func(e *abi.SQE) { fail(e, unix.ENOMEM) })
	accept, addr := listen(t, r)
	dial(t, addr)
	r.until("a connection", func() bool { return len(r.events) > 0 })
	ev := r.last(accept)
	if ev.Err != nil || !ev.More {
		t.Fatalf("%+v", *ev)
	}
	unix.Close(int(ev.Handle))
}

// TestAcceptOutOfHandlesCanceled ends an Accept that waits for a handle.
func TestAcceptOutOfHandlesCanceled(t *testing.T) {
	r := newRig(t, port.PortOptions{})
	r.fault = func(e *abi.SQE) { fail(e, unix.ENFILE) }
	accept, _ := listen(t, r)
	r.until("the error", func() bool { return len(r.events) == 1 })
	r.Cancel(accept)
	if ev := r.ended(accept); ev.Err != port.ErrCanceled {
		t.Fatalf("ended with %v", ev.Err)
	}
}

// listen attaches a listener and submits an Accept.
func listen(t *testing.T, r *rig) (accept *port.Op, addr port.Addr) {
	t.Helper()
	addr, err := port.ParseAddr("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h, err := r.driver.Listen(addr, port.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if addr, err = r.driver.LocalAddr(h); err != nil {
		t.Fatal(err)
	}
	return r.attach(int(h), port.KindListener).op(port.OpAccept), addr
}

// dial connects to addr with system calls.
func dial(t *testing.T, addr port.Addr) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(addr.IP.Port()), Addr: addr.IP.Addr().As4()}); err != nil {
		t.Fatal(err)
	}
}

// TestStaleCompletionIsDropped makes up a completion of a request that the slot
// has forgotten, with a buffer: it is counted and the buffer is used again.
func TestStaleCompletionIsDropped(t *testing.T) {
	r := newRig(t, port.PortOptions{RecvBuffers: 2, RecvBufferBytes: 64})
	a, peer := r.pair()
	recv := a.op(port.OpRecv)
	r.poll(0)
	s := r.slots.find(a.ref)
	old := makeToken(s.index, int(port.LaneRead), s.stamp-1)
	for _, t := range []token{old, makeToken(s.index, int(port.LaneWrite), 7)} {
		r.complete(&abi.CQE{UserData: uint64(t), Res: 5})
	}
	if st := r.Stats(); st.Stale != 2 || st.Pending != 1 {
		t.Fatalf("%+v", st)
	}
	peer.write([]byte("x"))
	r.until("a byte", func() bool { return r.received(recv) == 1 })
}

// TestSingleReceives is for kernels that lose the end of a stream, see
// probeReceive.
func TestSingleReceives(t *testing.T) {
	d := newDriver(t).(*Driver)
	d.features.singleRecv = true
	r := newRigOn(t, d, port.PortOptions{})
	a, peer := r.pair()
	recv := a.op(port.OpRecv)
	r.poll(0)
	for n := 1; n <= 3; n++ {
		peer.write([]byte("x"))
		if n == 3 {
			unix.Shutdown(peer.fd, unix.SHUT_WR)
		}
		r.until("a byte", func() bool { return r.received(recv) == n })
	}
	if ev := r.ended(recv); ev.Err != io.EOF {
		t.Fatalf("ended with %v", ev.Err)
	}
	if s := r.Stats(); s.Rearms != 3 {
		t.Fatalf("armed again %d times, want after each of 3 receives", s.Rearms)
	}
}
