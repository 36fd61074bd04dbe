package raon_test

import (
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/raontest"
)

// sleeper is a server's handler that notes when and how its session ended.
type sleeper struct {
	lab    *raontest.Lab
	setup  func(s *raon.Session)
	ref    raon.SessionRef
	ended  bool
	at     time.Duration
	reason raon.KickReason
}

func (x *sleeper) OnConnect(s *raon.Session, _ error) {
	x.ref = s.Ref()
	if x.setup != nil {
		x.setup(s)
	}
}
func (x *sleeper) OnRecv(s *raon.Session, data []byte) int { return len(data) }
func (x *sleeper) OnDisconnect(_ *raon.Session, reason raon.KickReason, _ error) {
	x.ended, x.at, x.reason = true, x.lab.Now(), reason
}

// sleep connects a peer to a sleeper.
func sleep(t *testing.T, limits raon.SessionOptions, setup func(s *raon.Session)) (*sleeper, *raontest.Peer) {
	t.Helper()
	return sleepIn(t, raontest.Options{}, limits, setup)
}

func sleepIn(t *testing.T, world raontest.Options, limits raon.SessionOptions, setup func(s *raon.Session)) (*sleeper, *raontest.Peer) {
	t.Helper()
	lab := raontest.New(t, world)
	x := &sleeper{lab: lab, setup: setup}
	addr, err := raon.ParseAddr("10.0.0.1:7777")
	mustBe(t, "ParseAddr", err, nil)
	_, err = lab.Core().RegisterServer(raon.ServerOptions{
		Listen: []raon.Addr{addr}, MaxSessions: 1, Session: limits, NewHandler: func() raon.Handler { return x },
	})
	mustBe(t, "RegisterServer", err, nil)
	p := lab.Dial(addr)
	lab.Run("the session", func() bool { return x.ref.Valid() })
	return x, p
}

func (x *sleeper) mustEnd(t *testing.T, from, after time.Duration, reason raon.KickReason) {
	t.Helper()
	x.lab.Run("the end", func() bool { return x.ended })
	if wait := x.at - from; wait < after || wait > after+5*ms || x.reason != reason {
		t.Errorf("ended with %v after %v, want %v after %v", x.reason, wait, reason, after)
	}
}

// TestIdleIsADeadlineNotASweep speaks at times that make a sweep late: an idle
// session is found 30 s after its last byte, never 45.
func TestIdleIsADeadlineNotASweep(t *testing.T) {
	for _, pause := range []time.Duration{ms, 7 * time.Second, 14*time.Second + 999*ms, 29*time.Second + 990*ms} {
		x, p := sleep(t, raon.SessionOptions{IdleTimeout: 30 * time.Second}, nil)
		for range 5 {
			x.lab.Pass(pause)
			p.Write([]byte("alive"))
			x.lab.Pass(0)
		}
		if x.ended {
			t.Fatalf("ended while it spoke every %v", pause)
		}
		x.mustEnd(t, x.lab.Now(), 30*time.Second, raon.KickIdle)
	}
}

// TestIdleStandsStillWhilePaused pauses for longer than the deadline.
func TestIdleStandsStillWhilePaused(t *testing.T) {
	x, p := sleep(t, raon.SessionOptions{IdleTimeout: 10 * time.Second}, func(s *raon.Session) { s.Pause() })
	x.lab.Pass(time.Minute)
	p.Write([]byte("alive"))
	x.lab.Pass(time.Minute)
	if x.ended {
		t.Fatalf("a paused session ended with %v", x.reason)
	}
	mustBe(t, "PushJob", x.ref.PushJob(func(s *raon.Session) { s.Resume() }), nil)
	x.mustEnd(t, x.lab.Now(), 10*time.Second, raon.KickIdle)
}

func TestAuthTimeout(t *testing.T) {
	limits := raon.SessionOptions{AuthTimeout: 5 * time.Second}
	t.Run("none", func(t *testing.T) {
		x, p := sleep(t, limits, nil)
		from := x.lab.Now()
		for range 4 { // talking is not enough
			x.lab.Pass(time.Second)
			p.Write([]byte("alive"))
		}
		x.mustEnd(t, from, 5*time.Second, raon.KickAuthTimeout)
	})
	t.Run("in time", func(t *testing.T) {
		x, _ := sleep(t, limits, nil)
		x.lab.Pass(4 * time.Second)
		mustBe(t, "PushJob", x.ref.PushJob(func(s *raon.Session) { s.Authenticated() }), nil)
		x.lab.Pass(time.Hour)
		if x.ended {
			t.Errorf("an authenticated session ended with %v", x.reason)
		}
	})
}

// TestIdleGoesOnFromWhereItStood pauses again and again: what the peer was silent
// in between adds up.
func TestIdleGoesOnFromWhereItStood(t *testing.T) {
	x, _ := sleep(t, raon.SessionOptions{IdleTimeout: 10 * time.Second}, nil)
	from, rounds := x.lab.Now(), 3
	for range rounds {
		x.lab.Pass(3 * time.Second)
		mustBe(t, "PushJob", x.ref.PushJob((*raon.Session).Pause), nil)
		x.lab.Pass(time.Minute)
		mustBe(t, "PushJob", x.ref.PushJob((*raon.Session).Resume), nil)
		x.lab.Pass(0)
	}
	x.mustEnd(t, from, 10*time.Second+time.Duration(rounds)*time.Minute, raon.KickIdle)
}

// TestSendingIsNotHearing: a session that reads above high water is never held, so
// that its own sends, rising and draining, say nothing about the peer.
func TestSendingIsNotHearing(t *testing.T) {
	limits := raon.SessionOptions{
		IdleTimeout: 10 * time.Second, HighWaterBytes: 1000, LowWaterBytes: 10, ReadAboveHighWater: raon.On,
	}
	x, p := sleep(t, limits, nil)
	from := x.lab.Now()
	for range 9 {
		x.lab.Pass(time.Second)
		mustBe(t, "SendBytes", x.ref.SendBytes(make([]byte, 5000), 0), nil)
	}
	x.mustEnd(t, from, 10*time.Second, raon.KickIdle)
	if n := len(p.Received()); n != 9*5000 {
		t.Errorf("the peer got %d bytes", n)
	}
}

// TestAuthTimeoutDoesNotStandStill: a peer that reads nothing cannot put it off.
func TestAuthTimeoutDoesNotStandStill(t *testing.T) {
	x, _ := sleep(t, raon.SessionOptions{AuthTimeout: 5 * time.Second}, func(s *raon.Session) { s.Pause() })
	x.mustEnd(t, x.lab.Now(), 5*time.Second, raon.KickAuthTimeout)
}

// TestResumeWhileClosingSetsNoTimer: a timer that is set once the session's end has
// begun would fire for whoever uses the session next, on any worker. The engine
// checks that none is.
func TestResumeWhileClosingSetsNoTimer(t *testing.T) {
	slow := raontest.Options{Faults: raontest.Faults{Late: 1}} // closing takes its turns
	limits := raon.SessionOptions{IdleTimeout: time.Minute}
	x, _ := sleepIn(t, slow, limits, func(s *raon.Session) { s.Pause() })
	mustBe(t, "Abort", x.ref.Abort(raon.KickUnknown), nil)
	resumed := 0
	for !x.ended {
		if x.ref.PushJob(func(s *raon.Session) { resumed++; s.Pause(); s.Resume() }) != nil {
			break
		}
		if _, err := x.lab.Core().HandleCompletions(0); err != nil {
			t.Fatal(err)
		}
	}
	if resumed < 3 {
		t.Errorf("resumed %d times on its way out, want some", resumed)
	}
}
