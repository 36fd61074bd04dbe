package porttest

import (
	"runtime"

	"github.com/raon-engine/raon/internal/port"
)

// finish disconnects what is left, and holds the port to having nothing left.
func (l *loop) finish() {
	l.t.Helper()
	if l.closed {
		return
	}
	if !l.t.Failed() {
		l.disconnectAll()
		l.checkEmpty()
	}
	l.shut()
}

// shut closes the port.
func (l *loop) shut() {
	l.t.Helper()
	l.closed = true
	if err := l.p.Close(); err != nil {
		l.t.Errorf("Close: %v", err)
	}
	runtime.UnlockOSThread()
}

// disconnectAll closes what is attached, whatever it is doing.
func (l *loop) disconnectAll() {
	l.t.Helper()
	for _, o := range l.objects {
		a := o.base()
		if s, ok := o.(*stream); ok {
			s.giveBack()
		}
		if a.end.pending {
			l.ended("the disconnect under way", &a.end)
		}
		if !a.gone {
			a.disconnect(port.HowClose)
		}
	}
	l.until("every op to end", func() bool { return len(l.tasks) == 0 })
	for _, ln := range l.listeners {
		ln.discard()
	}
}

// checkEmpty holds the counters against an empty port.
func (l *loop) checkEmpty() {
	l.t.Helper()
	if len(l.objects) != 0 {
		l.fatalf("%d attachments are left after their Disconnects", len(l.objects))
	}
	s := l.p.Stats()
	if s.Pending != 0 || s.Lent != 0 || s.Attached != 0 {
		l.fatalf("left behind: %d pending, %d lent, %d attached", s.Pending, s.Lent, s.Attached)
	}
	if s.Polls != l.passes || s.Events != l.events {
		l.fatalf("%d Polls returned %d events, Stats say %d and %d", l.passes, l.events, s.Polls, s.Events)
	}
}
