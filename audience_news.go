package raon

import "errors"

// spreadNews brings every audience's news to the queues of its members.
func (w *worker) spreadNews() {
	for _, a := range w.newsy {
		for _, m := range a.members {
			m.session.catchUp()
		}
	}
	w.dropNews()
}

// dropNews forgets all news.
func (w *worker) dropNews() {
	for i, a := range w.newsy {
		a.clear()
		w.newsy[i] = nil
	}
	w.newsy = w.newsy[:0]
}

// behind tells whether the audience has news that the session's queue has not.
func (m *membership) behind() bool {
	if m.round != m.audience.round {
		m.round, m.seen = m.audience.round, 0
	}
	return m.seen < len(m.audience.marks)
}

// catchUp brings the session's queue up to date with what its audiences have
// been told, in the order in which they were. Everything that puts something
// into the queue, or ends it, calls it first.
func (s *Session) catchUp() {
	if len(s.worker.newsy) == 0 {
		return
	}
	var one *membership
	several := false
	for i := range s.memberships {
		if m := &s.memberships[i]; m.behind() {
			several = one != nil
			one = m
			if several {
				break
			}
		}
	}
	switch {
	case several:
		s.hearAll()
	case one != nil:
		s.hear(one)
	}
}

// hear queues one audience's news, a piece at a time.
func (s *Session) hear(m *membership) {
	a, from := m.audience, m.seen
	m.seen = len(a.marks) // first: queueing looks for news itself
	if s.onSend != nil || s.service.limits.Policy != QueueDisconnect {
		for ; from < len(a.marks); from++ {
			s.hearOne(a, from)
		}
		return
	}
	for from < len(a.marks) {
		k := &a.marks[from]
		p := &a.news[k.piece]
		part := p.buf.Sub(k.off, p.buf.Len()-k.off)
		part.Retain(1)
		s.pushNews(entry{buf: part, id: k.id, packets: uint16(p.end - from)}, 0)
		from = p.end
	}
}

// hearAll queues the news of several audiences, a packet at a time.
func (s *Session) hearAll() {
	for {
		var next *membership
		for i := range s.memberships {
			m := &s.memberships[i]
			if m.behind() && (next == nil || m.order() < next.order()) {
				next = m
			}
		}
		if next == nil {
			return
		}
		next.seen++
		s.hearOne(next.audience, next.seen-1)
	}
}

// order is that of the next news, which there are.
func (m *membership) order() uint64 { return m.audience.marks[m.seen].order }

// hearOne queues one broadcast.
func (s *Session) hearOne(a *audience, mark int) {
	k := &a.marks[mark]
	part := a.news[k.piece].buf.Sub(k.off, k.n)
	part.Retain(1)
	s.pushNews(entry{buf: part, id: k.id}, 0)
}

// pushNews queues an entry of a broadcast. A member that is not connected any
// more gets nothing; where the policy is to tell, there is nobody to be told, and
// the packet counts as dropped.
func (s *Session) pushNews(e entry, key uint64) {
	if err := s.push(e, key); errors.Is(err, ErrQueueFull) {
		s.dropped(1)
	}
}
