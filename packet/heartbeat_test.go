package packet_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
)

// within tells whether d is want, or a little later.
func within(d, want time.Duration) bool { return d >= want && d < want+10*time.Millisecond }

// TestSilentPeerEndsAtItsDeadline has a peer send half a packet at an odd moment,
// and then nothing any more.
func TestSilentPeerEndsAtItsDeadline(t *testing.T) {
	w := newWorld(t, speaks(5), packet.Hooks[player]{})
	w.serve(raon.SessionOptions{})
	peer := w.lab.Dial(w.addr)
	peer.Write([]byte(helloV5))
	w.await("the hello", func() bool { return w.conn != nil })
	w.lab.Pass(7*time.Second + 123*time.Millisecond)
	said := w.lab.Now()
	peer.Write([]byte{5})
	w.await("the end", func() bool { return len(w.ends) == 1 })
	if e := w.ends[0]; e.reason != raon.KickIdle || !errors.Is(e.err, raon.ErrTimeout) || !within(e.at-said, 30*time.Second+latency) {
		t.Errorf("ended with %v, %v, %v after its last byte", e.reason, e.err, e.at-said)
	}
	if got, want := string(peer.Received()), helloV5+pingOne; got != want { // one ping, and no second one while it waits
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestClientHearsAServerDie has a server that never pings.
func TestClientHearsAServerDie(t *testing.T) {
	mute := speaks(1)
	mute.Control.PingInterval, mute.Control.SilenceTimeout = time.Hour, time.Hour
	w := newWorld(t, mute, packet.Hooks[player]{})
	w.serve(raon.SessionOptions{})
	c := w.dial(speaks(1), nil)
	w.await("the hello", func() bool { return c.conn != nil })
	met := w.lab.Now()
	w.await("the end", func() bool { return c.ended != nil })
	if c.ended.reason != raon.KickIdle || !within(c.ended.at-met, 30*time.Second) {
		t.Errorf("ended with %v after %v", c.ended.reason, c.ended.at-met)
	}
}

func TestLivingPeersStayAndAreMeasured(t *testing.T) {
	w := newWorld(t, speaks(1), packet.Hooks[player]{})
	w.serve(raon.SessionOptions{})
	c := w.dial(speaks(1), nil)
	w.await("the hello", func() bool { return c.conn != nil && w.conn != nil })
	if w.conn.RTT() != (packet.RTT{}) {
		t.Errorf("measured %v before the first pong", w.conn.RTT())
	}
	w.lab.Pass(time.Hour)
	r := w.conn.RTT()
	if len(w.ends) != 0 || c.ended != nil || !within(r.Min, 2*latency) || !within(r.Last, 2*latency) || !within(r.Smoothed, 2*latency) {
		t.Errorf("ends %v and %v; %+v, want twice %v", w.ends, c.ended, r, latency)
	}
	if s := w.proto.Stats().Control; s.In < 715 || s.In > 725 || s.Out-s.In > 1 { // 720 pings in an hour, the last one perhaps under way
		t.Errorf("%d control packets came, %d went", s.In, s.Out)
	}
}

// TestPauseStopsTheClocks pauses the server's end for an hour, with a ping under
// way, and has the peer fall silent afterwards.
func TestPauseStopsTheClocks(t *testing.T) {
	w := newWorld(t, speaks(5), packet.Hooks[player]{})
	w.serve(raon.SessionOptions{})
	peer := w.lab.Dial(w.addr)
	peer.Write([]byte(helloV5))
	w.await("the first ping", func() bool { return strings.HasSuffix(string(peer.Received()), pingOne) })
	w.conn.Session().Pause()
	peer.Write([]byte(pongOne))
	w.lab.Pass(time.Hour)
	if len(w.ends) != 0 {
		t.Fatalf("ended while nobody listened: %v", w.ends)
	}
	resumed := w.lab.Now()
	w.conn.Session().Resume()
	w.lab.Pass(time.Second)
	if r := w.conn.RTT(); r != (packet.RTT{}) {
		t.Errorf("the pause was measured as %v", r)
	}
	w.await("the end", func() bool { return len(w.ends) == 1 })
	if e := w.ends[0]; e.reason != raon.KickIdle || !within(e.at-resumed, 30*time.Second) {
		t.Errorf("ended with %v, %v after Resume", e.reason, e.at-resumed)
	}
}

// TestShortPauseIsNotMeasured has the answer to a ping wait for two seconds.
func TestShortPauseIsNotMeasured(t *testing.T) {
	w := newWorld(t, speaks(5), packet.Hooks[player]{})
	w.serve(raon.SessionOptions{})
	peer := w.lab.Dial(w.addr)
	peer.Write([]byte(helloV5))
	w.await("the first ping", func() bool { return strings.HasSuffix(string(peer.Received()), pingOne) })
	w.conn.Session().Pause()
	peer.Write([]byte(pongOne))
	w.lab.Pass(2 * time.Second)
	w.conn.Session().Resume()
	w.await("the pong", func() bool { return w.proto.Stats().Control.In == 2 })
	if r := w.conn.RTT(); r != (packet.RTT{}) {
		t.Errorf("the pause was measured as %v", r)
	}
}

// TestPausedServerKeepsItsClient holds that a server that does not read still
// gives signs of life.
func TestPausedServerKeepsItsClient(t *testing.T) {
	w := newWorld(t, speaks(1), packet.Hooks[player]{})
	w.serve(raon.SessionOptions{})
	c := w.dial(speaks(1), nil)
	w.await("the hello", func() bool { return c.conn != nil && w.conn != nil })
	w.conn.Session().Pause()
	w.lab.Pass(time.Hour)
	w.conn.Session().Resume()
	w.lab.Pass(time.Minute)
	if r := w.conn.RTT(); len(w.ends) != 0 || c.ended != nil || !within(r.Last, 2*latency) || !within(r.Smoothed, 2*latency) {
		t.Errorf("ends %v and %v, %+v", w.ends, c.ended, r)
	}
}

// TestPingFloodIsLeftOut answers no more pings than the engine's budget allows.
func TestPingFloodIsLeftOut(t *testing.T) {
	w := newWorld(t, speaks(5), packet.Hooks[player]{})
	w.serve(raon.SessionOptions{})
	peer := w.lab.Dial(w.addr)
	peer.Write([]byte(helloV5 + strings.Repeat(pingOne, 1000)))
	w.lab.Pass(time.Second)
	if s := w.proto.Stats().Control; s.Drops < 800 || s.In+s.Drops != 1001 || len(w.ends) != 0 {
		t.Errorf("%d dropped, %d taken, ends %v", s.Drops, s.In, w.ends)
	}
}
