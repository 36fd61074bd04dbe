package porttest

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// statsNow follows the counters of what is there now.
func statsNow(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	l.counts("a new port", 0, 0, 0)
	c, s := l.pair()
	l.counts("a pair", 2, 0, 0)
	s.keep = true
	s.read()
	c.read()
	l.counts("two receives", 2, 2, 0)
	c.write(10)
	c.sent()
	s.received(10)
	l.counts("a kept buffer", 2, 2, len(s.kept))
	s.giveBack()
	l.counts("no kept buffer", 2, 2, 0)
	s.close(port.HowClose)
	c.finished(0)
	l.counts("one end closed", 1, 0, 0)
	if n := l.p.Stats().SlotMemory; n <= 0 {
		l.fatalf("SlotMemory is %d with an attachment", n)
	}
}

func (l *loop) counts(when string, attached, pending, lent int) {
	l.t.Helper()
	s := l.p.Stats()
	if s.Attached != attached || s.Pending != pending || s.Lent != lent {
		l.fatalf("%s: %d attached, %d pending, %d lent, want %d, %d, %d",
			when, s.Attached, s.Pending, s.Lent, attached, pending, lent)
	}
}
