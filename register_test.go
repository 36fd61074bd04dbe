package raon_test

import (
	"testing"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/port"
)

// doorbell is an application's own object: it waits for its handle to have
// something to read, and tells.
type doorbell struct {
	watch
	handle raon.Handle
	reg    *raon.Registration
	op     raon.Op
	end    raon.Op
	rings  int
	closed bool
	err    error
}

func (d *doorbell) SessionType() raon.SessionType { return 99 }
func (d *doorbell) Handle() raon.Handle           { return d.handle }

func (d *doorbell) HandleCompletion(ev *raon.Event) {
	d.change(func() {
		switch ev.Op {
		case &d.op:
			d.rings++
		case &d.end:
			d.closed = true
		}
		if ev.Err != nil {
			d.err = ev.Err
		}
	})
}

// registered is what Register's function calls when the object is attached.
func (d *doorbell) registered(reg *raon.Registration, err error) {
	if err == nil {
		d.op = raon.Op{Type: raon.OpPreRecv}
		reg.Submit(&d.op)
	}
	d.change(func() { d.reg, d.err = reg, err })
}

// bell makes a waitable handle and the function that rings it. On an operating
// system it is a listening socket, which can be read when somebody connects.
func (st *stage) bell() (h raon.Handle, ring func()) {
	st.t.Helper()
	if st.world != nil {
		h, signal, err := st.world.NewSignal()
		if err != nil {
			st.t.Fatal(err)
		}
		return h, signal.Set
	}
	h, err := st.ground.Listen(st.addr("127.0.0.1:0"), port.ListenOptions{})
	if err != nil {
		st.t.Fatal(err)
	}
	addr, err := st.ground.LocalAddr(h)
	if err != nil {
		st.t.Fatal(err)
	}
	return h, func() { st.wire(addr) }
}

func TestApplicationsOwnObjectOnAPort(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		handle, ring := st.bell()
		d := &doorbell{handle: handle}
		if err := core.Register(d, handle, raon.KindOther, d.registered); err != nil {
			t.Fatal(err)
		}
		d.await(t, "registration", func() bool { return d.reg != nil || d.err != nil })
		if d.err != nil {
			t.Fatal(d.err)
		}
		d.change(func() {
			if d.rings != 0 {
				t.Error("it rang before anybody rang it")
			}
		})
		ring()
		d.await(t, "the ring", func() bool { return d.rings == 1 })
		err := d.reg.PushJob(func() {
			d.end = raon.Op{Type: raon.OpDisconnect, How: raon.HowClose}
			d.reg.Submit(&d.end)
		})
		if err != nil {
			t.Fatal(err)
		}
		d.await(t, "the close", func() bool { return d.closed })
		if d.err != nil {
			t.Errorf("ended with %v", d.err)
		}
	})
}

func TestRegisterTellsWhatCannotBeAttached(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		d := &doorbell{handle: raon.NoHandle}
		if err := core.Register(d, raon.NoHandle, raon.KindOther, d.registered); err != nil {
			t.Fatal(err)
		}
		d.await(t, "the refusal", func() bool { return d.err != nil })
		if d.reg != nil {
			t.Error("a Registration of no handle")
		}
		if err := core.Close(); err != nil {
			t.Fatal(err)
		}
		mustBe(t, "Register after Close", core.Register(d, raon.NoHandle, raon.KindOther, d.registered), raon.ErrClosed)
	})
}
