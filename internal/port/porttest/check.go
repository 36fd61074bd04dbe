package porttest

import (
	"errors"
	"fmt"
	"io"

	"github.com/raon-engine/raon/internal/port"
)

// outcomes are the sentinels that an Error may end with.
var outcomes = []error{
	port.ErrClosed, port.ErrCanceled, port.ErrRefused, port.ErrReset, port.ErrAborted,
	port.ErrTimeout, port.ErrUnreachable, port.ErrNoBuffers, port.ErrTooManyFiles,
	port.ErrAddrInUse, port.ErrBadAddr, port.ErrPermission, port.ErrNoSpace,
	port.ErrNotSupported, port.ErrFailed,
}

// checkEvent holds an event against what the contract says of every event.
func (l *loop) checkEvent(k *task, ev *port.Event) {
	l.t.Helper()
	switch {
	case k.owner != nil && ev.Object != port.Object(k.owner.self):
		l.fatalf("an event of %v carries another Object than the one attached", ev.Op.Type)
	case ev.Op.Type == port.OpJob && ev.Object != ev.Op.Object:
		l.fatalf("a job's event carries another Object than the job's")
	case k.owner == nil && ev.Op.Type != port.OpJob && ev.Object != nil:
		l.fatalf("the event of a target that does not exist carries an Object")
	case ev.Buf.Lent() && (ev.Op.Type != port.OpRecv || ev.Err != nil):
		l.fatalf("an event of %v with error %v lends a buffer", ev.Op.Type, ev.Err)
	}
	l.checkOutcome(ev)
	switch ev.Op.Type {
	case port.OpAccept:
		l.checkAccept(ev)
	case port.OpRecv:
		l.checkRecv(k, ev)
	case port.OpSend, port.OpFileWrite:
		l.checkWhole(k, ev)
	case port.OpFileRead:
		if ev.More || ev.N > k.total() || (ev.N == 0) != (ev.Err != nil) {
			l.fatalf("a read of %d bytes ends with %v: N %d, More %v", k.total(), ev.Err, ev.N, ev.More)
		}
	default:
		if ev.More {
			l.fatalf("%v is no stream but its event has More", ev.Op.Type)
		}
	}
}

// checkOutcome holds the error of an event against the forms that it may have.
func (l *loop) checkOutcome(ev *port.Event) {
	l.t.Helper()
	if ev.Err == nil || ev.Err == io.EOF || ev.Err == port.ErrCanceled {
		return
	}
	l.checkError(ev.Err)
}

// checkError holds err against the form of a driver's errors.
func (l *loop) checkError(err error) {
	l.t.Helper()
	var e *port.Error
	if !errors.As(err, &e) {
		l.fatalf("%T %v is no *port.Error", err, err)
	}
	if e.Driver != l.drv.Name() || e.Op == "" {
		l.fatalf("the error %q names driver %q and op %q, the driver is %q", err, e.Driver, e.Op, l.drv.Name())
	}
	for _, outcome := range outcomes {
		if e.Outcome == outcome {
			return
		}
	}
	l.fatalf("the error %q has the outcome %v, which is none of the contract's", err, e.Outcome)
}

func (l *loop) checkAccept(ev *port.Event) {
	l.t.Helper()
	full := errors.Is(ev.Err, port.ErrTooManyFiles)
	switch {
	case ev.Err == nil && (ev.Handle == port.NoHandle || !ev.More):
		l.fatalf("an accept without an error: handle %#x, More %v", ev.Handle, ev.More)
	case full != (ev.Err != nil && ev.More):
		l.fatalf("accept: error %v with More %v", ev.Err, ev.More)
	}
}

func (l *loop) checkRecv(k *task, ev *port.Event) {
	l.t.Helper()
	if ev.Err != nil {
		if ev.More || ev.N != 0 {
			l.fatalf("a recv ends with %v, %d bytes and More %v", ev.Err, ev.N, ev.More)
		}
		return
	}
	max := l.opt.RecvBufferBytes
	if !ev.More || ev.N < 1 || len(ev.Buf.Data) != ev.N || max > 0 && ev.N > max {
		l.fatalf("a recv without an error: N %d, %d bytes lent, More %v", ev.N, len(ev.Buf.Data), ev.More)
	}
	k.owner.checkPass(ev.N)
}

// checkWhole holds the end of a Send or FileWrite against its promise: all, or
// an error and an exact count.
func (l *loop) checkWhole(k *task, ev *port.Event) {
	l.t.Helper()
	total := k.total()
	if ev.More || ev.N != ev.Op.Done || ev.N > total || ev.Err == nil && ev.N != total {
		l.fatalf("%v of %d bytes ends with %v: N %d, Done %d, More %v",
			ev.Op.Type, total, ev.Err, ev.N, ev.Op.Done, ev.More)
	}
}

// checkProgress looks at Done of what is pending: it never falls.
func (l *loop) checkProgress() {
	l.t.Helper()
	for op, k := range l.tasks {
		if op.Done < k.seen {
			l.fatalf("Done of a %v fell from %d to %d", op.Type, k.seen, op.Done)
		}
		k.seen = op.Done
	}
}

// describe is an event in a few words.
func describe(ev *port.Event) string {
	return fmt.Sprintf("%v of %#x: N %d, handle %#x, error %v, More %v",
		ev.Op.Type, uint64(ev.Op.Target), ev.N, ev.Handle, ev.Err, ev.More)
}

// panics fails unless fn does.
func (l *loop) panics(what string, fn func()) {
	l.t.Helper()
	defer func() {
		if recover() == nil {
			l.fatalf("%s did not panic", what)
		}
	}()
	fn()
}

// is fails unless err matches one of the wanted.
func (l *loop) is(what string, err error, wanted ...error) {
	l.t.Helper()
	for _, want := range wanted {
		if errors.Is(err, want) {
			return
		}
	}
	l.fatalf("%s: got %v, want %v", what, err, wanted)
}

// ok fails if err is one.
func (l *loop) ok(what string, err error) {
	l.t.Helper()
	if err != nil {
		l.fatalf("%s: %v", what, err)
	}
}
