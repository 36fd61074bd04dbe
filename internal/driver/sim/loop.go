package sim

import (
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// Poll returns what has ended and, when that is nothing, waits; the package
// documentation says how in virtual time.
func (p *Port) Poll(out []port.Event, wait time.Duration) (int, error) {
	w := p.world
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.closed {
		return 0, fail("poll", port.ErrClosed, nil, "")
	}
	w.clock.look()
	if w.clock.virtual {
		w.clock.runUntil(w.clock.now + w.opts.PollTime)
	}
	p.stats.Polls++
	n := p.poll(out, wait)
	p.stats.Events += uint64(n)
	p.now = w.clock.now
	return n, nil
}

// maxWait is as good as any longer wait, and can be added to a time.
const maxWait = 1 << 61 * time.Nanosecond

// poll visits what is ready until there are events or the wait is over.
func (p *Port) poll(out []port.Event, wait time.Duration) int {
	w := p.world
	deadline := w.clock.now + min(wait, maxWait)
	woken := p.bell.takeNote()
	for slept := false; ; {
		w.clock.runUntil(w.clock.now)
		n := p.pass(out)
		switch {
		case n > 0, woken, wait == 0, len(out) == 0:
			return n
		case p.ready.len() > 0, p.canFeed():
			continue // what was put off is at hand
		case wait > 0 && w.clock.now >= deadline:
			return 0
		case !slept && w.chance(w.opts.Faults.SpuriousWake):
			return 0
		}
		if !slept {
			slept = true
			p.stats.Waits++
		}
		if !p.idle(wait, deadline) {
			woken = true // or nothing will ever come: one more pass, and out
		}
	}
}

// idle lets time pass until something may have happened. It is false when Poll
// should return whatever has.
func (p *Port) idle(wait, deadline time.Duration) bool {
	if p.world.clock.virtual {
		return p.skip(wait, deadline)
	}
	p.sleep(wait, deadline)
	return !p.bell.takeNote()
}

// skip moves virtual time to the next event, but not beyond the deadline.
func (p *Port) skip(wait, deadline time.Duration) bool {
	w := p.world
	for _, other := range w.ports {
		if other != p && other.busy() {
			return false
		}
	}
	at := deadline
	if t := w.clock.next(); t != nil && (wait < 0 || t.at < deadline) {
		at = t.at
	} else if wait < 0 {
		return false
	}
	w.clock.runUntil(at)
	return true
}

// busy tells whether a Poll with no wait might return events, or was asked for.
func (p *Port) busy() bool {
	return p.ready.len() > 0 || !p.instant.empty() || p.canFeed() || p.bell.rung()
}

// sleep blocks the thread, without the world's mutex, until the deadline, the
// next event of the world, or a bell.
func (p *Port) sleep(wait, deadline time.Duration) {
	w := p.world
	until := deadline
	if t := w.clock.next(); t != nil && (wait < 0 || t.at < until) {
		until, wait = t.at, 0
	}
	d := time.Duration(-1)
	if wait >= 0 {
		d = max(0, until-w.clock.now)
	}
	if !p.bell.doze() {
		return
	}
	w.mu.Unlock()
	p.bell.sleep(d)
	w.mu.Lock()
	w.clock.look()
}

// pass visits every attachment that is ready, once, as far as out has room.
func (p *Port) pass(out []port.Event) int {
	w := p.world
	p.feed()
	n := p.endInstant(out)
	shuffle := p.ready.len() > 1 && w.chance(w.opts.Faults.ShuffleEvents)
	for left := p.ready.len(); left > 0 && n < len(out); left-- {
		if shuffle {
			other := p.ready.at(w.dice.below(left))
			first := p.ready.at(0)
			*first, *other = *other, *first
		}
		a := p.ready.pop()
		a.queued = false
		if a.res != nil {
			n += a.visit(out[n:])
		}
	}
	return n
}

// endInstant ends the Jobs submitted before this Poll, and ops without target.
func (p *Port) endInstant(out []port.Event) int {
	n := 0
	for n < len(out) && !p.instant.empty() {
		op := p.instant.pop()
		ev := port.Event{Op: op}
		switch {
		case op.Type != port.OpJob:
			ev.Err = failOp(op, port.ErrClosed, nil)
		case op.Driver.Flags&flagCanceled != 0:
			ev.Err = port.ErrCanceled
		}
		if op.Type == port.OpJob {
			ev.Object = op.Object
		}
		p.settle(op)
		out[n] = ev
		n++
	}
	return n
}

// canFeed tells whether someone starves while there are buffers.
func (p *Port) canFeed() bool { return p.starved.len() > 0 && !p.lender.empty() }

// feed puts as many of the starved as there are buffers before all others.
// While someone starves everyone gets one buffer at a time.
func (p *Port) feed() {
	p.scarce = p.starved.len() > 0
	fed := min(p.starved.len(), p.lender.free())
	for i := fed - 1; i >= 0; i-- {
		a := *p.starved.at(i)
		a.starved = false
		if !a.queued {
			a.queued = true
			p.ready.pushFront(a)
		}
	}
	for range fed {
		p.starved.pop()
	}
}

// Wake makes Poll return. Any thread, until Close has returned.
func (p *Port) Wake() { p.bell.ring() }
