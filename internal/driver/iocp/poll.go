//go:build windows

package iocp

import (
	"syscall"
	"time"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// tick is how coarse the system's own timeouts are by default.
const tick = 16 * time.Millisecond

// longest is more than any wait, and can be added to any time.
const longest time.Duration = 1 << 62

// Poll returns completions, waiting for them up to wait.
//
// When something is at hand it returns at once, without asking the kernel, but
// not twice in a row, so that no flood of completions hides new packets for
// long.
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

// await takes packets until there is something to return, the wait is over or
// the port was woken.
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
		woken, errno := p.look(p.mayWait(wait))
		if errno != 0 {
			return p.fail("poll", errno)
		}
		*n += p.gather(out[*n:])
		if *n > 0 || wait == 0 || woken {
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
// not at all with slots left to serve, and not beyond the next attempt to
// accept.
func (p *Port) mayWait(wait time.Duration) time.Duration {
	if wait == 0 || p.done.Len() > 0 || p.readers.len() > 0 || p.writers.len() > 0 {
		return 0
	}
	return p.untilAccept(wait)
}

// look takes packets from the kernel's queue, sleeping up to wait, and tells
// whether the port was woken.
func (p *Port) look(wait time.Duration) (woken bool, errno syscall.Errno) {
	sleeps := wait != 0 && p.wake.flag.Sleep()
	if wait != 0 && !sleeps {
		wait, woken = 0, true
	}
	p.stats.Enters++
	n, errno := p.dequeue(wait)
	if sleeps {
		woken = p.wake.flag.Wake()
		if p.slept != p.stats.Polls {
			p.slept = p.stats.Polls
			p.stats.Waits++
		}
	}
	for i := range p.entries[:n] {
		p.take(&p.entries[i])
	}
	return woken, errno
}

// dequeue waits by the timer if there is one, since the call's own timeout is
// only as fine as the system's tick, 15.6 ms by default.
func (p *Port) dequeue(wait time.Duration) (n int, errno syscall.Errno) {
	switch {
	case wait < 0:
		return winsock.Dequeue(p.port, p.entries[:], syscall.INFINITE)
	case wait == 0 || p.timer == nil:
		return winsock.Dequeue(p.port, p.entries[:], milliseconds(wait))
	}
	p.stats.Syscalls++
	if p.timer.Arm(wait) != 0 {
		return winsock.Dequeue(p.port, p.entries[:], milliseconds(wait))
	}
	// The call's own timeout comes later, should the timer ever fail.
	n, errno = winsock.Dequeue(p.port, p.entries[:], milliseconds(wait+tick))
	p.stats.Syscalls++
	p.timer.Disarm()
	return n, errno
}

// milliseconds rounds up, so that a port does not wake before its time and
// spin.
func milliseconds(wait time.Duration) uint32 {
	const most = syscall.INFINITE - 1
	return uint32(min((wait+time.Millisecond-1)/time.Millisecond, most))
}

// finish is the end of every Poll. Wakes so far are answered by its return.
func (p *Port) finish(n int) int {
	p.wake.flag.Wake()
	p.stats.Events += uint64(n)
	p.now = p.clock()
	return n
}
