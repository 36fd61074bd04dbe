package packet_test

import (
	"errors"
	"testing"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
)

// TestSecondLoginTakesOver logs the same player in again and again. Each old
// connection sees KickSuperseded and why; its end must not log the new one out.
func TestSecondLoginTakesOver(t *testing.T) {
	const times = 5
	control := packet.Options{Control: packet.Control{On: true}}
	var logins packet.Logins[player, string]
	w := newWorld(t, control, packet.Hooks[player]{
		OnConnect: func(c *packet.Conn[player]) { logins.Claim("ann", c) },
		OnDisconnect: func(c *packet.Conn[player], _ raon.KickReason, _ error) {
			logins.Release("ann", c)
		},
	})
	w.serve(raon.SessionOptions{})
	var clients []*client
	for i := range times {
		clients = append(clients, w.dial(control, nil))
		w.await("the login", func() bool { return clients[i].conn != nil })
	}
	w.await("the old ones' ends", func() bool { return len(w.ends) == times-1 })
	for i, c := range clients[:times-1] {
		w.await("a client's end", func() bool { return c.ended != nil })
		var kicked *packet.KickedError
		if !errors.As(c.ended.err, &kicked) || kicked.Reason != raon.KickSuperseded || kicked.Text != "logged in elsewhere" {
			t.Errorf("client %d ended with %v, %v", i, c.ended.reason, c.ended.err)
		}
		if w.ends[i].reason != raon.KickSuperseded {
			t.Errorf("its session with %v", w.ends[i].reason)
		}
	}
	ref, ok := logins.Find("ann")
	if !ok || !ref.Valid() || ref != w.conn.Ref() || logins.Len() != 1 || clients[times-1].ended != nil {
		t.Errorf("the last login was lost: found %v, %d logged in", ok, logins.Len())
	}
	logins.Claim("ann", w.conn) // of the same connection
	w.await("nothing", func() bool { return true })
	if !w.conn.Ref().Valid() {
		t.Error("a connection was superseded by itself")
	}
	clients[times-1].conn.Kick(raon.KickDisconnect, "")
	w.await("the last end", func() bool { return logins.Len() == 0 })
}
