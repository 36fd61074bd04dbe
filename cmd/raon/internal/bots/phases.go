package bots

import (
	"context"
	"math"
	"time"
)

// phase is how far a run is. Lanes follow the leader through them.
type phase uint32

const (
	phaseConnect phase = iota
	phaseJoin          // rooms: until every session has received a probe
	phaseTraffic
	phaseSettle // nothing is sent any more; the last deliveries arrive
)

const (
	joinEvery   = 5 * time.Millisecond  // how often the leader looks while sessions connect and join
	watchEvery  = 50 * time.Millisecond // and during a closed loop, which drives itself
	settleEvery = 2 * time.Millisecond  // and while the last deliveries arrive

	// goneAfter is how long nothing may arrive before frames count as lost, once
	// a session has ended and taken some with it.
	goneAfter = 500 * time.Millisecond
)

// lead goes through the phases and tells whether there was traffic.
func (r *run) lead(ctx context.Context) bool {
	if !r.awaitConnects(ctx) || !r.awaitRoom(ctx) {
		return false
	}
	r.traffic(ctx)
	r.settle()
	return true
}

// awaitConnects waits until every session has connected or failed to. Each has
// its own limit; the engine connects some at a time.
func (r *run) awaitConnects(ctx context.Context) bool {
	all := func() bool { return r.arrivals.Load() == int64(r.opts.Sessions) || r.faults.any() }
	r.until(ctx, joinEvery, math.MaxInt64, all)
	return ctx.Err() == nil && !r.faults.any()
}

// awaitRoom has session 0 send probes until every session has received one.
func (r *run) awaitRoom(ctx context.Context) bool {
	if r.opts.echo() {
		return true
	}
	r.wanted.Store(uint32(phaseJoin))
	all := func() bool { return r.joined.Load() == int64(r.opts.Sessions) || r.faults.any() }
	r.until(ctx, joinEvery, r.opts.ConnectTimeout, all)
	if left := r.opts.Sessions - int(r.joined.Load()); left > 0 && ctx.Err() == nil && !r.faults.any() {
		r.faults.add(notJoined, uint64(left), "no probe within %v; is the server in mode room?", r.opts.ConnectTimeout)
	}
	return ctx.Err() == nil && !r.faults.any()
}

// traffic lets the senders send for the duration.
func (r *run) traffic(ctx context.Context) {
	every := tickEvery
	if r.opts.Rate == 0 && r.opts.echo() {
		every = watchEvery
	}
	r.origin = r.now()
	r.wanted.Store(uint32(phaseTraffic))
	r.until(ctx, every, r.opts.Duration, func() bool {
		t := r.totals()
		r.bar.show(r.now()-r.origin, t)
		return t.live == 0
	})
}

// settle stops the senders and waits for the last deliveries. When sessions
// have ended, what they took along never comes; then a while without any
// delivery is the end.
func (r *run) settle() {
	r.wanted.Store(uint32(phaseSettle))
	seen, since := uint64(0), r.now()
	r.until(context.Background(), settleEvery, r.opts.SettleTimeout, func() bool {
		for _, l := range r.lanes {
			if !l.settled(phaseSettle) {
				return false
			}
		}
		t := r.totals()
		if t.received != seen {
			seen, since = t.received, r.now()
		}
		gone := t.live < int64(r.opts.Sessions) && r.now()-since > goneAfter
		return gone || t.received >= r.expected(t)
	})
}
