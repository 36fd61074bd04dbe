package raon_test

import (
	"slices"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/raontest"
)

const ms = time.Millisecond

// clockwork is a server's handler in virtual time, shaped by start.
type clockwork struct {
	lab   *raontest.Lab
	start func(s *raon.Session)
	timer raon.Timer
	at    []time.Duration // when the callback ran
	ended time.Duration
}

func (c *clockwork) OnConnect(s *raon.Session, _ error)                 { c.start(s) }
func (c *clockwork) OnRecv(_ *raon.Session, data []byte) int            { return len(data) }
func (c *clockwork) OnDisconnect(*raon.Session, raon.KickReason, error) { c.ended = c.lab.Now() }
func (c *clockwork) note(*raon.Session)                                 { c.at = append(c.at, c.lab.Now()) }

// begin connects a peer to a clockwork and gives both.
func begin(t *testing.T, start func(c *clockwork, s *raon.Session)) (*clockwork, *raontest.Peer) {
	t.Helper()
	lab := raontest.New(t, raontest.Options{Core: raon.CoreOptions{Logger: discard}})
	c := &clockwork{lab: lab}
	begun := false
	c.start = func(s *raon.Session) { begun = true; start(c, s) }
	addr, err := raon.ParseAddr("10.0.0.1:7777")
	if err != nil {
		t.Fatal(err)
	}
	_, err = lab.Core().RegisterServer(raon.ServerOptions{
		Listen: []raon.Addr{addr}, MaxSessions: 1, NewHandler: func() raon.Handler { return c },
	})
	if err != nil {
		t.Fatal(err)
	}
	p := lab.Dial(addr)
	lab.Run("the connection", func() bool { return begun })
	return c, p
}

func TestAfterRunsOnceAndOnTime(t *testing.T) {
	var began time.Duration
	c, _ := begin(t, func(c *clockwork, s *raon.Session) {
		began = c.lab.Now()
		s.After(&c.timer, 250*ms, c.note)
	})
	c.lab.Pass(10 * time.Second)
	if len(c.at) != 1 || c.at[0]-began < 250*ms || c.at[0]-began > 252*ms {
		t.Errorf("ran at %v, armed at %v for 250 ms later", c.at, began)
	}
	if c.timer.Stop() {
		t.Error("a timer that has run was still armed")
	}
}

func TestArmingAnArmedTimerMovesIt(t *testing.T) {
	c, _ := begin(t, func(c *clockwork, s *raon.Session) {
		s.After(&c.timer, 100*ms, c.note)
		s.After(&c.timer, time.Second, c.note)
	})
	c.lab.Pass(500 * ms)
	if len(c.at) != 0 {
		t.Fatalf("ran at %v, though it had been moved to 1 s", c.at)
	}
	c.lab.Pass(5 * time.Second)
	if len(c.at) != 1 {
		t.Errorf("ran %d times, want once", len(c.at))
	}
}

func TestStoppedTimerDoesNotRun(t *testing.T) {
	c, _ := begin(t, func(c *clockwork, s *raon.Session) {
		s.After(&c.timer, 100*ms, c.note)
		if !c.timer.Stop() || c.timer.Stop() {
			t.Error("Stop: want true once")
		}
	})
	c.lab.Pass(time.Second)
	if len(c.at) != 0 {
		t.Errorf("a stopped timer ran at %v", c.at)
	}
}

// TestTickerDoesNotDrift runs ten minutes of 50 ms ticks, some of them late: the
// handler's own work takes 130 ms of the clock now and then.
func TestTickerDoesNotDrift(t *testing.T) {
	const period = 50 * ms
	var began time.Duration
	c, _ := begin(t, func(c *clockwork, s *raon.Session) {
		began = s.Now()
		s.Every(&c.timer, period, c.note)
	})
	base := c.lab.Now() - began // the lab's clock against the worker's
	c.lab.Pass(10 * time.Minute)
	if len(c.at) != int(10*time.Minute/period) {
		t.Errorf("%d ticks in ten minutes of 50 ms", len(c.at))
	}
	for i, at := range c.at {
		due := began + base + time.Duration(i+1)*period
		if at < due || at > due+2*ms {
			t.Fatalf("tick %d at %v, due at %v", i+1, at, due)
		}
	}
}

