//go:build linux

package uring

import (
	"math"
	"time"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

const (
	// rawEntries and rawBytes bound what an enter may do outside the
	// scheduler's sight: one long call stops the garbage collector. What it will
	// receive is not known; the turn before is taken for a forecast.
	rawEntries = 64
	rawBytes   = 64 << 10

	// passItems is how much deferred work the kernel does at a time, since 6.13,
	// before it returns without saying that there is more.
	passItems = 20

	// pollRounds bounds how often a Poll that must not wait goes on with what
	// its own completions prepared, such as the next chunk of a send.
	pollRounds = 4

	// pauseNs is how long to sleep at most when the kernel took no entries, or a
	// cancellation has to be made again.
	pauseNs = int64(time.Millisecond)
)

// forever is the limit of a Poll that waits until something happens.
const forever = time.Duration(math.MaxInt64)

// Poll submits, waits and reaps. A turn that has something to submit makes one
// enter for it; one that has nothing to do makes one that sleeps; one whose
// completions can be seen already makes none.
func (p *Port) Poll(out []port.Event, wait time.Duration) (int, error) {
	p.check()
	invariant.Check(len(out) > 0, "uring: Poll without room for an event")
	p.out, p.n, p.slept = out, 0, false
	p.lastBytes, p.bytes = p.bytes, 0
	p.pass++
	p.closable = p.closing.n
	p.stats.Polls++
	err := p.turn(wait)
	n := p.n
	p.out, p.n = nil, 0
	p.stats.Events += uint64(n)
	p.wake.rise()
	p.now = time.Since(p.born)
	return n, err
}

// turn fills out. Ended ops and completions take turns in being first, so that
// neither can take all the room for long.
func (p *Port) turn(wait time.Duration) error {
	limit := p.limit(wait)
	p.retryCancels()
	if p.pass%2 == 0 {
		p.takeEnded()
	}
	for round := 1; ; round++ {
		p.refill()
		woken, err := p.enter(limit, round)
		if err != nil {
			return err
		}
		p.reap()
		p.takeEnded()
		if p.n > 0 || woken || p.over(limit, round) {
			return nil
		}
	}
}

// limit is when a Poll that waits so long has to return.
func (p *Port) limit(wait time.Duration) time.Duration {
	switch {
	case wait < 0:
		return forever
	case wait == 0:
		return 0
	}
	return time.Since(p.born) + wait
}

// over tells whether a Poll without events has to return.
func (p *Port) over(limit time.Duration, round int) bool {
	switch limit {
	case forever:
		return false
	case 0:
		return round == pollRounds || p.stuck || !p.busy()
	}
	return time.Since(p.born) >= limit
}

// busy tells whether there is something to do that needs no word from the
// kernel.
func (p *Port) busy() bool {
	return p.n > 0 || p.closable > 0 || !p.ended.empty() || p.ring.Ready() > 0 ||
		!p.stuck && (p.quick > 0 || !p.backlog.empty() || len(p.cancels) > 0 || p.starved.n > 0 && p.buffers.free() > 0)
}

// heldBack tells whether the kernel may have completions that only an enter
// brings. It is a hint: another thread adds deferred work first and sets the
// flag afterwards, so the flag can be left behind by work that is long done, and
// then stays until the next one.
func (p *Port) heldBack() bool {
	return p.ring.Flagged() || p.burst >= passItems && p.ring.Ready() == 0
}

// enter makes the system calls of a round. What is prepared for a stream seldom
// completes at once, so alone it goes along with the wait, which also brings what
// the kernel holds back. The flag that says so is followed once without one,
// because that is cheaper.
func (p *Port) enter(limit time.Duration, round int) (woken bool, err error) {
	if limit == 0 || p.busy() || round == 1 && p.ring.Flagged() {
		return false, p.flush()
	}
	if !p.wake.sleep() {
		return true, p.flush()
	}
	err = p.sleep(limit)
	return p.wake.rise(), err
}

// flush submits everything, without waiting. Without anything to submit it
// enters only if the kernel holds something back.
func (p *Port) flush() error {
	if p.ring.Prepared() == 0 && !p.heldBack() {
		return nil
	}
	for {
		n := p.count()
		raw := n <= rawEntries && p.payload+p.lastBytes <= rawBytes && p.burst <= rawEntries
		if err := p.entered(p.ring.Enter(n > 0, raw)); err != nil || p.stuck {
			return err
		}
		if p.backlog.empty() && len(p.cancels) == 0 {
			return nil
		}
		p.drainBacklog()
	}
}

// sleep submits what is left and waits for a completion.
func (p *Port) sleep(limit time.Duration) error {
	if !p.slept {
		p.slept = true
		p.stats.Waits++
	}
	n := p.count()
	errno := p.ring.Wait(n > 0, p.timeoutNs(limit))
	p.retryCancels()
	return p.entered(errno)
}

// count counts an enter that is about to be made, and tells how many entries it
// submits: none right after the kernel would take none.
func (p *Port) count() (n int) {
	p.stats.Enters++
	if n = p.ring.Prepared(); n == 0 || p.stuck {
		return 0
	}
	p.stats.Submits++
	return n
}

// timeoutNs is how long to sleep, negative for as long as it takes.
func (p *Port) timeoutNs(limit time.Duration) int64 {
	if !p.full.empty() {
		limit = min(limit, p.retryAt)
	}
	ns := int64(-1)
	if limit != forever {
		ns = max(int64(limit-time.Since(p.born)), 0)
	}
	if (p.stuck || len(p.missed) > 0) && (ns < 0 || ns > pauseNs) {
		ns = pauseNs
	}
	return ns
}

// entered takes note of how an enter ended.
func (p *Port) entered(errno unix.Errno) error {
	p.stuck = false
	p.burst = p.ring.Ready()
	if p.ring.Prepared() == 0 {
		p.quick, p.payload = 0, 0
		p.scratch.reset()
	}
	switch errno {
	case 0, unix.EINTR, unix.ETIME:
		return nil
	case unix.EAGAIN, unix.EBUSY, unix.ENOMEM:
		p.stuck = true // no memory, or too many completions unread: reap and come again
		return nil
	}
	return p.fail("poll", errno)
}
