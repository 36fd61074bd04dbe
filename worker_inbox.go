package raon

import "github.com/raon-engine/raon/buffer"

// messageKind says what another goroutine wants of a worker.
type messageKind uint8

const (
	msgJob        messageKind = iota // arg: func()
	msgNamedJob                      // arg: *Job
	msgAlarm                         // arg: *Alarm, to be armed or forgotten
	msgSessionJob                    // session, gen, arg: func(*Session)
	msgSend                          // session, gen, buf, id
	msgDisconnect                    // session, gen, reason
	msgAbort                         // session, gen, reason
	msgAdopt                         // session, handle: an accepted connection
	msgBroadcast                     // arg: *audience, buf, id, key; session and gen do not get it
	msgBatch                         // arg: *batch: another worker's broadcasts of a turn
)

// message is one entry of a worker's inbox.
type message struct {
	kind    messageKind
	reason  KickReason
	id      uint16
	gen     uint32
	session *Session
	key     uint64
	buf     buffer.SendBuffer
	handle  Handle
	arg     any
}

// push hands m to the worker. Any goroutine; it never waits.
func (w *worker) push(m message) error {
	if w.stopping() {
		return ErrClosed
	}
	if !w.inbox.Push(m) {
		return ErrQueueFull
	}
	w.wake()
	if w.gone.Load() { // since the first look: m may have come too late
		w.refuseRest()
	}
	return nil
}

// urge runs fn on the worker before other messages, and is never refused. It is
// for the engine's own rare commands.
func (w *worker) urge(fn func()) {
	w.urgent.mu.Lock()
	w.urgent.fns = append(w.urgent.fns, fn)
	w.urgent.set.Store(true)
	w.urgent.mu.Unlock()
	w.wake()
}

// runUrgent takes all urgent commands. They are moved out one by one, so that a
// callback's panic in one does not lose the others.
func (w *worker) runUrgent() {
	if w.urgent.set.Load() {
		w.urgent.mu.Lock()
		w.commands = append(w.commands, w.urgent.fns...)
		w.urgent.fns = nil
		w.urgent.set.Store(false)
		w.urgent.mu.Unlock()
	}
	for len(w.commands) > 0 {
		fn := w.commands[0]
		w.commands = w.commands[1:]
		fn()
	}
}

// runInbox takes up to JobsPerTurn messages of those that were there when it
// began: jobs that push jobs do not keep the sessions waiting.
func (w *worker) runInbox() {
	for range min(w.inbox.Len(), w.core.opts.JobsPerTurn) {
		m, ok := w.inbox.Pop()
		if !ok {
			return
		}
		w.stats.jobs++
		w.obey(&m)
	}
}

// obey does what one message says.
func (w *worker) obey(m *message) {
	switch m.kind {
	case msgJob:
		m.arg.(func())()
	case msgNamedJob:
		w.runPosted(m.arg.(*Job))
	case msgAlarm:
		m.arg.(*Alarm).settle()
	case msgSessionJob:
		if m.session.alive(m.gen) {
			m.session.runJob(m.arg.(func(*Session)))
		}
	case msgSend:
		m.session.sendForeign(m.gen, m.buf, m.id)
	case msgDisconnect:
		if m.session.alive(m.gen) {
			m.session.Disconnect(m.reason)
		}
	case msgAbort:
		if m.session.alive(m.gen) {
			m.session.Abort(m.reason)
		}
	case msgAdopt:
		m.session.begin(w, m.handle)
	case msgBroadcast:
		m.arg.(*audience).broadcast(&parcel{buf: m.buf, id: m.id, except: SessionRef{m.session, m.gen}, key: m.key})
	case msgBatch:
		m.arg.(*batch).deliver()
	}
}

// refuseRest empties the inbox of an ended worker, so that no buffer, no job and no
// accepted socket is left in it. Any goroutine.
func (w *worker) refuseRest() {
	w.last.Lock()
	defer w.last.Unlock()
	for {
		m, ok := w.inbox.Pop()
		if !ok {
			return
		}
		switch m.kind {
		case msgNamedJob:
			m.arg.(*Job).posted.Store(false) // else the next PostJob would take it for waiting
		case msgSend, msgBroadcast:
			m.buf.Release(1)
		case msgAdopt:
			_ = w.core.driver.CloseHandle(m.handle, true) // nothing more can be done for it
		case msgBatch:
			m.arg.(*batch).release()
		}
	}
}
