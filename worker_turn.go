package raon

import "time"

// forever is a wait without a limit.
const forever time.Duration = -1

// wheelTick is the resolution of the engine's deadlines.
const wheelTick = time.Millisecond

// outboxRetry is how soon a broadcast that another worker had no room for is
// offered again.
const outboxRetry = time.Millisecond

// turn is one round of a worker:
//
//	poll -> dispatch completions -> run posted jobs -> timers -> flush
//
// A callback that panics ends the turn through the guard; the next turn goes on
// with the completions that were left.
func (w *worker) turn(limit time.Duration) (n int, err error) {
	defer w.rescue()
	w.inTurn = true
	if w.cursor == w.reaped {
		if err := w.poll(limit); err != nil {
			w.inTurn = false
			return 0, err
		}
	}
	n = w.reaped
	w.dispatch()
	w.runUrgent()
	w.runInbox()
	w.wheel.Advance(w.now)
	w.spreadNews()
	w.flush()
	w.outbox.flush()
	w.stats.turn(w, n)
	w.inTurn = false
	return n, nil
}

// poll waits for completions, and for no longer than there is nothing else to
// do.
func (w *worker) poll(limit time.Duration) error {
	wait := w.waitFor(limit)
	if len(w.sides) > 0 {
		busy, err := w.pollSides()
		if err != nil {
			return err
		}
		if busy {
			wait = 0
		}
	}
	if wait != 0 {
		w.stats.sleep()
	}
	n, err := w.port.Poll(w.events, wait)
	w.now = w.port.Now()
	w.stats.wake()
	w.cursor, w.reaped = 0, n
	if n > 0 {
		w.idleSince = w.now
	}
	return err
}

// waitFor is how long the next poll may wait.
func (w *worker) waitFor(limit time.Duration) time.Duration {
	if !w.dirty.empty() || len(w.newsy) > 0 || w.inbox.Len() > 0 || w.urgent.set.Load() || len(w.commands) > 0 || w.stopping() {
		return 0
	}
	if w.outbox.pending() && (limit < 0 || limit > outboxRetry) {
		limit = outboxRetry // nobody tells when the other worker has room
	}
	if spin := w.core.opts.BusyPoll; spin > 0 && w.now-w.idleSince < spin {
		return 0
	}
	next, ok := w.wheel.Next()
	if !ok {
		return limit
	}
	wait := max(next-w.now, 0)
	if limit >= 0 {
		wait = min(wait, limit)
	}
	return wait
}

// dispatch hands each completion to its object. The cursor is moved first, so
// that a panic does not repeat the event.
func (w *worker) dispatch() {
	for w.cursor < w.reaped {
		ev := &w.events[w.cursor]
		w.cursor++
		ev.Object.HandleCompletion(ev)
	}
	if len(w.sides) > 0 {
		w.dispatchSides()
	}
}

// flush settles every session that something happened to in this turn. What
// settling makes dirty again is for the next turn.
func (w *worker) flush() {
	for n := w.dirty.len(); n > 0; n-- {
		s := w.dirty.pop()
		s.settle()
	}
}
