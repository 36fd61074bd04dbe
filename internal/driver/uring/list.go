//go:build linux

package uring

import (
	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// listID says which list a slot is in: at most one.
type listID uint8

const (
	listNone    listID = iota
	listFree           // not attached
	listStarved        // its Recv waits for a buffer
	listFull           // its Accept waits for a descriptor
	listClosing        // its Disconnect waits for the next Poll
)

// list is a queue of slots, linked by index.
type list struct {
	id         listID
	first, end uint32
	n          int
}

func newList(id listID) list { return list{id: id, first: noSlot, end: noSlot} }

func (l *list) empty() bool { return l.n == 0 }

// push appends s, which must be in no list.
func (l *list) push(t *slots, s *slot) {
	invariant.Check(s.list == listNone, "uring: slot is in two lists")
	s.list, s.next, s.prev = l.id, noSlot, l.end
	if l.end == noSlot {
		l.first = s.index
	} else {
		t.at(l.end).next = s.index
	}
	l.end = s.index
	l.n++
}

// remove takes s out, wherever it is.
func (l *list) remove(t *slots, s *slot) {
	invariant.Check(s.list == l.id, "uring: slot is not in the list")
	if s.prev == noSlot {
		l.first = s.next
	} else {
		t.at(s.prev).next = s.next
	}
	if s.next == noSlot {
		l.end = s.prev
	} else {
		t.at(s.next).prev = s.prev
	}
	s.list, s.next, s.prev = listNone, noSlot, noSlot
	l.n--
}

// pop takes the first, nil when there is none.
func (l *list) pop(t *slots) *slot {
	if l.empty() {
		return nil
	}
	s := t.at(l.first)
	l.remove(t, s)
	return s
}

// opList is a queue of ops, linked through their own Driver.Next.
type opList struct {
	first, end *port.Op
}

func (l *opList) empty() bool { return l.first == nil }

func (l *opList) push(op *port.Op) {
	op.Driver.Next = nil
	if l.end == nil {
		l.first = op
	} else {
		l.end.Driver.Next = op
	}
	l.end = op
}

func (l *opList) pop() *port.Op {
	op := l.first
	if l.first = op.Driver.Next; l.first == nil {
		l.end = nil
	}
	op.Driver.Next = nil
	return op
}
