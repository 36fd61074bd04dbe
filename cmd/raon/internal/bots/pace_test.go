package bots

import (
	"errors"
	"slices"
	"testing"
	"time"
)

const origin = 7300 * time.Microsecond // off the grid of the clock

// paced is a pace over n senders and what it had them send.
type paced struct {
	pace
	sent    [][2]time.Duration // sender, stamp
	refused map[uint32]bool
}

func newPaced(n int, rate float64) *paced {
	p := &paced{refused: map[uint32]bool{}}
	var bots []*bot
	for i := range n {
		bots = append(bots, &bot{index: uint32(i)})
	}
	p.begin(bots, &Options{Rate: rate, Senders: n}, origin)
	return p
}

func (p *paced) at(since time.Duration) [][2]time.Duration {
	p.sent = nil
	p.run(origin+since, func(b *bot, at time.Duration) error {
		if p.refused[b.index] {
			return errors.New("full")
		}
		p.sent = append(p.sent, [2]time.Duration{time.Duration(b.index), at - origin})
		return nil
	})
	return p.sent
}

func expect(t *testing.T, got [][2]time.Duration, want ...[2]time.Duration) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
}

const ms = time.Millisecond

func TestPaceSpreadsSendersOverThePeriod(t *testing.T) {
	p := newPaced(4, 100) // 10 ms, 2.5 ms apart
	expect(t, p.at(0), [2]time.Duration{0, 0})
	expect(t, p.at(2*ms))
	expect(t, p.at(3*ms), [2]time.Duration{1, 3 * ms})
	expect(t, p.at(9*ms), [2]time.Duration{2, 5 * ms}, [2]time.Duration{3, 8 * ms})
	expect(t, p.at(10*ms), [2]time.Duration{0, 10 * ms})
}

func TestPaceStampsLateFramesWithWhenTheyWereDue(t *testing.T) {
	p := newPaced(1, 500) // 2 ms
	expect(t, p.at(6*ms), [2]time.Duration{0, 0}, [2]time.Duration{0, 2 * ms},
		[2]time.Duration{0, 4 * ms}, [2]time.Duration{0, 6 * ms})
}

func TestPaceNeverStampsTheFuture(t *testing.T) {
	p := newPaced(7, 333)
	for now := time.Duration(0); now < 50*ms; now += 170 * time.Microsecond {
		for _, s := range p.at(now) {
			if s[1] > now {
				t.Fatalf("at %v stamped %v", now, s[1])
			}
		}
	}
}

func TestPaceGoesOnAroundARefusingSender(t *testing.T) {
	p := newPaced(3, 1000) // 1 ms
	p.refused[1] = true
	if got := p.at(1 * ms); len(got) != 3 {
		t.Errorf("sent %v, want three frames of senders 0 and 2", got)
	}
	p.refused[1] = false
	got := p.at(2 * ms)
	if !slices.Contains(got, [2]time.Duration{1, 1 * ms}) {
		t.Errorf("sent %v, want the refused frame with its own time", got)
	}
}

func TestPaceEndsItsTurnWhenAllRefuse(t *testing.T) {
	p := newPaced(3, 1000)
	p.refused = map[uint32]bool{0: true, 1: true, 2: true}
	expect(t, p.at(time.Second))
}

func TestPaceBoundsOneTick(t *testing.T) {
	p := newPaced(10, 1e6)
	if got := p.at(time.Second); len(got) != maxPerTick {
		t.Errorf("%d frames in one tick, want %d", len(got), maxPerTick)
	}
}

func TestPaceOfNoSender(t *testing.T) {
	p := newPaced(0, 100)
	expect(t, p.at(time.Second))
}
