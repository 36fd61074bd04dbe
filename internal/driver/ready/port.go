//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"errors"
	"time"

	"github.com/raon-engine/raon/internal/driver/blocking"
	"github.com/raon-engine/raon/internal/driver/fifo"
	"github.com/raon-engine/raon/internal/driver/lend"
	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/socket"
	"github.com/raon-engine/raon/internal/sys/thread"
)

const defaultSlots = 65_536

// Port implements port.Port over a Queue. It belongs to the thread that New ran
// on; only Wake may be called by others.
type Port struct {
	sockets *socket.Sockets
	queue   Queue
	thread  uint64
	born    time.Time

	slots   table
	done    fifo.Queue[port.Event]
	buffers lend.Slabs
	readers list // slots to read from
	starved list // slots that found no buffer to read into
	writers list // slots to go on sending or connecting
	retries []retry
	files   *blocking.Pool[*slot] // nil until the first file operation

	flag    flag
	blind   bool   // the last Poll returned without a look at the queue
	pass    uint64 // a slot is read from once in each
	slept   uint64 // the last Poll that slept, by Stats.Polls
	now     time.Duration
	pending int
	stats   port.Stats

	edges  [256]Edge
	pieces socket.Pieces
	addr   socket.RawAddr
}

// New makes a port that waits on queue and owns it from now on, also when New
// fails.
func New(sockets *socket.Sockets, queue Queue, opts port.PortOptions) (*Port, error) {
	if min(opts.Slots, opts.RecvBuffers, opts.RecvBufferBytes) < 0 {
		err := &port.Error{Op: "new port", Driver: sockets.Name(), Outcome: port.ErrFailed, Detail: "a size is negative"}
		return nil, errors.Join(err, queue.Close())
	}
	p := &Port{
		sockets: sockets, queue: queue, thread: thread.ID(), born: time.Now(),
		slots:   table{most: opts.Slots},
		buffers: lend.New(opts),
		readers: list{lane: port.LaneRead}, starved: list{lane: port.LaneRead}, writers: list{lane: port.LaneWrite},
	}
	if p.slots.most == 0 {
		p.slots.most = defaultSlots
	}
	return p, nil
}

// Wake makes Poll return. Any thread.
func (p *Port) Wake() {
	if p.flag.wake() {
		p.queue.Interrupt()
		p.flag.interrupted()
	}
}

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
	s.Wakes = p.flag.made.Load()
	s.Attached, s.Pending, s.Lent = p.slots.used, p.pending, p.buffers.Lent()
	s.SlotMemory = p.slots.bytes()
	return s
}

// Close ends the port: file operations that run are awaited, the rest is
// dropped, and what is attached is closed.
func (p *Port) Close() error {
	p.own()
	p.sockets.ForgetWaker(p)
	p.flag.settle()
	if p.files != nil {
		p.files.Close()
	}
	p.slots.each(func(s *slot) {
		if !s.closed {
			_ = p.closeHandle(s, false)
		}
	})
	p.slots, p.done, p.buffers = table{}, fifo.Queue[port.Event]{}, lend.Slabs{}
	return p.fail("close", p.queue.Close())
}

// clock is the time since the port was made.
func (p *Port) clock() time.Duration { return time.Since(p.born) }

// fail dresses a system error in this port's words.
func (p *Port) fail(op string, err error) error { return socket.Error(p.sockets.Name(), op, "", err) }

// outcome makes an error without a system error behind it.
func (p *Port) outcome(op *port.Op, outcome error) error {
	return &port.Error{Op: op.Type.String(), Driver: p.sockets.Name(), Outcome: outcome}
}

// own checks that the port's thread is the caller, where checks are enabled.
func (p *Port) own() {
	if invariant.Enabled {
		invariant.Check(thread.ID() == p.thread, "a port was used by a thread that is not its own")
	}
}
