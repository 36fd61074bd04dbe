package raon

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/raon-engine/raon/internal/invariant"
)

// offloader runs work that blocks, such as a database's, on goroutines of its
// own: as many as there is work for, at most threads. They end when there is
// none. What is queued and running is bounded by room.
type offloader struct {
	core *Core

	mu      sync.Mutex
	queue   []offload // waiting, oldest first
	held    int       // waiting in lanes and in queue, or running
	running int       // goroutines
	closed  bool
	idle    sync.WaitGroup // the goroutines
}

// offload is one piece of work and what follows it.
type offload struct {
	work func()
	then func(failure error) // always called, on the goroutine that worked
	lane *lane               // nil: no order
}

// lane keeps the work of one session in order: one piece at a time.
type lane struct {
	busy    bool
	waiting []offload
}

// add queues o. Errors: ErrQueueFull, ErrClosed.
func (p *offloader) add(o offload) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	if p.held == p.core.opts.OffloadQueue {
		return ErrQueueFull
	}
	p.held++
	if o.lane != nil && o.lane.busy {
		o.lane.waiting = append(o.lane.waiting, o)
		return nil
	}
	p.enqueue(o)
	return nil
}

// enqueue makes o ready to run. The lock is held.
func (p *offloader) enqueue(o offload) {
	if o.lane != nil {
		o.lane.busy = true
	}
	p.queue = append(p.queue, o)
	if p.running < p.core.opts.OffloadThreads {
		p.running++
		p.idle.Add(1)
		go p.run()
	}
}

// run is one goroutine: it works while there is work.
func (p *offloader) run() {
	defer p.idle.Done()
	for {
		o, ok := p.take()
		if !ok {
			return
		}
		p.do(o)
	}
}

func (p *offloader) take() (offload, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		p.running--
		return offload{}, false
	}
	o := p.queue[0]
	p.queue[0] = offload{}
	p.queue = p.queue[1:]
	return o, true
}

// do runs o and reports. After a runtime.Goexit, which takes the goroutine with
// it, another one goes on.
func (p *offloader) do(o offload) {
	returned := false
	defer func() {
		var failure error
		if cause := recover(); cause != nil {
			failure = fmt.Errorf("offloaded work panicked: %v", cause)
			p.core.log.Error("raon: offloaded work panicked", "cause", cause, "stack", string(debug.Stack()))
		} else if !returned {
			failure = errOffloadGoexit
			p.core.log.Error("raon: offloaded work called runtime.Goexit", "stack", string(debug.Stack()))
			p.idle.Add(1)
			defer func() { go p.run() }()
		}
		o.then(failure)
		p.done(o)
	}()
	o.work()
	returned = true
}

var errOffloadGoexit = errors.New("offloaded work called runtime.Goexit")

// done lets the next of o's lane begin.
func (p *offloader) done(o offload) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held--
	if o.lane == nil {
		return
	}
	o.lane.busy = false
	if len(o.lane.waiting) > 0 {
		next := o.lane.waiting[0]
		o.lane.waiting = o.lane.waiting[1:]
		p.enqueue(next)
	}
}

// close refuses what comes from now on, drops what has not begun and waits for
// what has.
func (p *offloader) close() {
	p.mu.Lock()
	p.closed = true
	dropped := len(p.queue)
	p.queue = nil
	p.mu.Unlock()
	p.idle.Wait()
	if dropped > 0 {
		p.core.log.Warn("raon: offloaded work was dropped, the core has ended", "pieces", dropped)
	}
}

// Offload runs work, which may block, on one of OffloadThreads goroutines, and
// then then on one of the workers; nil is nothing. Both are bounded by
// OffloadQueue. What fails by panic or runtime.Goexit is logged, and then is not
// called. Any goroutine. Errors: ErrQueueFull, ErrClosed. Wait returns when what
// has begun has ended; what has not is dropped then.
func (c *Core) Offload(work, then func()) error {
	invariant.Check(work != nil, "raon: Offload of nothing")
	w := c.nextWorker()
	return c.offload.add(offload{work: work, then: func(failure error) {
		if failure == nil && then != nil {
			w.urge(then)
		}
	}})
}

// Offload runs work, which may block, on one of the core's OffloadThreads
// goroutines, and then then as a callback of this session, if the connection
// still lives. work must not touch the session; what it finds it leaves in
// variables that then reads. Until then the session is retained: a peer that has
// finished, or a drain, still gets the answer. If work fails by panic or
// runtime.Goexit the session ends with KickPanic. Errors: ErrQueueFull,
// ErrClosed, ErrSessionClosed.
func (s *Session) Offload(work func(), then func(*Session)) error {
	return s.offloadOn(nil, work, then)
}

// OffloadInOrder is Offload, except that what one connection gives it runs one
// after the other, in the order given.
func (s *Session) OffloadInOrder(work func(), then func(*Session)) error {
	if s.lane == nil {
		s.lane = new(lane)
	}
	return s.offloadOn(s.lane, work, then)
}

func (s *Session) offloadOn(l *lane, work func(), then func(*Session)) error {
	invariant.Check(work != nil, "raon: Offload of nothing")
	if s.state != stateConnected || s.has(flagDisconnectDue) {
		return ErrSessionClosed
	}
	w, gen := s.worker, s.word.generation()
	err := w.core.offload.add(offload{lane: l, work: work, then: func(failure error) {
		w.urge(func() {
			if s.alive(gen) {
				s.offloaded(then, failure)
			}
		})
	}})
	if err == nil {
		s.Retain()
	}
	return err
}

// offloaded ends one Offload on the session's worker.
func (s *Session) offloaded(then func(*Session), failure error) {
	s.Release()
	if s.state != stateConnected || s.has(flagDisconnectDue) {
		return
	}
	if failure != nil {
		s.kick(KickPanic, failure)
		return
	}
	if then != nil {
		s.runJob(then)
	}
}
