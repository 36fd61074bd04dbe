package packet_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
)

// club is a world where a password is wanted.
func club(t *testing.T, opts packet.Options) *world {
	t.Helper()
	opts.Auth.Required = true
	w := newWorld(t, opts, packet.Hooks[player]{})
	rawMessage(w, packet.Spec{ID: 1, Name: "login", BeforeAuth: true}, func(c *packet.Conn[player], text string) {
		if hear(c, text); text == "sesame" {
			c.Authenticated()
		}
	})
	rawMessage(w, packet.Spec{ID: 2, Name: "talk"}, hear)
	w.serve(raon.SessionOptions{})
	return w
}

func TestAuthDeadline(t *testing.T) {
	w := club(t, packet.Options{})
	peer := w.lab.Dial(w.addr)
	w.await("the connection", func() bool { return w.conn != nil })
	began := w.lab.Now()
	w.lab.Pass(9 * time.Second)
	peer.Write(frame(t, 1, "wrong"))
	w.await("the end", func() bool { return len(w.ends) == 1 })
	if e := w.ends[0]; e.reason != raon.KickAuthTimeout || !errors.Is(e.err, packet.ErrNotAuthenticated) || !within(e.at-began, 10*time.Second) {
		t.Errorf("ended with %v, %v after %v", e.reason, e.err, e.at-began)
	}
}

func TestAuthenticatedEndsDeadlineAndLimits(t *testing.T) {
	w := club(t, packet.Options{})
	peer := w.lab.Dial(w.addr)
	// The large packet comes with the login, in one piece.
	peer.Write(append(frame(t, 1, "sesame"), frame(t, 2, strings.Repeat("x", 4000))...))
	w.await("both", func() bool { return w.conn != nil && len(w.conn.State.heard) == 2 })
	w.lab.Pass(time.Hour)
	if len(w.ends) != 0 {
		t.Errorf("ended with %v", w.ends)
	}
}

func TestStrangersMayDoLittle(t *testing.T) {
	for name, c := range map[string]struct {
		send  []byte
		cause error
	}{
		"talk":         {frame(t, 2, "x"), packet.ErrNotAuthenticated},
		"a large one":  {frame(t, 1, strings.Repeat("x", 509)), packet.ErrSize},
		"its own size": {frame(t, 1, strings.Repeat("x", 508)), nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := club(t, packet.Options{})
			w.lab.Dial(w.addr).Write(c.send)
			w.lab.Pass(time.Second)
			if c.cause == nil {
				if len(w.ends) != 0 {
					t.Errorf("ended with %v", w.ends)
				}
				return
			}
			if len(w.ends) != 1 || w.ends[0].reason != raon.KickPacketError || !errors.Is(w.ends[0].err, c.cause) {
				t.Errorf("ended with %v, want %v", w.ends, c.cause)
			}
		})
	}
}

// TestStrangerIsToldWhy has both deadlines at work: the hello's and the login's.
func TestStrangerIsToldWhy(t *testing.T) {
	w := club(t, speaks(1))
	c := w.dial(speaks(1), nil)
	w.await("the hello", func() bool { return c.conn != nil })
	w.await("the end", func() bool { return c.ended != nil })
	var k *packet.KickedError
	if !errors.As(c.ended.err, &k) || k.Reason != raon.KickAuthTimeout || k.Text != "not authenticated in time" {
		t.Errorf("ended with %v", c.ended.err)
	}
}
