package wheel

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"
)

// model holds the wheel against the simplest thing that does the same: a table
// of deadlines, searched for its smallest whenever one fires.
type model struct {
	t       *testing.T
	w       *Wheel
	timers  [32]Timer
	due     map[*Timer]uint64 // tick of each pending timer
	present uint64
	target  uint64 // of the Advance that runs
	now     time.Duration
	script  []byte
}

func newModel(t *testing.T, script []byte) *model {
	const start = 12345 * time.Microsecond
	m := &model{t: t, w: New(start, ms), due: map[*Timer]uint64{}, now: start, script: script}
	for i := range m.timers {
		m.timers[i].Owner = m
	}
	return m
}

// read takes the next byte of the script, 0 at its end.
func (m *model) read() byte {
	if len(m.script) == 0 {
		return 0
	}
	b := m.script[0]
	m.script = m.script[1:]
	return b
}

// span is a stretch of time from the script: a byte of magnitude, so that every
// level is met, and two bytes of value.
func (m *model) span() time.Duration {
	shift := m.read() % 40
	value := binary.LittleEndian.Uint16([]byte{m.read(), m.read()})
	return time.Duration(value) << shift / 256
}

func (m *model) run() {
	for len(m.script) > 0 {
		switch op := m.read(); op % 4 {
		case 0, 1:
			m.change(op)
		case 2:
			m.advance(m.now + m.span())
		case 3:
			if at, ok := m.w.Next(); ok {
				m.advance(max(at, m.now))
			}
		}
		m.compare()
	}
	for at, ok := m.w.Next(); ok; at, ok = m.w.Next() {
		m.advance(max(at, m.now)) // ends, because the script has no changes left
	}
	if len(m.due) != 0 {
		m.t.Fatalf("%d timers never fired", len(m.due))
	}
}

// change schedules or cancels one timer in both.
func (m *model) change(op byte) {
	timer := &m.timers[op/4%uint8(len(m.timers))]
	if m.read()%4 == 0 {
		m.w.Cancel(timer)
		delete(m.due, timer)
		return
	}
	at := m.now + m.span() - 10*ms
	m.w.Schedule(timer, at)
	ticks := max(0, at-m.w.start+ms-1) / ms
	m.due[timer] = max(uint64(ticks), m.present+1)
}

func (m *model) advance(now time.Duration) {
	m.now = now
	m.target = uint64((now - m.w.start) / ms)
	if m.w.Advance(now) < MaxFired {
		m.present = max(m.present, m.target)
	}
	for _, tick := range m.due {
		if tick <= m.present {
			m.t.Fatalf("a timer of tick %d did not fire by tick %d", tick, m.present)
		}
	}
}

// OnTimer sees that t is the one to fire, then does what the script says.
func (m *model) OnTimer(t *Timer, now time.Duration) {
	tick, pending := m.due[t]
	if !pending || t.Pending() || now != m.now {
		m.t.Fatalf("fired: %v pending, %v in the wheel, at %v of %v", pending, t.Pending(), now, m.now)
	}
	if tick > m.target {
		m.t.Fatalf("tick %d fired at tick %d", tick, m.target)
	}
	for _, other := range m.due {
		if other < tick {
			m.t.Fatalf("tick %d fired before tick %d", tick, other)
		}
	}
	delete(m.due, t)
	m.present = tick
	if op := m.read(); op%4 == 0 && len(m.script) > 0 {
		m.change(op)
	}
}

func (m *model) compare() {
	if m.w.Pending() != len(m.due) {
		m.t.Fatalf("%d pending, want %d", m.w.Pending(), len(m.due))
	}
	at, ok := m.w.Next()
	if ok != (len(m.due) > 0) || ok && at <= m.w.start+time.Duration(m.present)*ms {
		m.t.Fatalf("Next is %v, %v with %d pending at tick %d", at, ok, len(m.due), m.present)
	}
	for _, tick := range m.due {
		if due := m.w.start + time.Duration(tick)*ms; at > due {
			m.t.Fatalf("Next is %v, later than a timer due at %v", at, due)
		}
	}
}

func FuzzWheel(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(randomScript(seed))
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		newModel(t, script).run()
	})
}

func TestModel(t *testing.T) {
	for seed := range uint64(2000) {
		newModel(t, randomScript(seed)).run()
	}
}

func randomScript(seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 1))
	script := make([]byte, 600)
	for i := range script {
		script[i] = byte(random.Uint32())
	}
	return script
}
