//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import (
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// retry is a slot that no edge will bring back: what it waits for is not told
// by the kernel. There is at most one per attachment.
type retry struct {
	ref   port.Ref
	lane  port.Lane
	at    time.Duration
	frees uint64 // LaneRead: or as soon as Sockets.Frees is another number
}

// retryLater has the slot served again at a time.
func (p *Port) retryLater(s *slot, lane port.Lane, at time.Duration, frees uint64) {
	if s.retrying {
		return
	}
	s.retrying = true
	p.retries = append(p.retries, retry{ref: s.ref, lane: lane, at: at, frees: frees})
}

// retry lets those be served whose time has come.
func (p *Port) retry() {
	now, frees := p.clock(), p.sockets.Frees()
	kept := p.retries[:0]
	for _, r := range p.retries {
		s := p.slots.find(r.ref)
		switch {
		case s == nil:
		case now < r.at && (r.lane != port.LaneRead || frees == r.frees):
			kept = append(kept, r)
		default:
			s.retrying = false
			p.stats.Rearms++
			p.serve(s, r.lane)
		}
	}
	p.retries = kept
}

// serve has the lane of s served if an op waits there.
func (p *Port) serve(s *slot, lane port.Lane) {
	switch {
	case s.op(lane) == nil:
	case lane == port.LaneRead:
		p.readers.push(s)
	default:
		p.writers.push(s)
	}
}

// untilRetry shortens wait so that the next retry is on time.
func (p *Port) untilRetry(wait time.Duration) time.Duration {
	if wait == 0 || len(p.retries) == 0 {
		return wait
	}
	now := p.clock()
	for _, r := range p.retries {
		if left := max(r.at-now, 0); wait < 0 || left < wait {
			wait = left
		}
	}
	return wait
}