func TestMissedTicksAreLeftOut(t *testing.T) {
	c, _ := begin(t, func(c *clockwork, s *raon.Session) {
		s.Every(&c.timer, 100*ms, c.note)
	})
	c.lab.Pass(250 * ms)
	c.at = nil
	c.lab.Stall(530 * ms) // nobody turns the worker
	c.lab.Pass(300 * ms)
	if len(c.at) < 3 || len(c.at) > 4 {
		t.Errorf("%d ticks after a stall of five, want one for the stall and those that came due", len(c.at))
	}
	if !slices.IsSorted(c.at) || c.at[1]-c.at[0] > 101*ms {
		t.Errorf("ticks at %v", c.at)
	}
}

// TestAlarmCountsWhatItLeavesOut stalls the worker between ticks, and in one.
func TestAlarmCountsWhatItLeavesOut(t *testing.T) {
	lab := raontest.New(t, raontest.Options{Core: raon.CoreOptions{Logger: discard}})
	var alarm *raon.Alarm
	var missed []uint64
	alarm, err := lab.Core().Every(100*ms, &raon.Job{Run: func() {
		missed = append(missed, alarm.Missed())
		if len(missed) == 4 {
			lab.Stall(250 * ms)
		}
	}})
	mustBe(t, "Every", err, nil)
	lab.Pass(250 * ms)
	lab.Stall(530 * ms)
	lab.Pass(520 * ms)
	// At 100, 200, 780, 800, which lasts until 1050, then, 1100, 1200 and 1300: 13 in all.
	if want := []uint64{0, 0, 4, 4, 5, 5, 5, 5}; !slices.Equal(missed, want) {
		t.Errorf("the ticks found %v missed, want %v", missed, want)
	}
	alarm.Stop()
}

// TestTimersEndWithTheConnection arms several and disconnects: none of them may
// run afterwards, not in a later connection of the pooled session either.
func TestTimersEndWithTheConnection(t *testing.T) {
	var timers [3]raon.Timer
	c, p := begin(t, func(c *clockwork, s *raon.Session) {
		for i := range timers {
			s.Every(&timers[i], 100*ms, c.note)
		}
		s.After(&c.timer, 150*ms, func(s *raon.Session) { s.Disconnect(raon.KickDisconnect) })
	})
	c.lab.Pass(200 * ms)
	p.Close()
	c.lab.Run("the end", func() bool { return c.ended > 0 })
	ran := len(c.at)
	if ran != len(timers) {
		t.Errorf("%d ticks before the end, want %d", ran, len(timers))
	}
	again := false
	c.start = func(*raon.Session) { again = true }
	c.lab.Dial(c.addr(t))
	c.lab.Run("the next connection", func() bool { return again })
	c.lab.Pass(time.Second)
	if len(c.at) != ran {
		t.Errorf("%d ticks after the connection ended", len(c.at)-ran)
	}
	for i := range timers {
		if timers[i].Stop() {
			t.Errorf("timer %d was still armed", i)
		}
	}
}

func (c *clockwork) addr(t *testing.T) raon.Addr {
	a, err := raon.ParseAddr("10.0.0.1:7777")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestPanicInATimerEndsItsSessionOnly(t *testing.T) {
	c, p := begin(t, func(c *clockwork, s *raon.Session) {
		s.Every(&c.timer, 10*ms, func(*raon.Session) { panic("on purpose") })
	})
	c.lab.Run("the kick", func() bool { return c.ended > 0 })
	c.lab.Run("the reset", func() bool { return p.Err() != nil })
	c.lab.Pass(time.Second)
	if n := c.lab.Core().WorkerStats()[0].Panics; n != 1 {
		t.Errorf("%d panics, want 1", n)
	}
}

func TestArmingATimerAllocatesNothing(t *testing.T) {
	c, _ := begin(t, func(c *clockwork, s *raon.Session) {
		note := func(*raon.Session) {}
		if n := testing.AllocsPerRun(100, func() {
			s.After(&c.timer, time.Hour, note)
			c.timer.Stop()
		}); n != 0 {
			t.Errorf("%v allocations per armed timer", n)
		}
	})
	if c.timer.Stop() {
		t.Error("still armed")
	}
}
