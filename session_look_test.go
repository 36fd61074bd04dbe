package raon_test

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/raontest"
)

// looked is a handler whose session a test looks at.
type looked struct {
	s      *raon.Session
	reason raon.KickReason
	cause  error
}

func (l *looked) OnConnect(s *raon.Session, _ error)      { l.s = s }
func (l *looked) OnRecv(_ *raon.Session, data []byte) int { return len(data) }
func (l *looked) OnDisconnect(_ *raon.Session, r raon.KickReason, err error) {
	l.s, l.reason, l.cause = nil, r, err
}

// OnDrain says goodbye.
func (l *looked) OnDrain(s *raon.Session) { _ = s.SendBytes([]byte("goodbye"), 0) } // a refusal shows at the peer

// TestLastWordOfADrain holds that a handler is asked once, when all is answered.
func TestLastWordOfADrain(t *testing.T) {
	lab, h, peer := lookAt(t, raon.SessionOptions{})
	h.s.Retain() // an answer is being made
	h.s.Service().Drain(time.Minute)
	lab.Pass(time.Second)
	if len(peer.Received()) > 0 {
		t.Errorf("told %q while an answer was being made", peer.Received())
	}
	h.s.Release()
	lab.Run("the end", func() bool { return errors.Is(peer.Err(), io.EOF) })
	peer.Close()
	lab.Run("the session's end", func() bool { return h.s == nil })
	if string(peer.Received()) != "goodbye" || h.reason != raon.KickShutdown {
		t.Errorf("told %q, ended with %v", peer.Received(), h.reason)
	}
}

// lookAt connects a peer to a session of a lab.
func lookAt(t *testing.T, limits raon.SessionOptions) (*raontest.Lab, *looked, *raontest.Peer) {
	t.Helper()
	lab, h := raontest.New(t, raontest.Options{SocketBufferBytes: 4 << 10}), &looked{}
	addr, err := raon.ParseAddr("10.0.0.1:7777")
	if err != nil {
		t.Fatal(err)
	}
	_, err = lab.Core().RegisterServer(raon.ServerOptions{
		Listen: []raon.Addr{addr}, MaxSessions: 1, Session: limits, NewHandler: func() raon.Handler { return h },
	})
	if err != nil {
		t.Fatal(err)
	}
	peer := lab.Dial(addr)
	lab.Run("the session", func() bool { return h.s != nil })
	return lab, h, peer
}

// TestReadingSince pauses a session for a minute, and then stops it by its send
// queue.
func TestReadingSince(t *testing.T) {
	lab, h, peer := lookAt(t, raon.SessionOptions{HighWaterBytes: 20_000})
	if h.s.Handler() != h {
		t.Errorf("the handler is %v", h.s.Handler())
	}
	began := h.s.ReadingSince()
	lab.Pass(time.Minute)
	if got := h.s.ReadingSince(); got != began || h.s.Held() {
		t.Errorf("reading since %v, held %v; want %v, and not", got, h.s.Held(), began)
	}
	h.s.Pause()
	lab.Pass(time.Minute)
	if got, now := h.s.ReadingSince(), h.s.Now(); got != now || !h.s.Held() {
		t.Errorf("paused: reading since %v, now %v, held %v", got, now, h.s.Held())
	}
	resumed := h.s.Now()
	h.s.Resume()
	lab.Pass(time.Minute)
	if got := h.s.ReadingSince(); got != resumed || h.s.Held() {
		t.Errorf("resumed: reading since %v, held %v; want %v, and not", got, h.s.Held(), resumed)
	}
	peer.Stop()
	if err := h.s.SendBytes(make([]byte, 30_000), 0); err != nil {
		t.Fatal(err)
	}
	lab.Pass(time.Second)
	if got, now := h.s.ReadingSince(), h.s.Now(); got != now || !h.s.Held() {
		t.Errorf("above high water: reading since %v, now %v, held %v", got, now, h.s.Held())
	}
	before := h.s.Now()
	peer.Read()
	lab.Run("the queue", func() bool { return h.s.Queued() == 0 })
	lab.Pass(time.Minute)
	if got := h.s.ReadingSince(); got < before || got > h.s.Now()-50*time.Second || h.s.Held() {
		t.Errorf("drained: reading since %v, held %v; it drained after %v", got, h.s.Held(), before)
	}
}

// TestEndsWithACause gives a cause to both ends that an application can make.
func TestEndsWithACause(t *testing.T) {
	cause := errors.New("because")
	for name, stop := range map[string]func(*raon.Session){
		"DisconnectWith": func(s *raon.Session) { s.DisconnectWith(raon.KickFlood, cause) },
		"AbortWith":      func(s *raon.Session) { s.AbortWith(raon.KickFlood, cause) },
	} {
		t.Run(name, func(t *testing.T) {
			lab, h, _ := lookAt(t, raon.SessionOptions{})
			if h.s.Ending() {
				t.Error("ending before it was asked to")
			}
			stop(h.s)
			if !h.s.Ending() {
				t.Error("not ending after it was asked to")
			}
			h.s.DisconnectWith(raon.KickIdle, errors.New("later")) // the first one counts
			lab.Run("the end", func() bool { return h.s == nil })
			if h.reason != raon.KickFlood || !errors.Is(h.cause, cause) {
				t.Errorf("ended with %v, %v", h.reason, h.cause)
			}
		})
	}
}
