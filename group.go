package raon

import (
	"slices"
	"sync/atomic"

	"github.com/raon-engine/raon/buffer"
)

// Group is a set of connected sessions, on all workers and of any services of one
// core: a room, a guild, what can see a cell of the map. A session may be in many,
// and leaves all of them by itself when its connection ends. A Group needs no
// end: unused, the garbage collector has it.
//
// What one sender broadcasts to a group reaches every member in the order made,
// also relative to what the sender's worker sends that member otherwise.
type Group struct {
	core  *Core
	name  string
	parts []atomic.Pointer[audience] // by worker; made there, by the first member
}

// BroadcastOptions narrow a broadcast. Zero is: to everybody, and never dropped.
type BroadcastOptions struct {
	// Except does not get the packet: its author, mostly.
	Except SessionRef

	// Key, if not 0, says that the packet is a state that a newer one makes
	// worthless, such as a position: where a packet with the same key still waits
	// in a member's queue, this one takes its place at the end of it.
	Key uint64
}

// NewGroup makes an empty group. The name is for logs.
func (c *Core) NewGroup(name string) *Group {
	return &Group{core: c, name: name, parts: make([]atomic.Pointer[audience], len(c.workers))}
}

// Name is the group's name.
func (g *Group) Name() string { return g.name }

// Len is the number of members. Any goroutine; while members come and go it is as
// exact as any look at several workers.
func (g *Group) Len() (n int) {
	for i := range g.parts {
		if a := g.parts[i].Load(); a != nil {
			n += int(a.size.Load())
		}
	}
	return n
}

// Join adds s; a member stays one. It is called in the session's callbacks and
// jobs, elsewhere see SessionRef.Join. Errors: ErrSessionClosed, ErrLimit when the
// session is in MaxGroups groups already.
func (g *Group) Join(s *Session) error {
	if s.state != stateConnected || s.has(flagDisconnectDue) {
		return ErrSessionClosed
	}
	if g.Has(s) {
		return nil
	}
	if len(s.memberships) > s.service.limits.MaxGroups { // one is the service's own
		return ErrLimit
	}
	part := &g.parts[s.worker.index]
	a := part.Load()
	if a == nil {
		a = &audience{worker: s.worker}
		part.Store(a)
	}
	a.join(s)
	return nil
}

// Leave takes s out and tells whether it was in. What was broadcast before still
// reaches it. Called as Join is.
func (g *Group) Leave(s *Session) bool {
	slot := g.slotOf(s)
	if slot >= 0 {
		s.leaveAudience(slot)
	}
	return slot >= 0
}

// Has tells whether s is a member. Called as Join is.
func (g *Group) Has(s *Session) bool { return g.slotOf(s) >= 0 }

// slotOf is the index of the group in the session's memberships, -1 for none.
func (g *Group) slotOf(s *Session) int {
	if a := g.parts[s.worker.index].Load(); a != nil {
		return slices.IndexFunc(s.memberships, func(m membership) bool { return m.audience == a })
	}
	return -1
}

// Broadcast sends buf as one packet to every member and takes over one reference
// of it, also when it fails. Each worker with members gets one message. Any
// goroutine; a session's callback had better use Session.BroadcastTo. Errors:
// ErrQueueFull: the members on some workers may have got theirs. ErrClosed.
func (g *Group) Broadcast(buf buffer.SendBuffer, packetID uint16, opts BroadcastOptions) (err error) {
	defer buf.Release(1)
	for i := range g.parts {
		a := g.parts[i].Load()
		if a == nil || a.size.Load() == 0 {
			continue
		}
		buf.Retain(1)
		if failed := a.worker.pushBroadcast(parcel{a, buf, packetID, opts.Except, opts.Key}); failed != nil {
			buf.Release(1)
			err = failed
		}
	}
	return err
}

// ForEach runs fn for every member, on the members' workers, each as a callback
// of its session. It posts one job per worker and returns. Any goroutine. Errors:
// ErrQueueFull: some workers may have got theirs. ErrClosed.
func (g *Group) ForEach(fn func(*Session)) (err error) {
	for i := range g.parts {
		a := g.parts[i].Load()
		if a == nil || a.size.Load() == 0 {
			continue
		}
		if failed := a.worker.push(message{kind: msgJob, arg: func() { a.forEach(fn) }}); failed != nil {
			err = failed
		}
	}
	return err
}

// Clear takes every member out. It is done when the workers have got to it. Any
// goroutine.
func (g *Group) Clear() {
	for i := range g.parts {
		if a := g.parts[i].Load(); a != nil {
			a.worker.urge(a.dismiss)
		}
	}
}

// dismiss takes every member out.
func (a *audience) dismiss() {
	for n := len(a.members); n > 0; n-- {
		m := a.members[n-1]
		m.session.leaveAudience(m.slot)
	}
}

// forEach calls fn for every member that is connected.
func (a *audience) forEach(fn func(*Session)) {
	list := make([]*Session, len(a.members))
	for i, m := range a.members {
		list[i] = m.session
	}
	a.worker.forEachOf(list, fn)
}

// Join adds the session to g on its worker. Errors: ErrSessionClosed, ErrQueueFull;
// what Group.Join would say then is not told.
func (r SessionRef) Join(g *Group) error {
	return r.PushJob(func(s *Session) { _ = g.Join(s) })
}

// Leave takes the session out of g on its worker. Errors: ErrSessionClosed,
// ErrQueueFull.
func (r SessionRef) Leave(g *Group) error {
	return r.PushJob(func(s *Session) { g.Leave(s) })
}
