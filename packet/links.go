package packet

import (
	"sync"

	"github.com/raon-engine/raon"
)

// links are a server's links by ticket. Links are held by a connection, claimed by
// another one that shows a ticket, or parked until somebody does; the lock is
// taken when one of this changes, never for a packet.
type links[S any] struct {
	mu      sync.Mutex
	tickets map[ticket]*link[S]
	parked  int

	opts   *Resume
	expire func(*S)                                   // a state ends; called without the lock
	settle func(to raon.SessionRef, l *link[S]) error // tells a claimant, by Conn.settled
}

// admit gives a new link, held by ref, its first ticket.
func (ls *links[S]) admit(l *link[S], ref raon.SessionRef) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l.ticket, l.holder = newTicket(), ref
	ls.tickets[l.ticket] = l
}

// claim finds the link of a ticket for the connection ref: nil when there is none.
// A parked one is ref's at once. Another is its holder's still, who has to be asked
// to release it.
func (ls *links[S]) claim(t ticket, ref raon.SessionRef) (l *link[S], holder raon.SessionRef) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if l = ls.tickets[t]; l == nil {
		return nil, holder
	}
	if holder = l.holder; holder != (raon.SessionRef{}) {
		l.claim = ref
		return l, holder
	}
	ls.parked--
	l.alarm.Stop()
	l.alarm, l.holder = nil, ref
	return l, holder
}

// unclaim takes ref's interest in l back. If l has become ref's meanwhile, it is
// released.
func (ls *links[S]) unclaim(l *link[S], ref raon.SessionRef, core *raon.Core) {
	ls.mu.Lock()
	if l.claim == ref {
		l.claim = raon.SessionRef{}
	}
	held := l.holder == ref
	ls.mu.Unlock()
	if held {
		ls.release(l, core)
	}
}

// release gives a link up, which its holder does not touch any more: to the
// connection that claims it, or it is parked, or with no place left it ends.
func (ls *links[S]) release(l *link[S], core *raon.Core) {
	if !ls.pass(l, core) {
		ls.expire(l.state)
	}
}

// pass is release, but for the end.
func (ls *links[S]) pass(l *link[S], core *raon.Core) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if to := l.claim; to != (raon.SessionRef{}) {
		l.holder, l.claim = to, raon.SessionRef{}
		if ls.settle(to, l) == nil {
			return true
		}
	}
	l.holder = raon.SessionRef{}
	l.parks++
	parks := l.parks
	job := &raon.Job{Name: "packet: resume timeout", Run: func() { ls.timeout(l, parks) }}
	if ls.parked < ls.opts.MaxParked {
		var err error
		if l.alarm, err = core.After(ls.opts.Timeout, job); err == nil {
			ls.parked++
			return true
		}
	}
	ls.drop(l)
	return false
}

// timeout ends a link that nobody has claimed since it was parked that time.
func (ls *links[S]) timeout(l *link[S], parks uint64) {
	ls.mu.Lock()
	due := !l.gone && l.parks == parks && l.holder == (raon.SessionRef{})
	if due {
		ls.parked--
		ls.drop(l)
	}
	ls.mu.Unlock()
	if due {
		ls.expire(l.state)
	}
}

// rotate gives l, which was claimed with the ticket used, its next one. The used
// one stays good until confirm: the answer may not reach the client.
func (ls *links[S]) rotate(l *link[S], used ticket) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for _, t := range [...]ticket{l.ticket, l.former} {
		if t != used {
			delete(ls.tickets, t)
		}
	}
	l.former, l.ticket = used, newTicket()
	ls.tickets[l.ticket] = l
}

// confirm ends the former ticket: the client has the new one.
func (ls *links[S]) confirm(l *link[S]) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	delete(ls.tickets, l.former)
	l.former = ticket{}
}

// forget makes l one that cannot be claimed any more. Who has claimed it is told.
func (ls *links[S]) forget(l *link[S]) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.drop(l)
	if to := l.claim; to != (raon.SessionRef{}) {
		l.claim = raon.SessionRef{}
		_ = ls.settle(to, l) // an inbox that is full: the claimant's hello deadline ends it
	}
}

// drop removes l's tickets. The lock is held.
func (ls *links[S]) drop(l *link[S]) {
	l.gone = true
	delete(ls.tickets, l.ticket)
	delete(ls.tickets, l.former)
}

// lost tells whether l cannot be had any more.
func (ls *links[S]) lost(l *link[S]) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return l.gone
}

// count is how many links are parked.
func (ls *links[S]) count() int {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return ls.parked
}
