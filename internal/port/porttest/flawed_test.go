package porttest

import (
	"errors"
	"io"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// flawedDriver makes ports that break the contract in one way.
type flawedDriver struct {
	port.Driver
	flaw func(*flawedPort)
}

func (d flawedDriver) NewPort(opts port.PortOptions) (port.Port, error) {
	p, err := d.Driver.NewPort(opts)
	if err != nil {
		return nil, err
	}
	f := &flawedPort{Port: p}
	f.poll, f.submit, f.cancel, f.wake, f.release = p.Poll, p.Submit, p.Cancel, p.Wake, p.Release
	d.flaw(f)
	return f, nil
}

// flawedPort is a port some methods of which are replaced.
type flawedPort struct {
	port.Port
	poll    func(out []port.Event, wait time.Duration) (int, error)
	submit  func(op *port.Op)
	cancel  func(op *port.Op)
	wake    func()
	release func(b port.Buf)
}

func (f *flawedPort) Poll(out []port.Event, wait time.Duration) (int, error) {
	return f.poll(out, wait)
}
func (f *flawedPort) Submit(op *port.Op) { f.submit(op) }
func (f *flawedPort) Cancel(op *port.Op) { f.cancel(op) }
func (f *flawedPort) Wake()              { f.wake() }
func (f *flawedPort) Release(b port.Buf) { f.release(b) }

// change makes f change every event that Poll returns.
func (f *flawedPort) change(ev func(*port.Event)) {
	f.poll = func(out []port.Event, wait time.Duration) (int, error) {
		n, err := f.Port.Poll(out, wait)
		for i := range out[:n] {
			ev(&out[i])
		}
		return n, err
	}
}

// repeat makes f return twice the events that which is true for.
func (f *flawedPort) repeat(which func(*port.Event) bool) {
	f.poll = func(out []port.Event, wait time.Duration) (int, error) {
		n, err := f.Port.Poll(out[:len(out)/2], wait)
		for i := range n {
			if which(&out[i]) {
				out[n] = out[i]
				n++
			}
		}
		return n, err
	}
}

// delay makes f return the events that which is true for one Poll later, and
// tells what it holds.
func (f *flawedPort) delay(which func(*port.Event) bool) (held *[]port.Event) {
	held = new([]port.Event)
	f.poll = func(out []port.Event, wait time.Duration) (int, error) {
		if len(*held) > 0 {
			n := copy(out, *held)
			*held = (*held)[n:]
			return n, nil
		}
		n, err := f.Port.Poll(out, wait)
		kept := out[:0]
		for _, ev := range out[:n] {
			if which(&ev) {
				*held = append(*held, ev)
			} else {
				kept = append(kept, ev)
			}
		}
		return len(kept), err
	}
	return held
}

// forgive makes f survive what must panic.
func forgive[T any](fn func(T)) func(T) {
	return func(arg T) {
		defer func() { _ = recover() }()
		fn(arg)
	}
}

// flaws are breaches of the contract, and the aspect that has to notice each.
var flaws = []struct {
	name   string
	aspect string
	flaw   func(*flawedPort)
}{
	{"loses a byte", "send/whole", func(f *flawedPort) {
		f.change(func(ev *port.Event) {
			if ev.N > 1000 && ev.Buf.Lent() {
				ev.Buf.Data, ev.N = ev.Buf.Data[:ev.N-1], ev.N-1
			}
		})
	}},
	{"ends operations twice", "half/close", func(f *flawedPort) {
		f.repeat(func(ev *port.Event) bool { return ev.Op.Type == port.OpSend })
	}},
	{"accepts twice", "accept/storm", func(f *flawedPort) {
		f.repeat(func(ev *port.Event) bool { return ev.Op.Type == port.OpAccept })
	}},
	{"tells twice that handles ran out", "accept/too many files", func(f *flawedPort) {
		f.repeat(func(ev *port.Event) bool { return errors.Is(ev.Err, port.ErrTooManyFiles) })
	}},
	{"goes on after EOF", "recv/end", func(f *flawedPort) {
		f.repeat(func(ev *port.Event) bool { return ev.Err == io.EOF })
	}},
	{"takes a reset for EOF", "reset/recv", func(f *flawedPort) {
		f.change(func(ev *port.Event) {
			if errors.Is(ev.Err, port.ErrReset) {
				ev.Err = io.EOF
			}
		})
	}},
	{"forgets the object", "stats/now", func(f *flawedPort) {
		f.change(func(ev *port.Event) { ev.Object = nil })
	}},
	{"counts wrong", "send/gather", func(f *flawedPort) {
		f.change(func(ev *port.Event) {
			if ev.Op.Type == port.OpSend {
				ev.Op.Done++
			}
		})
	}},
	{"lets Done fall", "send/huge", func(f *flawedPort) {
		var send *port.Op
		f.submit = func(op *port.Op) {
			if op.Type == port.OpSend {
				send = op
			}
			f.Port.Submit(op)
		}
		f.change(func(ev *port.Event) {
			if send != nil && ev.Op != send {
				send.Done /= 2
			}
		})
	}},
	{"loses bytes in Cancel", "recv/cancel", func(f *flawedPort) {
		held := f.delay(func(ev *port.Event) bool { return ev.Buf.Lent() })
		f.cancel = func(op *port.Op) {
			for _, ev := range *held {
				f.Port.Release(ev.Buf)
			}
			*held = nil
			f.Port.Cancel(op)
		}
	}},
	{"ignores Cancel", "connect/unanswered", func(f *flawedPort) { f.cancel = func(*port.Op) {} }},
	{"disconnects too early", "close/pending", func(f *flawedPort) {
		f.delay(func(ev *port.Event) bool { return ev.Op.Type == port.OpRecv && ev.Err == port.ErrCanceled })
	}},
	{"keeps a buffer", "recv/end", func(f *flawedPort) {
		kept := false
		f.release = func(b port.Buf) {
			if !kept {
				kept = true
				return
			}
			f.Port.Release(b)
		}
	}},
	{"takes buffers back twice", "invalid/release", func(f *flawedPort) { f.release = forgive(f.Port.Release) }},
	{"takes a second operation", "invalid/lane", func(f *flawedPort) { f.submit = forgive(f.Port.Submit) }},
	{"finds the heir of a slot", "stale/target", func(f *flawedPort) {
		latest := map[uint32]port.Ref{}
		f.submit = func(op *port.Op) {
			if ref := latest[op.Target.Slot()]; op.Type == port.OpSend && ref > op.Target {
				op.Target = ref
			} else if op.Target > ref {
				latest[op.Target.Slot()] = op.Target
			}
			f.Port.Submit(op)
		}
	}},
	{"loses wakes", "wake/before", func(f *flawedPort) { f.wake = func() {} }},
	{"stays awake", "wake/settles", func(f *flawedPort) {
		f.poll = func(out []port.Event, wait time.Duration) (int, error) { return f.Port.Poll(out, 0) }
	}},
	{"waits too short", "timeout/kept", func(f *flawedPort) {
		f.poll = func(out []port.Event, wait time.Duration) (int, error) { return f.Port.Poll(out, wait/2) }
	}},
	{"waits too long", "timeout/kept", func(f *flawedPort) {
		f.poll = func(out []port.Event, wait time.Duration) (int, error) {
			return f.Port.Poll(out, wait+10*time.Millisecond)
		}
	}},
	{"reorders jobs", "job/order", func(f *flawedPort) {
		var held *port.Op
		f.submit = func(op *port.Op) {
			if op.Type == port.OpJob && held == nil {
				held = op
				return
			}
			f.Port.Submit(op)
			if held != nil && op.Type == port.OpJob {
				f.Port.Submit(held)
				held = nil
			}
		}
	}},
	{"reorders appends", "file/appends", func(f *flawedPort) {
		var held *port.Op
		f.submit = func(op *port.Op) {
			if op.Type == port.OpFileWrite && held == nil {
				held = op
				return
			}
			f.Port.Submit(op)
			if held != nil {
				f.Port.Submit(held)
				held = nil
			}
		}
	}},
	{"allocates", "alloc/none", func(f *flawedPort) {
		var garbage []*port.Event
		f.change(func(ev *port.Event) {
			e := *ev
			garbage = append(garbage[:0], &e)
		})
	}},
}
