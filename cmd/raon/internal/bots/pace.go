package bots

import "time"

const (
	tickEvery  = time.Millisecond      // the grid of sending times
	maxPerTick = 4096                  // frames that one tick of a lane sends; the rest is next
	probeEvery = 50 * time.Millisecond // between two probes of a room
)

// pace sends the frames of an open loop when they are due, whatever has come
// back. Senders have one period and different phases, so the order in which
// they are due is a ring.
type pace struct {
	ring   []*bot
	at     int           // whose turn it is
	origin time.Duration // when the traffic began; the leader ticks from then on
	period time.Duration
	unsent uint64 // frames due and not sent when the traffic ended
}

// begin spreads the senders over one period. They are in the order of their
// indexes.
func (p *pace) begin(senders []*bot, o *Options, origin time.Duration) {
	p.ring, p.origin = senders, origin
	p.period = time.Duration(float64(time.Second) / o.Rate)
	for _, b := range senders {
		b.due = origin + time.Duration(float64(p.period)*float64(b.index)/float64(o.Senders))
	}
}

// run has send send what is due by now, stamped with when. A sender that cannot,
// because its queue is full or its session has ended, keeps its frame, with the
// time it was due, and is asked again at its next turn.
func (p *pace) run(now time.Duration, send func(b *bot, at time.Duration) error) {
	blocked := 0
	for sent := 0; sent < maxPerTick && blocked < len(p.ring); {
		b := p.ring[p.at]
		at := p.onGrid(b.due)
		if at > now {
			return
		}
		p.at = (p.at + 1) % len(p.ring)
		if send(b, at) != nil {
			blocked++
			continue
		}
		blocked = 0
		b.due += p.period
		sent++
	}
}

// onGrid is the tick at which a frame due at d is to be sent. Stamped with it,
// a frame's latency counts from the schedule and not from when it got its turn:
// that is what corrects for coordinated omission.
func (p *pace) onGrid(d time.Duration) time.Duration {
	ticks := (d - p.origin + tickEvery - 1) / tickEvery
	return p.origin + ticks*tickEvery
}

// end counts what was due and could not be sent.
func (p *pace) end(now time.Duration) {
	for _, b := range p.ring {
		if late := now - b.due; late > tickEvery && b.session != nil {
			p.unsent += uint64(late / p.period)
		}
	}
}

// probes is the state of joining a room.
type probes struct {
	sent uint64
	last time.Duration
}

// probe sends a probe from session 0, if it lives on this lane and one is due.
func (l *lane) probe(now time.Duration) {
	p := &l.probes
	if p.sent > 0 && now-p.last < probeEvery {
		return
	}
	for _, b := range l.senders {
		if b.index == 0 && b.session != nil {
			p.last = now
			p.sent++
			// One that does not fit is made up for by the next.
			_ = b.sendFrame(probeID, p.sent, now)
		}
	}
}
