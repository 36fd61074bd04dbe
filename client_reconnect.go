package raon

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/wheel"
)

// ReconnectOptions say when the sessions of RegisterClientAutoReconnect try again.
// Zero means the default given.
type ReconnectOptions struct {
	// First is from a failed connect, or the end of a connection, to the next try; 1 s.
	// After further failures in a row the wait is random, from nothing up to a bound
	// that doubles each time ("full jitter"), and never more than Max; 30 s.
	First time.Duration
	Max   time.Duration

	// Stable is how long a connection has to live for its end to count as the first
	// failure; 10 s.
	Stable time.Duration

	// PerSecond is the pace of the whole service's connects, the first ones too,
	// evenly spread; 0 is a tenth of its sessions, and at least 50.
	PerSecond int

	// Seed makes the waits the same in every run; 0 is random.
	Seed uint64
}

const (
	defaultFirst     = time.Second
	defaultMax       = 30 * time.Second
	defaultStable    = 10 * time.Second
	defaultPerSecond = 50 // at least
	maxPerSecond     = 1_000_000
)

func (o *ReconnectOptions) normalize(sessions int) error {
	var errs []error
	wait := func(name string, v *time.Duration, def time.Duration) {
		if *v == 0 {
			*v = def
		}
		if *v < time.Millisecond {
			errs = append(errs, fmt.Errorf("Reconnect.%s %v: want at least 1 ms", name, *v))
		}
	}
	wait("First", &o.First, defaultFirst)
	wait("Max", &o.Max, max(defaultMax, o.First))
	wait("Stable", &o.Stable, defaultStable)
	if o.Max < o.First {
		errs = append(errs, fmt.Errorf("Reconnect: want First %v <= Max %v", o.First, o.Max))
	}
	if o.PerSecond == 0 {
		o.PerSecond = max(sessions/10, defaultPerSecond)
	}
	if o.PerSecond < 1 || o.PerSecond > maxPerSecond {
		errs = append(errs, fmt.Errorf("Reconnect.PerSecond %d: want 1 to %d", o.PerSecond, maxPerSecond))
	}
	return errors.Join(errs...)
}

// RegisterClientAutoReconnect makes a service that keeps Count sessions connected,
// spread over the workers, and returns at once. Each session tells of every try in
// OnConnect; when its connection ends, for whatever reason, it tries again as
// Reconnect says, with the same Session and the same Handler, until the service
// drains or StopReconnect is called. Errors: every fault of opts at once, ErrClosed.
func (c *Core) RegisterClientAutoReconnect(opts ClientOptions) (*Service, error) {
	return c.addClient(opts, ServiceClientAutoReconnect, (*Service).connectAll)
}

// redial is a session's part in connecting again. The worker's.
type redial struct {
	session *Session
	timer   wheel.Timer
	opened  time.Duration // when the last connection began
	tries   int           // failures in a row
	place   int           // in shareDials.kept
	off     bool          // StopReconnect was called
}

// StopReconnect lets this session rest when its connection has ended, until
// Service.Connect takes it. In other services it does nothing.
func (s *Session) StopReconnect() {
	if s.redial != nil {
		s.redial.off = true
	}
}

// keep takes the session out of the pool's hands for as long as it reconnects.
func (r *redial) keep(sh *share) {
	r.off, r.tries = false, 0
	r.timer.Owner = r
	r.place = len(sh.dials.kept)
	sh.dials.kept = append(sh.dials.kept, r.session)
}

// ended counts a connection that has ended.
func (r *redial) ended(now time.Duration) {
	if now-r.opened >= r.session.service.dialer.rules.Stable {
		r.tries = 0
	}
	r.tries++
}

// wait is how long to wait before the next try.
func (r *redial) wait(sh *share) time.Duration {
	rules := &sh.service.dialer.rules
	if r.tries <= 1 {
		return rules.First
	}
	bound := rules.Max
	if shift := r.tries - 1; shift < 32 && rules.First<<shift < bound && rules.First<<shift > 0 {
		bound = rules.First << shift
	}
	return time.Duration(sh.jitter().Int64N(int64(bound)))
}

// jitter is the share's source of chance.
func (sh *share) jitter() *rand.Rand {
	if sh.dice == nil {
		seed := sh.service.dialer.rules.Seed
		if seed == 0 {
			seed = rand.Uint64()
		}
		sh.dice = rand.New(rand.NewPCG(seed, uint64(sh.worker.index)))
	}
	return sh.dice
}

// rest decides what a kept session, ended and unreferenced, does next.
func (r *redial) rest() {
	s := r.session
	sh := s.share
	if r.off || sh.draining {
		r.letGo()
		return
	}
	sh.worker.wheel.Schedule(&r.timer, sh.worker.now+r.wait(sh))
}

// OnTimer is the end of the wait. The worker's wheel calls it.
func (r *redial) OnTimer(*wheel.Timer, time.Duration) {
	sh := r.session.share
	sh.worker.live.Add(1)
	sh.dials.waiting = append(sh.dials.waiting, r.session)
	sh.dialLater()
}

// letGo gives the session back to the pool.
func (r *redial) letGo() {
	sh := r.session.share
	kept := sh.dials.kept
	last := len(kept) - 1
	kept[r.place] = kept[last]
	kept[r.place].redial.place = r.place
	kept[last] = nil
	sh.dials.kept = kept[:last]
	sh.service.pool.release(r.session)
	sh.endIfDone()
}

// wakeKept lets go of all sessions that wait for their next try: the service ends.
func (sh *share) wakeKept() {
	sh.worker.wheel.Cancel(&sh.dials.wait)
	for n := len(sh.dials.kept); n > 0; n-- {
		if r := sh.dials.kept[n-1].redial; r.timer.Pending() {
			sh.worker.wheel.Cancel(&r.timer)
			r.letGo()
		}
	}
}

// goHome gives an ended session, which nobody refers to any more, back to its
// pool, or to what has it connect again. Any goroutine.
func (s *Session) goHome() {
	if s.redial == nil {
		s.service.pool.release(s)
		return
	}
	invariant.Check(s.share != nil, "a session that reconnects has no worker")
	s.worker.urge(s.redial.rest)
}

// connectFailed sees to what follows a failed connect: another try, another look
// at the name, and once per second a line in the log.
func (sh *share) connectFailed(s *Session, err error) {
	sh.service.dialer.failed()
	if s.redial == nil || sh.draining {
		return
	}
	s.redial.tries++
	sh.failures.count++
	if sh.failures.log.allow(sh.worker.now) {
		sh.service.log.Warn("raon: connects fail, trying again", "failed", sh.failures.count, "to", s.peer.String(), "err", err)
		sh.failures.count = 0
	}
}
