package raon

import (
	"math"
	"sync/atomic"

	"github.com/raon-engine/raon/buffer"
)

// audience is a set of sessions on one worker that broadcasts go to: a service's
// share of them, or a group's. All of it but size is the worker's.
//
// A broadcast is not queued at every member. It is noted once, as news, side by
// side with the others of the turn; each member's queue gets what it has not had
// in one piece: when something else is about to enter that queue, and at the
// latest at the end of the turn. Its order is that of one queueing after the
// other, its cost per member that of one packet per turn.
type audience struct {
	worker  *worker
	members []member
	size    atomic.Int32 // len(members), for other workers

	news  []newsPiece
	marks []newsMark    // one per broadcast
	run   *buffer.Chunk // memory of the small ones that did not lie side by side
	bytes int
	round uint32 // counts how often the news have been cleared
}

// member is a session in an audience; its membership is session.memberships[slot].
type member struct {
	session *Session
	slot    int
}

// membership is a session's side of it.
type membership struct {
	audience *audience
	index    int    // in audience.members
	round    uint32 // of the audience, that seen is about
	seen     int    // marks that the session's queue has had
}

// newsPiece is a run of broadcasts that lie side by side in memory.
type newsPiece struct {
	buf  buffer.SendBuffer
	refs int // that the audience holds on its chunk
	end  int // one past its last mark
}

// newsMark is one broadcast.
type newsMark struct {
	piece int
	off   int // in the piece
	n     int
	id    uint16
	order uint64 // among all broadcasts on this worker
}

// newsBytes bounds the news of one audience: beyond it the members have it at
// once, and their queues' bounds count it.
const newsBytes = 256 << 10

// join adds s, which is connected.
func (a *audience) join(s *Session) {
	s.memberships = append(s.memberships, membership{
		audience: a, index: len(a.members), round: a.round, seen: len(a.marks),
	})
	a.members = append(a.members, member{s, len(s.memberships) - 1})
	a.size.Store(int32(len(a.members)))
}

// leaveAudience takes the session out of one audience. What was broadcast before is in
// its queue then.
func (s *Session) leaveAudience(slot int) {
	s.catchUp()
	m := s.memberships[slot]
	a, last := m.audience, len(m.audience.members)-1
	if m.index != last {
		moved := a.members[last]
		a.members[m.index] = moved
		moved.session.memberships[moved.slot].index = m.index
	}
	a.members[last] = member{}
	a.members = a.members[:last]
	a.size.Store(int32(last))
	end := len(s.memberships) - 1
	if slot != end {
		s.memberships[slot] = s.memberships[end]
		moved := &s.memberships[slot]
		moved.audience.members[moved.index].slot = slot
	}
	s.memberships[end] = membership{}
	s.memberships = s.memberships[:end]
}

// leaveAll takes the session out of every audience: it takes nothing any more.
func (s *Session) leaveAll() {
	for n := len(s.memberships); n > 0; n-- {
		s.leaveAudience(n - 1)
	}
}

// broadcast has p's packet queued at every member but one, and takes over p's
// reference.
func (a *audience) broadcast(p *parcel) {
	if len(a.members) == 0 || p.buf.Len() == 0 {
		p.buf.Release(1)
		return
	}
	if p.key != 0 {
		a.broadcastEach(p)
		return
	}
	w := a.worker
	if len(a.news) == 0 {
		w.newsy = append(w.newsy, a)
	}
	w.broadcasts++
	skip := a.membershipOf(p.except)
	if skip != nil {
		skip.audience.members[skip.index].session.catchUp()
	}
	a.note(p.buf, p.id)
	if skip != nil {
		skip.seen = len(a.marks)
	}
	if a.bytes > newsBytes {
		w.spreadNews()
	}
}

// broadcastEach queues a packet that a later one may replace at each member by
// itself.
func (a *audience) broadcastEach(p *parcel) {
	skip := a.membershipOf(p.except)
	p.buf.Retain(len(a.members))
	for i, m := range a.members {
		if skip != nil && skip.index == i {
			p.buf.Release(1)
			continue
		}
		m.session.catchUp()
		m.session.pushNews(entry{buf: p.buf, id: p.id, droppable: true}, p.key)
	}
	p.buf.Release(1)
}

// membershipOf finds the membership of ref here, nil when there is none. A zero
// ref has none.
func (a *audience) membershipOf(ref SessionRef) *membership {
	if !ref.retain() {
		return nil
	}
	defer ref.release()
	s := ref.session
	if s.worker != a.worker {
		return nil
	}
	for i := range s.memberships {
		if m := &s.memberships[i]; m.audience == a {
			m.behind() // brings its round up to date
			return m
		}
	}
	return nil
}

// note appends a broadcast to the news.
func (a *audience) note(buf buffer.SendBuffer, id uint16) {
	n := buf.Len()
	a.bytes += n
	if !a.extend(buf) {
		if len(a.news) > 0 && n < smallPacket {
			var own buffer.SendBuffer
			own, a.run = a.worker.chunks.Append(a.run, buf.Bytes())
			buf.Release(1)
			buf = own
		}
		if !a.extend(buf) {
			a.news = append(a.news, newsPiece{buf: buf, refs: 1, end: len(a.marks)})
		}
	}
	p := &a.news[len(a.news)-1]
	p.end++
	a.marks = append(a.marks, newsMark{
		piece: len(a.news) - 1, off: p.buf.Len() - n, n: n, id: id, order: a.worker.broadcasts,
	})
}

// extend joins buf to the last piece if it lies right behind it.
func (a *audience) extend(buf buffer.SendBuffer) bool {
	last := len(a.news) - 1
	if last < 0 || a.news[last].refs == math.MaxUint16 {
		return false
	}
	p := &a.news[last]
	joined, ok := p.buf.Join(buf)
	if ok {
		p.buf = joined
		p.refs++
	}
	return ok
}

// clear drops the news: every member has it.
func (a *audience) clear() {
	for _, p := range a.news {
		p.buf.Release(p.refs)
	}
	a.worker.chunks.Retire(a.run)
	clear(a.news)
	a.news, a.marks, a.run, a.bytes = a.news[:0], a.marks[:0], nil, 0
	if cap(a.marks) > keptMarks {
		a.news, a.marks = nil, nil
	}
	a.round++
}

// keptMarks bounds the memory that an audience keeps for its next news.
const keptMarks = 1024
