//go:build windows

package iocp

import (
	"time"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/driver/blocking"
	"github.com/raon-engine/raon/internal/driver/fifo"
	"github.com/raon-engine/raon/internal/driver/lend"
	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/thread"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

const (
	defaultSlots   = 65_536
	defaultAccepts = 16
	acceptsMost    = 64
)

// Port is one completion port and what is attached to it. It belongs to the
// thread that made it; only Wake may be called by others.
type Port struct {
	sockets *winsock.Sockets
	port    windows.Handle
	wake    waker
	timer   *winsock.Timer // nil where the system has none that is finer than its tick
	thread  uint64
	skips   bool // what is done at once makes no packet
	accepts int  // posted ahead for each listener

	slots    table
	done     fifo.Queue[port.Event] // for Poll to return; one per pending op at most
	buffers  lend.Slabs
	readers  line                  // slots to read from
	starved  line                  // slots that found no buffer to read into
	writers  line                  // slots to go on sending
	full     fifo.Queue[port.Ref]  // listeners that found no handle
	files    *blocking.Pool[*slot] // nil until the first call that blocks
	inflight int                   // records that the kernel has

	retryAt time.Duration // when to accept again
	frees   uint64        // handles closed when accepting was last tried

	blind   bool   // the last Poll returned without a look at the kernel's queue
	pass    uint64 // a slot is read from once in each
	slept   uint64 // the last Poll that slept, by Stats.Polls
	now     time.Duration
	born    time.Duration
	pending int
	stats   port.Stats

	entries [256]winsock.Entry
	pieces  [port.MaxGather]windows.WSABuf
	addr    winsock.RawAddr
}

var _ port.Port = (*Port)(nil)

func newPort(sockets *winsock.Sockets, opts port.PortOptions) (*Port, error) {
	if min(opts.Slots, opts.RecvBuffers, opts.RecvBufferBytes, opts.PostedAccepts) < 0 {
		return nil, &port.Error{Op: "new port", Driver: Name, Outcome: port.ErrFailed, Detail: "a size is negative"}
	}
	h, err := winsock.NewPort()
	if err != nil {
		return nil, winsock.Error(Name, "new port", "", err)
	}
	p := &Port{
		sockets: sockets, port: h, thread: thread.ID(), born: winsock.Clock(),
		skips:   sockets.SkipsOnSuccess(),
		slots:   table{most: opts.Slots},
		buffers: lend.New(opts),
		readers: line{lane: port.LaneRead}, starved: line{lane: port.LaneRead}, writers: line{lane: port.LaneWrite},
		accepts: min(opts.PostedAccepts, acceptsMost),
	}
	p.wake.port = h
	if p.slots.most == 0 {
		p.slots.most = defaultSlots
	}
	if p.accepts == 0 {
		p.accepts = defaultAccepts
	}
	p.timer, _ = winsock.NewTimer(h, keyTimer) // without it waits are as fine as the system's own
	return p, nil
}

// Wake makes Poll return. Any thread.
func (p *Port) Wake() { p.wake.notify() }

// Release gives back a lent receive buffer.
func (p *Port) Release(b port.Buf) {
	p.own()
	p.buffers.Release(b)
}

// Now is the monotonic clock as of the last return from Poll.
func (p *Port) Now() time.Duration { return p.now }

// Stats are the port's counters so far.
func (p *Port) Stats() port.Stats {
	s := p.stats
	s.Wakes = p.wake.count.Load()
	s.Attached, s.Pending, s.Lent = p.slots.used, p.pending, p.buffers.Lent()
	s.SlotMemory = p.slots.bytes()
	return s
}

// clock is the time since the port was made.
func (p *Port) clock() time.Duration { return winsock.Clock() - p.born }

// fail dresses a system error in this port's words.
func (p *Port) fail(op string, err error) error { return winsock.Error(Name, op, "", err) }

// own checks that the port's thread is the caller, where checks are enabled.
func (p *Port) own() {
	if invariant.Enabled {
		invariant.Check(thread.ID() == p.thread, "a port was used by a thread that is not its own")
	}
}

// closePort closes a completion port that nobody waits on.
func closePort(h windows.Handle) error { return windows.CloseHandle(h) }
