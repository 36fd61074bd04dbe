package packet_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
)

// speaks are options with Control.
func speaks(version uint32) packet.Options {
	return packet.Options{Control: packet.Control{On: true, Version: version}}
}

const (
	helloV5 = "\x0e\x00\x00\x00\x01\x01\x05\x00\x00\x00\x00\x00\x00\x00"
	pingOne = "\x09\x00\x00\x00\x02\x01\x00\x00\x00"
	pongOne = "\x09\x00\x00\x00\x03\x01\x00\x00\x00"
)

func TestHello(t *testing.T) {
	opts := speaks(5)
	opts.Control.Oldest = 3
	for version := range uint32(8) {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			w := newWorld(t, opts, packet.Hooks[player]{})
			var talk *packet.Message[[]byte]
			rawMessage(w, packet.Spec{ID: 1, Name: "talk"}, hear)
			w.serve(raon.SessionOptions{})
			c := w.dial(speaks(version), func(c *client) {
				talk = packet.Define(c.proto, packet.Spec{ID: 1, Name: "talk"}, packet.Raw())
			})
			w.await("the hello", func() bool { return c.conn != nil || c.failed != nil })
			if version >= 3 && version <= 5 {
				if c.failed != nil || c.conn.PeerVersion() != 5 || w.conn.PeerVersion() != version {
					t.Errorf("failed %v; versions %d and %d", c.failed, c.conn.PeerVersion(), w.conn.PeerVersion())
				}
				sendText(t, c.conn, talk, "hi")
				w.await("a packet", func() bool { return len(w.conn.State.heard) == 1 })
				return
			}
			var k *packet.KickedError
			want := fmt.Sprintf("version %d, want 3 to 5", version)
			if !errors.As(c.failed, &k) || k.Reason != raon.KickRejected || k.Text != want {
				t.Errorf("failed with %v, want %q", c.failed, want)
			}
			w.await("the end", func() bool { return w.server.Snapshot().Kicks[raon.KickRejected] == 1 })
			if w.conn != nil || w.ends != nil || c.ended != nil {
				t.Error("hooks of a connection that never was")
			}
		})
	}
}

func TestHelloGoldenBytes(t *testing.T) {
	w := newWorld(t, speaks(5), packet.Hooks[player]{})
	w.serve(raon.SessionOptions{})
	peer := w.lab.Dial(w.addr)
	w.lab.Pass(time.Second)
	if len(peer.Received()) > 0 || w.conn != nil {
		t.Fatal("the server does not wait for the hello")
	}
	peer.Write([]byte(helloV5))
	w.await("the answer", func() bool { return string(peer.Received()) == helloV5 && w.conn != nil })
}

// TestNoHello has peers that do not begin as they should.
func TestNoHello(t *testing.T) {
	for name, c := range map[string]struct {
		send   string
		reason raon.KickReason
	}{
		"nothing":     {"", raon.KickAuthTimeout},
		"half":        {helloV5[:5], raon.KickAuthTimeout},
		"a packet":    {"\x05\x00\x01\x00x", raon.KickPacketError},
		"a ping":      {pingOne, raon.KickPacketError},
		"no control":  {"\x05\x00\x00\x00x", raon.KickPacketError},
		"a large one": {"\x01\x02\x00\x00", raon.KickPacketError}, // 513 bytes
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, speaks(5), packet.Hooks[player]{})
			rawMessage(w, packet.Spec{ID: 1, Name: "talk"}, hear)
			w.serve(raon.SessionOptions{})
			began := w.lab.Now()
			peer := w.lab.Dial(w.addr)
			peer.Write([]byte(c.send))
			w.await("the end", func() bool { return w.server.Snapshot().Kicks[c.reason] == 1 })
			took := w.lab.Now() - began
			if late := c.reason == raon.KickAuthTimeout; late != (took >= 10*time.Second) || took > 11*time.Second {
				t.Errorf("ended after %v", took)
			}
			w.await("the peer's end", func() bool { return peer.Err() != nil })
			if len(peer.Received()) > 0 || w.conn != nil {
				t.Errorf("a stranger was told %q", peer.Received())
			}
		})
	}
}

func TestSecondHello(t *testing.T) {
	w := newWorld(t, speaks(5), packet.Hooks[player]{})
	w.serve(raon.SessionOptions{})
	w.lab.Dial(w.addr).Write([]byte(helloV5 + helloV5))
	w.await("the end", func() bool { return len(w.ends) == 1 })
	if w.ends[0].reason != raon.KickPacketError || !errors.Is(w.ends[0].err, packet.ErrControl) {
		t.Errorf("ended with %v", w.ends[0])
	}
}

