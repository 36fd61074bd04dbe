package raon

import (
	"sync"

	"github.com/raon-engine/raon/internal/invariant"
)

// SessionPool holds all sessions of a service. The idle ones stand in a
// circular array: taken at the pop index, returned at the push index, so that a
// session rests as long as possible before it is used again. The living ones
// are in their workers' shares. Any goroutine may take and return.
type SessionPool struct {
	mu       sync.Mutex
	sessions []Session  // all of them, allocated once
	idle     []*Session // circular
	pop      int        // next to take
	push     int        // next free place
	count    int        // idle now

	onFree func() // called after a release that found the pool empty
}

func newSessionPool(s *Service, size int) *SessionPool {
	p := &SessionPool{sessions: make([]Session, size), idle: make([]*Session, size), onFree: s.sessionFreed}
	for i := range p.sessions {
		p.idle[i] = &p.sessions[i]
	}
	p.count = size
	return p
}

// acquire takes an idle session, nil when there is none.
func (p *SessionPool) acquire(s *Service) *Session {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count == 0 {
		return nil
	}
	x := p.idle[p.pop]
	p.idle[p.pop] = nil
	p.pop = (p.pop + 1) % len(p.idle)
	p.count--
	if x.service == nil {
		x.prepare(s)
	}
	return x
}

// release returns an ended session.
func (p *SessionPool) release(x *Session) {
	p.mu.Lock()
	invariant.Check(p.count < len(p.idle), "session pool: released more than acquired")
	p.idle[p.push] = x
	p.push = (p.push + 1) % len(p.idle)
	p.count++
	first := p.count == 1
	p.mu.Unlock()
	if first {
		p.onFree()
	}
}

// idleCount is how many sessions are idle.
func (p *SessionPool) idleCount() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// prepare is a pooled session's first use: it gets its handler for good.
func (s *Session) prepare(service *Service) {
	s.service = service
	s.handle = NoHandle
	s.memberships = s.alone[:0]
	s.timer.Owner = (*sessionAlarm)(s)
	s.handler = service.newHandler()
	s.onSend, _ = s.handler.(SendHandler)
	if service.kind == ServiceClientAutoReconnect {
		s.redial = &redial{session: s}
	}
}
