package packet

import (
	"time"

	"github.com/raon-engine/raon"
)

// RTT is how long the peer takes to answer, by the clock of the session's worker.
// Answers that had to wait because this end did not read are left out.
type RTT struct {
	Last     time.Duration
	Min      time.Duration
	Smoothed time.Duration // an eighth of each new one, as RFC 6298 does
}

func (r *RTT) add(d time.Duration) {
	if r.Smoothed == 0 {
		*r = RTT{d, d, d}
		return
	}
	r.Last, r.Min = d, min(r.Min, d)
	r.Smoothed += (d - r.Smoothed) / 8
}

// heartbeat is what a connection knows of its peer's life.
type heartbeat struct {
	heard  time.Duration // when bytes last came
	pingAt time.Duration // when the next ping is due
	sent   time.Duration // when the last ping was sent
	number uint32        // of the last ping
	waits  bool          // for its pong
	rtt    RTT
}

func (b *heartbeat) begin(now, interval time.Duration) { b.heard, b.pingAt = now, now+interval }

// pong takes an answer, if it is to the last ping.
func (b *heartbeat) pong(number uint32, s *raon.Session) {
	if !b.waits || number != b.number {
		return
	}
	b.waits = false
	if b.sent >= s.ReadingSince() {
		b.rtt.add(s.Now() - b.sent)
	}
}

// RTT is how long the peer takes to answer; zero until it has answered once, and
// on clients, which do not ask.
func (c *Conn[S]) RTT() RTT { return c.beat.rtt }

// schedule sets the connection's one timer to what is due next. Being lazy, it is
// not moved when a deadline moves away: it fires, looks, and is set anew.
func (c *Conn[S]) schedule() {
	next := c.deadline
	if c.open && c.protocol.opts.Control.On {
		next = sooner(next, c.silentAt())
		if c.server {
			next = sooner(next, c.beat.pingAt)
		}
	}
	if next != 0 {
		c.session.After(&c.alarm, max(next-c.session.Now(), 0), c.wake)
	}
}

// sooner is the earlier one; 0 is never.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// silentAt is when the peer has been silent for too long. Time in which nobody
// listened does not count.
func (c *Conn[S]) silentAt() time.Duration {
	return max(c.beat.heard, c.session.ReadingSince()) + c.protocol.opts.Control.SilenceTimeout
}

// look is the timer's callback: it does what is due.
func (c *Conn[S]) look(s *raon.Session) {
	now := s.Now()
	switch {
	case c.deadline != 0 && now >= c.deadline:
		c.late()
	case c.open && c.protocol.opts.Control.On && now >= c.silentAt():
		s.AbortWith(raon.KickIdle, raon.ErrTimeout)
	default:
		if c.open && c.server && c.protocol.opts.Control.On && now >= c.beat.pingAt {
			c.ping(now)
		}
		c.schedule()
	}
}

// late ends a peer that has not said hello, or is still a stranger.
func (c *Conn[S]) late() {
	if c.open {
		c.end(raon.KickAuthTimeout, "not authenticated in time", ErrNotAuthenticated)
		return
	}
	c.session.AbortWith(raon.KickAuthTimeout, ErrNoHello)
}

// ping asks the peer for a sign of life, which is one of ours at the same time. A
// ping that is not answered is not repeated, but for that: a peer that pauses
// would find a heap of them.
func (c *Conn[S]) ping(now time.Duration) {
	b := &c.beat
	interval := c.protocol.opts.Control.PingInterval
	b.pingAt += interval * (1 + (now-b.pingAt)/interval)
	if b.waits && b.sent >= c.session.ReadingSince() {
		return
	}
	b.number++
	b.sent, b.waits = now, true
	c.sendControl(control{kind: kindPing, number: b.number})
	c.ack()
}
