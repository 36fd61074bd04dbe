//go:build linux

package uring

import (
	"math"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
	"github.com/raon-engine/raon/internal/sys/thread"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// Port is one ring and what is attached to it. All of it belongs to the thread
// that made it, but for Wake.
type Port struct {
	driver  *Driver
	ring    *abi.Ring
	slots   slots
	buffers buffers
	scratch scratch
	wake    *waker
	thread  uint64 // the owner, checked when invariants are
	stats   port.Stats

	// What waits, and for what.
	ended   opList  // ops that ended without the kernel, for Poll to return
	backlog opList  // ops for which the submission queue had no room
	cancels []token // cancellations likewise
	missed  []token // requests that a cancellation did not reach
	starved list    // Recv without a buffer
	full    list    // Accept without a descriptor
	closing list    // Disconnect, for the next Poll

	// What is prepared or in the kernel.
	inflight int  // requests that will complete
	quick    int  // prepared entries that tend to complete at submission
	payload  int  // bytes that the prepared entries move
	burst    int  // completions after the last enter
	stuck    bool // the kernel refused to take entries for now

	// The current Poll.
	out       []port.Event
	n         int
	pass      uint32 // its number
	bytes     int    // received in it
	lastBytes int    // received in the one before
	closable  int    // of closing, those that were there when it began
	slept     bool

	retryAt time.Duration // when to accept again
	frees   uint64        // descriptors closed when accepting was last tried

	born time.Time
	now  time.Duration

	fault func(*abi.SQE) // a test's faults, seen by the kernel; nil otherwise
}

var _ port.Port = (*Port)(nil)

func newPort(d *Driver, opts port.PortOptions) (p *Port, err error) {
	p = &Port{
		driver: d, thread: thread.ID(), born: time.Now(),
		slots:   slots{limit: opts.Slots, free: newList(listFree)},
		starved: newList(listStarved), full: newList(listFull), closing: newList(listClosing),
	}
	if p.ring, err = openRing(opts); err != nil {
		return nil, err
	}
	if p.wake, err = newWaker(); err != nil {
		p.ring.Close()
		return nil, err
	}
	if err = p.buffers.open(p.ring, opts); err != nil {
		p.wake.close()
		p.ring.Close()
		return nil, err
	}
	p.scratch.init(p.ring.SQEntries())
	return p, nil
}

// check panics when the port is used by a thread that does not own it. The
// kernel would answer EEXIST, but only later and only to the enters.
func (p *Port) check() {
	if invariant.Enabled {
		invariant.Check(thread.ID() == p.thread, "uring: port used by another thread than its own")
	}
}

// Attach gives h a slot. It makes no system call, but for listeners.
func (p *Port) Attach(h port.Handle, kind port.Kind, key port.Object) (port.Ref, error) {
	p.check()
	switch {
	case kind == port.KindDatagram:
		return 0, p.fail("attach", unix.EOPNOTSUPP)
	case h > math.MaxInt32:
		return 0, p.fail("attach", unix.EBADF)
	}
	s := p.slots.take()
	if s == nil {
		return 0, p.fail("attach", unix.ENOBUFS)
	}
	s.object, s.kind, s.fd = key, kind, int32(h)
	if kind == port.KindListener {
		p.driver.AdoptListener(h)
	}
	return s.ref(), nil
}

// Detach forgets a handle without closing it.
func (p *Port) Detach(ref port.Ref) (port.Handle, error) {
	p.check()
	s := p.slots.find(ref)
	if s == nil {
		return port.NoHandle, p.fail("detach", unix.EBADF)
	}
	invariant.Check(s.idle() && s.ops[port.LaneEnd] == nil, "uring: Detach with an operation pending")
	h := port.Handle(s.fd)
	if s.kind == port.KindListener {
		p.driver.SurrenderListener(h)
	}
	p.slots.give(s)
	return h, nil
}

// Release gives a receive buffer back to the kernel.
func (p *Port) Release(b port.Buf) {
	p.check()
	p.buffers.giveBack(b.ID)
}

// Now is the time since the port was made.
func (p *Port) Now() time.Duration { return p.now }

// Stats are the counters so far.
func (p *Port) Stats() port.Stats {
	s := p.stats
	s.Wakes = p.wake.count.Load()
	s.Attached, s.Lent = p.slots.used, p.buffers.lent
	s.SlotMemory = p.slots.bytes()
	return s
}

// Wake makes Poll return. Any thread.
func (p *Port) Wake() { p.wake.notify() }

// fail dresses an error number of a call on the port.
func (p *Port) fail(call string, errno unix.Errno) error {
	return socket.Error(driverName, call, "", errno)
}
