//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"time"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// longest is more than any wait, and can be added to any time.
const longest time.Duration = 1 << 62

// Poll returns completions, waiting for them up to wait.
//
// When something is at hand it returns at once, without asking the kernel, but
// not twice in a row: an echo on one connection then costs one wait, one read
// and one write, and still no flood of completions hides new edges for long.
func (p *Port) Poll(out []port.Event, wait time.Duration) (int, error) {
	p.own()
	invariant.Check(len(out) > 0, "Poll without room for an event")
	p.stats.Polls++
	p.pass++
	n := p.gather(out)
	if n > 0 && !p.blind {
		p.blind = true
		return p.finish(n), nil
	}
	p.blind = false
	err := p.await(out, &n, wait)
	return p.finish(n), err
}

// await looks at the kernel's queue until there is something to return, the
// wait is over or the port was woken.
func (p *Port) await(out []port.Event, n *int, wait time.Duration) error {
	var deadline time.Duration
	if wait > 0 {
		wait = min(wait, longest)
		deadline = p.clock() + wait
	}
	if *n > 0 {
		wait = 0
	}
	for {
		if err := p.look(p.mayWait(wait)); err != nil {
			return p.fail("poll", err)
		}
		*n += p.gather(out[*n:])
		if *n > 0 || wait == 0 || p.flag.woken() {
			return nil
		}
		if wait > 0 {
			wait = deadline - p.clock()
			if wait <= 0 {
				return nil
			}
		}
		p.pass++ // nothing was returned: every slot may be served again
	}
}

// mayWait is how long the port may sleep at most when its owner allows wait:
// not at all with slots left to serve, and not beyond the next retry.
func (p *Port) mayWait(wait time.Duration) time.Duration {
	if p.readers.n > 0 || p.writers.n > 0 {
		return 0
	}
	return p.untilRetry(wait)
}

// look asks the kernel's queue for edges, sleeping up to wait.
func (p *Port) look(wait time.Duration) error {
	sleeps := wait != 0 && p.flag.sleep()
	if !sleeps {
		wait = 0
	}
	p.stats.Enters++
	n, err := p.queue.Wait(p.edges[:], wait)
	if sleeps {
		p.flag.rise()
		if p.slept != p.stats.Polls {
			p.slept = p.stats.Polls
			p.stats.Waits++
		}
	}
	for _, e := range p.edges[:n] {
		p.note(e)
	}
	return err
}

// note takes an edge: the slots it concerns are to be served.
func (p *Port) note(e Edge) {
	s := p.slots.find(e.Ref)
	if s == nil {
		p.stats.Stale++
		return
	}
	if e.What&(PeerDone|Broken) != 0 {
		s.drain = true
	}
	if e.What&(Readable|PeerDone) != 0 {
		s.readable = true
	}
	if (s.readable || s.kind == port.KindOther) && s.op(port.LaneRead) != nil {
		p.readers.push(s)
	}
	if e.What&(Writable|Broken) != 0 && s.op(port.LaneWrite) != nil {
		p.writers.push(s)
	}
}

// finish is the end of every Poll. Wakes so far are answered by its return.
func (p *Port) finish(n int) int {
	p.flag.take()
	p.stats.Events += uint64(n)
	p.now = p.clock()
	return n
}
