package sim

import (
	"time"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// Port implements port.Port. Whoever owns it may call its methods; Wake is
// everybody's. The world's mutex guards all but the bell.
type Port struct {
	world  *World
	bell   bell
	closed bool
	now    time.Duration // as of the last return from Poll

	slots   slots
	lender  lender
	ready   fifo[*attachment] // to be visited by the next Poll
	starved fifo[*attachment] // waiting for a receive buffer, first come first served
	scarce  bool              // this pass: someone has been waiting for a buffer
	instant opList            // Jobs, and ops without a target: they end at the next Poll
	stats   port.Stats
}

func newPort(w *World, opts port.PortOptions) *Port {
	p := &Port{world: w}
	p.bell.init()
	p.slots.limit = opts.Slots
	p.lender.init(opts.RecvBuffers, opts.RecvBufferBytes)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock.look()
	p.now = w.clock.now
	w.ports = append(w.ports, p)
	return p
}

// Attach binds an open, unattached handle. It fails with ErrClosed for a
// handle that is not open, ErrNotSupported for one that is not of the kind,
// ErrFailed for one that is attached, and ErrNoBuffers when all slots are taken.
func (p *Port) Attach(h port.Handle, kind port.Kind, key port.Object) (port.Ref, error) {
	p.lock()
	defer p.world.mu.Unlock()
	r := p.world.handles.get(h)
	switch {
	case r == nil:
		return 0, fail("attach", port.ErrClosed, errBadHandle, "")
	case !isKind(r, kind):
		return 0, fail("attach", port.ErrNotSupported, nil, "")
	case r.base().owner != nil:
		return 0, fail("attach", port.ErrFailed, errAttached, "")
	}
	a := p.slots.take()
	if a == nil {
		return 0, fail("attach", port.ErrNoBuffers, nil, "")
	}
	a.port, a.handle, a.kind, a.object, a.res = p, h, kind, key, r
	a.timer.owner = a
	r.base().owner = a
	p.stats.Attached++
	return a.ref, nil
}

// isKind tells whether r can be attached as kind.
func isKind(r resource, kind port.Kind) bool {
	var is bool
	switch kind {
	case port.KindListener:
		_, is = r.(*listener)
	case port.KindStream:
		_, is = r.(*stream)
	case port.KindFile:
		_, is = r.(*file)
	case port.KindOther:
		_, no := r.(*file)
		is = !no
	}
	return is
}

// Detach undoes Attach. It is always supported.
func (p *Port) Detach(ref port.Ref) (port.Handle, error) {
	p.lock()
	defer p.world.mu.Unlock()
	a := p.slots.find(ref)
	if a == nil {
		return port.NoHandle, fail("detach", port.ErrClosed, nil, "")
	}
	invariant.Check(a.idle() && a.lanes[port.LaneEnd].op == nil, "sim: Detach with an operation pending")
	h := a.handle
	p.free(a)
	return h, nil
}

// free ends an attachment. What it was attached to is left alone.
func (p *Port) free(a *attachment) {
	p.world.clock.stop(&a.timer)
	a.res.base().owner = nil
	a.res, a.object, a.handle = nil, nil, port.NoHandle
	a.mutedUntil = 0
	p.slots.give(a)
	p.stats.Attached--
}

// Release takes a lent buffer back.
func (p *Port) Release(b port.Buf) {
	p.lock()
	defer p.world.mu.Unlock()
	p.lender.takeBack(b)
	p.stats.Lent--
}

// Now is the world's time as of the last return from Poll.
func (p *Port) Now() time.Duration { return p.now }

// Stats are the counters so far. There are no system calls to count.
func (p *Port) Stats() port.Stats {
	p.lock()
	defer p.world.mu.Unlock()
	s := p.stats
	s.Wakes = p.bell.rings.Load()
	s.SlotMemory = p.slots.bytes()
	return s
}

// Close ends the port. All that is pending ends without an event.
func (p *Port) Close() error {
	p.lock()
	defer p.world.mu.Unlock()
	w := p.world
	p.closed = true
	for i := range p.slots.made {
		a := p.slots.at(i)
		if a.res == nil {
			continue
		}
		a.drop()
		r := a.res
		p.free(a)
		w.closeHandle(r, false)
	}
	for op := p.instant.pop(); op != nil; op = p.instant.pop() {
		op.Driver = port.DriverState{}
	}
	for i, other := range w.ports {
		if other == p {
			w.ports = append(w.ports[:i], w.ports[i+1:]...)
			break
		}
	}
	p.slots, p.lender = slots{}, lender{}
	p.ready, p.starved = fifo[*attachment]{}, fifo[*attachment]{}
	p.stats.Attached, p.stats.Pending, p.stats.Lent = 0, 0, 0
	return nil
}

// lock takes the world's mutex and looks at the clock. Only Poll may be called
// after Close, and fails.
func (p *Port) lock() {
	p.world.mu.Lock()
	if p.closed {
		p.world.mu.Unlock()
		invariant.Failf("sim: a method of a port that is closed")
	}
	p.world.clock.look()
}
