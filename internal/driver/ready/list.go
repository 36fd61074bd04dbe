//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package ready

import "github.com/raon-engine/raon/internal/port"

// link is a slot's place in a list.
type link struct {
	prev, next *slot
	in         *list
}

// list is a queue of slots whose lane is to be served. It is intrusive: a slot
// is in at most one list per lane.
type list struct {
	lane       port.Lane
	head, tail *slot
	n          int
}

// push puts s at the tail, unless it has its place in a list already.
func (l *list) push(s *slot) {
	k := &s.link[l.lane]
	if k.in != nil {
		return
	}
	*k = link{prev: l.tail, in: l}
	if l.tail == nil {
		l.head = s
	} else {
		l.tail.link[l.lane].next = s
	}
	l.tail = s
	l.n++
}

// pop takes the head, nil when the list is empty.
func (l *list) pop() *slot {
	s := l.head
	if s != nil {
		unlink(s, l.lane)
	}
	return s
}

// unlink takes s out of the list of lane that it is in, if any.
func unlink(s *slot, lane port.Lane) {
	k := s.link[lane]
	if k.in == nil {
		return
	}
	if k.prev == nil {
		k.in.head = k.next
	} else {
		k.prev.link[lane].next = k.next
	}
	if k.next == nil {
		k.in.tail = k.prev
	} else {
		k.next.link[lane].prev = k.prev
	}
	k.in.n--
	s.link[lane] = link{}
}