// TestBroadcastMayOvertakeTheHello sends to a session whose hello is under way.
func TestBroadcastMayOvertakeTheHello(t *testing.T) {
	w := newWorld(t, speaks(5), packet.Hooks[player]{})
	news := packet.Define(w.proto, packet.Spec{ID: 9, Name: "news"}, packet.Raw())
	w.serve(raon.SessionOptions{})
	c := w.dial(speaks(5), func(c *client) {
		packet.Handle(c.proto, packet.Spec{ID: 9, Name: "news"}, packet.Raw(), func(c *packet.Conn[player], m *[]byte) { hear(c, string(*m)) })
	})
	tell := func(text string) {
		m := []byte(text)
		buf, err := news.EncodeShared(w.lab.Core().Buffers(), &m)
		if err == nil {
			err = w.server.Broadcast(buf, news.ID())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.await("the connection", func() bool { return w.server.Snapshot().Live == 1 })
	tell("early")
	w.await("the hello", func() bool { return c.conn != nil })
	tell("late")
	w.await("the news", func() bool { return len(c.conn.State.heard) > 0 })
	if got := c.conn.State.heard; !slices.Equal(got, []string{"late"}) {
		t.Errorf("heard %v", got)
	}
	seen := 0
	if err := w.proto.ForEach(w.server, func(*packet.Conn[player]) { seen++ }); err != nil {
		t.Fatal(err)
	}
	w.lab.Dial(w.addr) // connected, and without a hello
	if err := w.proto.ForEach(w.server, func(*packet.Conn[player]) { seen++ }); err != nil {
		t.Fatal(err)
	}
	w.lab.Pass(time.Second)
	if seen != 2 {
		t.Errorf("ForEach found %d connections twice, want 1 each time", seen)
	}
}

// TestPeerSeesWhy ends connections in every way that has a reason to tell.
func TestPeerSeesWhy(t *testing.T) {
	for name, c := range map[string]struct {
		stop   func(w *world)
		reason raon.KickReason
		text   string
	}{
		"kick":     {func(w *world) { w.conn.Kick(raon.KickIdle, "you sleep") }, raon.KickIdle, "you sleep"},
		"no text":  {func(w *world) { w.conn.Kick(200, "") }, 200, ""},
		"too long": {func(w *world) { w.conn.Kick(raon.KickIdle, strings.Repeat("x", 999)) }, raon.KickIdle, strings.Repeat("x", 255)},
		"drain":    {func(w *world) { w.server.Drain(time.Minute) }, raon.KickShutdown, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, speaks(1), packet.Hooks[player]{})
			news := packet.Define(w.proto, packet.Spec{ID: 9, Name: "news"}, packet.Raw())
			w.serve(raon.SessionOptions{})
			var heard []string
			p := w.dial(speaks(1), func(c *client) {
				packet.Handle(c.proto, packet.Spec{ID: 9, Name: "news"}, packet.Raw(), func(_ *packet.Conn[player], m *[]byte) { heard = append(heard, string(*m)) })
			})
			w.await("the hello", func() bool { return p.conn != nil })
			sendText(t, w.conn, news, "last words")
			c.stop(w)
			w.await("both ends", func() bool { return len(w.ends) == 1 && p.ended != nil })
			var k *packet.KickedError
			if !errors.As(p.ended.err, &k) || k.Reason != c.reason || k.Text != c.text || p.ended.reason != raon.KickRecv0 {
				t.Errorf("the peer ended with %v, %v", p.ended.reason, p.ended.err)
			}
			if w.ends[0].reason != c.reason || !slices.Equal(heard, []string{"last words"}) {
				t.Errorf("ended with %v; the peer heard %v", w.ends[0], heard)
			}
		})
	}
}

// TestBadPeerIsToldWhy has a peer that said hello break a rule.
func TestBadPeerIsToldWhy(t *testing.T) {
	w := newWorld(t, speaks(5), packet.Hooks[player]{})
	w.serve(raon.SessionOptions{})
	peer := w.lab.Dial(w.addr)
	peer.Write([]byte(helloV5 + "\x04\x00\x63\x00"))
	w.await("the end", func() bool { return errors.Is(peer.Err(), io.EOF) })
	want := helloV5 + "\x1b\x00\x00\x00\x04\x02packet 99: unknown id"
	if string(peer.Received()) != want {
		t.Errorf("got %q, want %q", peer.Received(), want)
	}
	peer.Close()
	w.await("the session's end", func() bool { return len(w.ends) == 1 && w.ends[0].reason == raon.KickPacketError })
}

// TestControlOffTakesNoID0 holds that raw protocols know no control packets.
func TestControlOffTakesNoID0(t *testing.T) {
	w := newWorld(t, packet.Options{}, packet.Hooks[player]{})
	w.serve(raon.SessionOptions{})
	w.lab.Dial(w.addr).Write([]byte(helloV5))
	w.await("the end", func() bool { return len(w.ends) == 1 })
	if !errors.Is(w.ends[0].err, packet.ErrUnknownID) {
		t.Errorf("ended with %v", w.ends[0].err)
	}
}

func TestControlFaults(t *testing.T) {
	for want, opts := range map[string]packet.Options{
		"NoID":                   {Framing: packet.Framing{NoID: true}, Control: packet.Control{On: true}},
		"MaxBytes 100":           {Framing: packet.Framing{MaxBytes: 100}, Control: packet.Control{On: true}},
		"Oldest 2":               {Control: packet.Control{Oldest: 2, Version: 1}},
		"Auth.MaxBytes 5000":     {Auth: packet.Auth{MaxBytes: 5000}},
		"Auth.MaxBytes 100":      {Auth: packet.Auth{MaxBytes: 100}, Control: packet.Control{On: true}},
		"Auth.Timeout -1ns":      {Auth: packet.Auth{Timeout: -1}},
		"Control.PingInterval":   {Control: packet.Control{PingInterval: 1}},
		"Control.SilenceTimeout": {Control: packet.Control{SilenceTimeout: 1}},
		"Control.HelloTimeout":   {Control: packet.Control{HelloTimeout: 1}},
	} {
		if _, err := packet.NewProtocol(opts, packet.Hooks[player]{}).Handlers(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not mention %q", err, want)
		}
	}
}
