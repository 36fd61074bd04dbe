package raon_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/port"
)

// wire is the bare end of a connection to a service: it reads, finishes and
// resets when the test says so and not before. It has a port of its own, driven
// by the test's goroutine inside its methods.
type wire struct {
	st     *stage
	port   port.Port
	ref    port.Ref
	handle port.Handle
	events [16]port.Event

	recvOp, sendOp, endOp port.Op
	reading, sending      bool
	ending, closed        bool

	got     []byte
	recvErr error // io.EOF, or what broke it
	sendErr error
}

// SessionType is unknown: a wire is no session.
func (w *wire) SessionType() raon.SessionType { return raon.SessionUnknown }

// Handle is the socket.
func (w *wire) Handle() raon.Handle { return w.handle }

// wire connects to addr.
func (st *stage) wire(addr raon.Addr) *wire {
	st.t.Helper()
	w := st.startWire(addr)
	w.pump("connect", func() bool { return !w.sending })
	if w.sendErr != nil {
		st.t.Fatalf("wire: %v", w.sendErr)
	}
	return w
}

// startWire begins to connect to addr.
func (st *stage) startWire(addr raon.Addr) *wire {
	st.t.Helper()
	w := &wire{st: st}
	runtime.LockOSThread() // a port belongs to a thread
	st.t.Cleanup(runtime.UnlockOSThread)
	var err error
	if w.port, err = st.ground.NewPort(port.PortOptions{RecvBuffers: 32, Slots: 4}); err != nil {
		st.t.Fatal(err)
	}
	st.t.Cleanup(w.end)
	if w.handle, err = st.ground.Socket(addr); err == nil {
		w.ref, err = w.port.Attach(w.handle, port.KindStream, w)
	}
	if err != nil {
		st.t.Fatal(err)
	}
	w.sendOp = port.Op{Type: port.OpConnect, Target: w.ref, Addr: &addr}
	w.sending = true
	w.port.Submit(&w.sendOp)
	return w
}

// HandleCompletion takes one event.
func (w *wire) HandleCompletion(ev *port.Event) {
	if ev.Buf.Lent() {
		w.got = append(w.got, ev.Buf.Data...)
		w.port.Release(ev.Buf)
	}
	switch ev.Op {
	case &w.recvOp:
		w.reading = ev.More
		if ev.Err != nil && !errors.Is(ev.Err, port.ErrCanceled) {
			w.recvErr = ev.Err
		}
	case &w.sendOp:
		w.sending, w.sendErr = false, ev.Err
	case &w.endOp:
		w.ending = false
		w.closed = w.closed || ev.Op.How != port.HowShutdown
	}
}

// pump lets events happen until cond holds.
func (w *wire) pump(what string, cond func() bool) {
	w.st.t.Helper()
	for deadline := time.Now().Add(patience); !cond(); {
		w.turn(10 * time.Millisecond)
		if time.Now().After(deadline) {
			w.st.t.Fatalf("wire: %s: not within %v", what, patience)
		}
	}
}

// turn handles what has happened, or what does within wait.
func (w *wire) turn(wait time.Duration) {
	w.st.t.Helper()
	n, err := w.port.Poll(w.events[:], wait)
	if err != nil {
		w.st.t.Fatalf("wire: %v", err)
	}
	for i := range w.events[:n] {
		w.HandleCompletion(&w.events[i])
	}
}

// startWrite begins to send b, which must not change until it is sent.
func (w *wire) startWrite(b []byte) {
	w.sendOp = port.Op{Type: port.OpSend, Target: w.ref, Bufs: [][]byte{b}}
	w.sending = true
	w.port.Submit(&w.sendOp)
	w.turn(0)
}

// write sends b and waits until the kernel has all of it.
func (w *wire) write(b []byte) {
	w.st.t.Helper()
	w.startWrite(b)
	w.pump("write", func() bool { return !w.sending })
	if w.sendErr != nil {
		w.st.t.Fatalf("wire: write: %v", w.sendErr)
	}
}

// startRead takes what comes from now on.
func (w *wire) startRead() {
	if w.reading || w.recvErr != nil {
		return
	}
	w.reading = true
	w.recvOp = port.Op{Type: port.OpRecv, Target: w.ref}
	w.port.Submit(&w.recvOp)
}

// stop takes nothing any more, until the next read.
func (w *wire) stop() {
	w.st.t.Helper()
	if w.reading {
		w.port.Cancel(&w.recvOp)
		w.pump("stop", func() bool { return !w.reading })
	}
}

// read waits until n bytes in all have come and gives everything that has.
func (w *wire) read(n int) []byte {
	w.st.t.Helper()
	w.startRead()
	w.pump("read", func() bool { return len(w.got) >= n || w.recvErr != nil })
	if len(w.got) < n {
		w.st.t.Fatalf("wire: %d of %d bytes, then %v", len(w.got), n, w.recvErr)
	}
	return w.got
}

// readAll reads until the peer's end: nil is a clean one.
func (w *wire) readAll() error {
	w.st.t.Helper()
	w.startRead()
	w.pump("end", func() bool { return w.recvErr != nil })
	if errors.Is(w.recvErr, io.EOF) {
		return nil
	}
	return w.recvErr
}

// expect reads exactly want.
func (w *wire) expect(want []byte) {
	w.st.t.Helper()
	if got := w.read(len(want)); !bytes.Equal(got, want) {
		w.st.t.Fatalf("wire: got %d bytes %.40q, want %d bytes %.40q", len(got), got, len(want), want)
	}
}

// closeWrite sends a FIN.
func (w *wire) closeWrite() { w.disconnect(port.HowShutdown) }

// close closes both halves.
func (w *wire) close() { w.disconnect(port.HowClose) }

// reset breaks the connection.
func (w *wire) reset() { w.disconnect(port.HowAbort) }

func (w *wire) disconnect(how port.How) {
	w.st.t.Helper()
	w.endOp = port.Op{Type: port.OpDisconnect, How: how, Target: w.ref}
	w.ending = true
	w.port.Submit(&w.endOp)
	w.pump("disconnect", func() bool { return !w.ending })
}

// end closes what is left.
func (w *wire) end() {
	if !w.closed && w.ref != 0 {
		w.reset()
	}
	if err := w.port.Close(); err != nil {
		w.st.t.Errorf("wire: %v", err)
	}
}
