package packet

import (
	"crypto/rand"
	"fmt"

	"github.com/raon-engine/raon"
)

// ticket is what a client shows to have its state back. Who has it has the
// session: on an open network it travels as openly as everything else.
type ticket [16]byte

func newTicket() (t ticket) {
	_, _ = rand.Read(t[:]) // never fails: the process ends first
	return t
}

// link is the half of a connection that outlives it. Both ends count the packets
// of each way, all but the volatile ones, and so know what the other has missed.
type link[S any] struct {
	// These are the connection's that holds the link, and nobody's while it is
	// parked: links.mu hands them on.
	state    *S
	sent     uint64 // packets counted out
	acked    uint64 // of these, what the peer is known to have handled
	received uint64 // packets counted in
	told     uint64 // of these, what the peer has been told
	untold   int    // bytes of the others
	replay   replay

	// These are under links.mu; on clients, which have no links, ticket is the
	// connection's own too.
	ticket ticket
	former ticket          // good as well until the client is heard with the new one
	holder raon.SessionRef // the connection that has the link; none while parked
	claim  raon.SessionRef // the one that wants it
	parks  uint64          // how often it was parked
	alarm  *raon.Alarm     // of the parking
	gone   bool            // not to be had any more
}

// An end acknowledges after so many packets or bytes, and with each ping and pong.
const (
	ackPackets = 32
	ackBytes   = 16 << 10
)

// counts makes a packet that is about to be sent one that the peer will count.
func (c *Conn[S]) counts(p []byte) {
	l := c.link
	l.sent++
	if !l.replay.over && !l.replay.add(p, c.protocol.opts.Control.Resume.ReplayBytes) {
		c.overflowed()
	}
}

// uncounts undoes counts: the packet was refused.
func (c *Conn[S]) uncounts(n int) {
	c.link.sent--
	c.link.replay.undo(n)
}

// overflowed gives up resuming: too much is on the way.
func (c *Conn[S]) overflowed() {
	c.shard.overflows.add(1)
	if c.server {
		c.protocol.links.forget(c.link)
	}
	if fn := c.protocol.hooks.OnUnresumable; fn != nil {
		fn(c)
	}
}

// heardPacket counts a packet of n bytes in.
func (c *Conn[S]) heardPacket(n int) {
	c.link.received++
	c.link.untold += n
}

// ackIfDue tells the peer now and then what has been handled.
func (c *Conn[S]) ackIfDue() {
	if l := c.link; l != nil && (l.received-l.told >= ackPackets || l.untold >= ackBytes) {
		c.ack()
	}
}

// ack tells the peer what has been handled, if it does not know.
func (c *Conn[S]) ack() {
	if l := c.link; l != nil && l.received != l.told {
		l.told, l.untold = l.received, 0
		c.sendControl(control{kind: kindAck, count: l.received})
	}
}

// takeAck drops what the peer has handled.
func (c *Conn[S]) takeAck(count uint64) {
	if c.link == nil {
		c.refuseControl(fmt.Errorf("%w: an ack, and nothing is counted", ErrControl))
		return
	}
	if err := c.link.acknowledge(count, &c.protocol.header); err != nil {
		c.refuseControl(err)
	}
}

// acknowledge drops what the peer has handled.
func (l *link[S]) acknowledge(count uint64, h *header) error {
	if count < l.acked || count > l.sent {
		return fmt.Errorf("%w: %d packets acknowledged, %d before, %d sent (are all that are broadcast Volatile, on both ends?)",
			ErrControl, count, l.acked, l.sent)
	}
	l.replay.forget(count-l.acked, h)
	l.acked = count
	return nil
}
