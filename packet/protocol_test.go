package packet_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
)

func TestEveryFaultAtOnce(t *testing.T) {
	p := packet.NewProtocol(packet.Options{Framing: packet.Framing{SizeBytes: 4, MaxBytes: 100_000}, Rate: packet.Rate{Burst: 1}}, packet.Hooks[player]{})
	handle := func(*packet.Conn[player], *[]byte) {}
	packet.Handle(p, packet.Spec{ID: 1, Name: "first"}, packet.Raw(), handle)
	packet.Handle(p, packet.Spec{ID: 1, Name: "same id"}, packet.Raw(), handle)
	packet.Handle(p, packet.Spec{ID: 2, Name: "first"}, packet.Raw(), handle)
	packet.Handle(p, packet.Spec{Name: "id 0"}, packet.Raw(), handle)
	packet.Handle(p, packet.Spec{ID: 3}, packet.Raw(), handle)
	packet.Handle(p, packet.Spec{ID: 4, Name: "out", Direction: packet.Out}, packet.Raw(), handle)
	packet.Define(p, packet.Spec{ID: 5, Name: "in", Direction: packet.In}, packet.Raw())
	packet.Handle(p, packet.Spec{ID: 7, Name: "sizes", MinBytes: 9, MaxBytes: 8}, packet.Raw(), handle)
	packet.Handle(p, packet.Spec{ID: 8, Name: "layout", MaxBytes: 7}, packet.Fixed[move](), func(*packet.Conn[player], *move) {})
	packet.Handle(p, packet.Spec{ID: 9, Name: "nobody"}, packet.Raw(), nil)
	packet.Handle(p, packet.Spec{ID: 10, Name: "rate", Rate: packet.Rate{PerSecond: -1}}, packet.Raw(), handle)
	_, err := p.Handlers()
	if err == nil {
		t.Fatal("no fault")
	}
	for _, want := range []string{
		"MaxBytes 100000", "Options.Rate", `message 1 "same id"`, `message 2 "first"`, `message 0 "id 0"`, `message 3 ""`,
		`message 4 "out"`, `message 5 "in"`, `message 7 "sizes"`, `message 8 "layout"`, `message 9 "nobody"`, `message 10 "rate"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not mentioned: %s", want)
		}
	}
	if strings.Contains(err.Error(), `message 1 "first"`) {
		t.Error("the good one is at fault too")
	}
}

// TestPacketsOfASessionAreHandledAndAnsweredInOrder sends numbered packets of two
// kinds, cut at every odd place.
func TestPacketsOfASessionAreHandledAndAnsweredInOrder(t *testing.T) {
	w := newWorld(t, packet.Options{}, packet.Hooks[player]{})
	var odd, even *packet.Message[[]byte]
	odd = rawMessage(w, packet.Spec{ID: 1, Name: "odd", Direction: packet.Both}, func(c *packet.Conn[player], text string) {
		hear(c, text)
		sendText(t, c, odd, text)
	})
	even = rawMessage(w, packet.Spec{ID: 2, Name: "even", Direction: packet.Both}, func(c *packet.Conn[player], text string) {
		hear(c, text)
		sendText(t, c, even, text)
	})
	w.serve(raon.SessionOptions{})
	peer := w.lab.Dial(w.addr)
	var stream []byte
	var want []string
	for i := range 500 {
		want = append(want, fmt.Sprint(i))
		stream = append(stream, frame(t, uint16(2-i%2), want[i])...)
	}
	for len(stream) > 0 {
		n := min(1+len(stream)%13, len(stream))
		peer.Write(stream[:n])
		stream = stream[n:]
		if len(stream)%3 == 0 {
			w.lab.Pass(time.Millisecond)
		}
	}
	var total int
	for i := range want {
		total += len(frame(t, 1, want[i]))
	}
	w.await("the answers", func() bool { return len(peer.Received()) == total })
	if !slices.Equal(w.conn.State.heard, want) {
		t.Errorf("handled %v", w.conn.State.heard)
	}
	for i, f := range frames(t, peer.Received()) {
		if string(f.Payload) != want[i] || f.ID != uint16(2-i%2) {
			t.Errorf("answer %d is %d %q", i, f.ID, f.Payload)
		}
	}
}

// TestBadPeerEndsItselfOnly has one peer break each rule while another one talks.
func TestBadPeerEndsItselfOnly(t *testing.T) {
	good := frame(t, 1, "good")
	for name, c := range map[string]struct {
		send  []byte
		cause error
		id    uint16
		msg   string
	}{
		"unknown id": {frame(t, 99, "x"), packet.ErrUnknownID, 99, ""},
		"direction":  {frame(t, 3, "x"), packet.ErrDirection, 3, "news"},
		"too short":  {frame(t, 1, ""), packet.ErrSize, 1, "talk"},
		"too long":   {frame(t, 1, strings.Repeat("x", 11)), packet.ErrSize, 1, "talk"},
		"not fixed":  {frame(t, 2, "1234567"), packet.ErrSize, 2, "flag"},
		"decode":     {frame(t, 2, "\x02"), packet.ErrDecode, 2, "flag"},
		"frame":      {[]byte{3, 0, 1, 0}, packet.ErrSize, 1, "talk"},
		"frame long": {[]byte{0xff, 0xff, 1, 0}, packet.ErrSize, 1, "talk"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, packet.Options{}, packet.Hooks[player]{})
			rawMessage(w, packet.Spec{ID: 1, Name: "talk", MinBytes: 1, MaxBytes: 10}, hear)
			packet.Handle(w.proto, packet.Spec{ID: 2, Name: "flag"}, packet.Fixed[struct{ On bool }](), func(*packet.Conn[player], *struct{ On bool }) {})
			packet.Define(w.proto, packet.Spec{ID: 3, Name: "news"}, packet.Raw())
			w.serve(raon.SessionOptions{})
			bystander := w.lab.Dial(w.addr)
			w.await("the bystander", func() bool { return w.conn != nil })
			other := w.conn
			peer := w.lab.Dial(w.addr)
			w.await("the other", func() bool { return w.conn != other })
			bad := w.conn
			peer.Write(slices.Concat(good, c.send, good))
			w.await("the end", func() bool { return len(w.ends) == 1 && peer.Err() != nil })
			var e *packet.Error
			got := w.ends[0]
			if got.reason != raon.KickPacketError || !errors.Is(got.err, c.cause) || !errors.As(got.err, &e) || e.ID != c.id || e.Name != c.msg {
				t.Errorf("ended with %v, %v", got.reason, got.err)
			}
			if bad.State.heard != nil { // reset with its session
				t.Errorf("the state still has %v", bad.State.heard)
			}
			bystander.Write(good)
			w.await("the bystander's packet", func() bool { return len(other.State.heard) == 1 })
			s := w.proto.Stats()
			refused := s.UnknownID + s.BadFrame
			for _, m := range s.Messages {
				refused += m.Errors
			}
			if refused != 1 || s.Messages[0].In != 2 {
				t.Errorf("%d refused, %d talks handled, want 1 and 2: what follows a refused packet is left", refused, s.Messages[0].In)
			}
		})
	}
}

// TestHandlerThatEndsTheSessionIsTheLast disconnects in the middle of a batch.
func TestHandlerThatEndsTheSessionIsTheLast(t *testing.T) {
	for name, stop := range map[string]func(c *packet.Conn[player]){
		"Kick":       func(c *packet.Conn[player]) { c.Kick(raon.KickIdle, "go") },
		"Disconnect": func(c *packet.Conn[player]) { c.Session().Disconnect(raon.KickIdle) },
		"Abort":      func(c *packet.Conn[player]) { c.Session().Abort(raon.KickIdle) },
	} {
		t.Run(name, func(t *testing.T) {
			var heard []string
			w := newWorld(t, packet.Options{}, packet.Hooks[player]{})
			rawMessage(w, packet.Spec{ID: 1, Name: "talk"}, func(c *packet.Conn[player], text string) {
				heard = append(heard, text)
				if text == "b" {
					stop(c)
				}
			})
			w.serve(raon.SessionOptions{})
			peer := w.lab.Dial(w.addr)
			peer.Write(slices.Concat(frame(t, 1, "a"), frame(t, 1, "b"), frame(t, 1, "c")))
			w.await("the end", func() bool { return len(w.ends) == 1 })
			if !slices.Equal(heard, []string{"a", "b"}) || w.ends[0].reason != raon.KickIdle {
				t.Errorf("heard %v, ended with %v", heard, w.ends[0])
			}
		})
	}
}

// TestPauseLeavesTheRestForResume pauses in the middle of a batch.
func TestPauseLeavesTheRestForResume(t *testing.T) {
	w := newWorld(t, packet.Options{}, packet.Hooks[player]{})
	rawMessage(w, packet.Spec{ID: 1, Name: "talk"}, func(c *packet.Conn[player], text string) {
		hear(c, text)
		if text == "b" {
			c.Session().Pause()
		}
	})
	w.serve(raon.SessionOptions{})
	peer := w.lab.Dial(w.addr)
	peer.Write(slices.Concat(frame(t, 1, "a"), frame(t, 1, "b"), frame(t, 1, "c"), frame(t, 1, "d")[:3]))
	w.await("the pause", func() bool { return w.conn != nil && len(w.conn.State.heard) == 2 })
	peer.Write(frame(t, 1, "d")[3:])
	w.lab.Pass(time.Minute)
	if got := w.conn.State.heard; !slices.Equal(got, []string{"a", "b"}) {
		t.Fatalf("while paused: %v", got)
	}
	ref := w.conn.Ref()
	if err := ref.PushJob(func(s *raon.Session) { s.Resume() }); err != nil {
		t.Fatal(err)
	}
	w.await("the rest", func() bool { return slices.Equal(w.conn.State.heard, []string{"a", "b", "c", "d"}) })
}

// TestFullSendQueueLeavesTheRest has answers fill the queue above high water in
// the middle of a batch: no packet is lost, none is handled while held.
func TestFullSendQueueLeavesTheRest(t *testing.T) {
	w := newWorld(t, packet.Options{}, packet.Hooks[player]{})
	var talk *packet.Message[[]byte]
	talk = rawMessage(w, packet.Spec{ID: 1, Name: "talk", Direction: packet.Both}, func(c *packet.Conn[player], text string) {
		if c.Session().Held() {
			t.Error("handled while held")
		}
		c.State.moves++
		sendText(t, c, talk, text)
	})
	w.serve(raon.SessionOptions{QueueBytes: 40_000, HighWaterBytes: 4000})
	peer := w.lab.Dial(w.addr)
	text := strings.Repeat("x", 1000)
	for range 200 {
		peer.Write(frame(t, 1, text))
	}
	w.await("all answers", func() bool { return len(peer.Received()) == 200*1004 })
	if w.conn.State.moves != 200 {
		t.Errorf("%d handled", w.conn.State.moves)
	}
}

func TestBudgets(t *testing.T) {
	over := packet.Rate{PerSecond: 10, Burst: 5}
	drop := over
	drop.Drop = true
	for name, c := range map[string]struct {
		opts   packet.Options
		spec   packet.Rate
		kicked bool
	}{
		"kick":         {packet.Options{}, over, true},
		"drop":         {packet.Options{}, drop, false},
		"session kick": {packet.Options{Rate: over}, packet.Rate{}, true},
		"session drop": {packet.Options{Rate: drop}, packet.Rate{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			handled := 0
			w := newWorld(t, c.opts, packet.Hooks[player]{})
			rawMessage(w, packet.Spec{ID: 1, Name: "talk", Rate: c.spec}, func(*packet.Conn[player], string) { handled++ })
			w.serve(raon.SessionOptions{})
			peer := w.lab.Dial(w.addr)
			for range 5 {
				peer.Write(frame(t, 1, "x"))
			}
			w.await("the burst", func() bool { return handled == 5 })
			w.lab.Pass(time.Second)
			for range 10 {
				peer.Write(frame(t, 1, "x"))
			}
			w.lab.Pass(100 * time.Millisecond)
			drops := w.proto.Stats().Messages[0].Drops
			if !c.kicked {
				if handled != 10 || drops != 5 || len(w.ends) != 0 {
					t.Errorf("%d handled, %d dropped, ends %v; want 10, 5, none", handled, drops, w.ends)
				}
				return
			}
			if handled != 10 || drops != 1 || len(w.ends) != 1 || w.ends[0].reason != raon.KickFlood || !errors.Is(w.ends[0].err, packet.ErrFlood) {
				t.Errorf("%d handled, %d dropped, ends %v; want 10, 1, a flood", handled, drops, w.ends)
			}
		})
	}
}

// TestOnSendNamesPackets holds that the packet id goes all the way.
func TestOnSendNamesPackets(t *testing.T) {
	type sent struct {
		id    uint16
		bytes int
	}
	var got []sent
	var news *packet.Message[[]byte]
	w := newWorld(t, packet.Options{}, packet.Hooks[player]{
		OnSend:    func(c *packet.Conn[player], id uint16, n int) { got = append(got, sent{id, n}) },
		OnConnect: func(c *packet.Conn[player]) { sendText(t, c, news, "hello"); sendText(t, c, news, "") },
	})
	news = packet.Define(w.proto, packet.Spec{ID: 77, Name: "news"}, packet.Raw())
	w.serve(raon.SessionOptions{})
	w.lab.Dial(w.addr)
	w.await("both sends", func() bool { return len(got) == 2 })
	if !slices.Equal(got, []sent{{77, 9}, {77, 4}}) {
		t.Errorf("OnSend got %v", got)
	}
}

func TestEncodeOnceForAll(t *testing.T) {
	w := newWorld(t, packet.Options{}, packet.Hooks[player]{})
	news := packet.Define(w.proto, packet.Spec{ID: 7, Name: "news", MaxBytes: 10}, packet.Raw())
	var talk *packet.Message[[]byte]
	talk = rawMessage(w, packet.Spec{ID: 8, Name: "talk", Direction: packet.Both}, func(c *packet.Conn[player], text string) {
		m := []byte(text)
		buf, err := talk.Encode(c.Session(), &m)
		if err != nil {
			t.Error(err)
			return
		}
		if err := c.Session().Broadcast(buf, talk.ID()); err != nil {
			t.Error(err)
		}
	})
	w.serve(raon.SessionOptions{})
	one, two := w.lab.Dial(w.addr), w.lab.Dial(w.addr)
	m := []byte("to all")
	buf, err := news.EncodeShared(w.lab.Core().Buffers(), &m)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.server.Broadcast(buf, news.ID()); err != nil {
		t.Fatal(err)
	}
	want := string(frame(t, 7, "to all"))
	w.await("the news", func() bool { return string(one.Received()) == want && string(two.Received()) == want })
	two.Write(frame(t, 8, "me too"))
	want += string(frame(t, 8, "me too"))
	w.await("the talk", func() bool { return string(one.Received()) == want && string(two.Received()) == want })
	long := []byte("more than ten bytes")
	var e *packet.Error
	if _, err := news.EncodeShared(w.lab.Core().Buffers(), &long); !errors.Is(err, packet.ErrSize) || !errors.As(err, &e) || e.ID != 7 {
		t.Errorf("too long: %v", err)
	}
}

// TestSendRefusesWhatDoesNotFit has a codec without Sizer fail in every way.
func TestSendRefusesWhatDoesNotFit(t *testing.T) {
	var errs []error
	var odd *packet.Message[int]
	w := newWorld(t, packet.Options{}, packet.Hooks[player]{OnConnect: func(c *packet.Conn[player]) {
		for n := range 6 {
			errs = append(errs, packet.Send(c, odd, &n))
		}
	}})
	odd = packet.Define(w.proto, packet.Spec{ID: 7, Name: "odd", MinBytes: 2, MaxBytes: 4}, packet.Codec[int](oddCodec{}))
	w.serve(raon.SessionOptions{})
	peer := w.lab.Dial(w.addr)
	want := slices.Concat(frame(t, 7, "aa"), frame(t, 7, "aaaa"))
	w.await("what fits", func() bool { return len(peer.Received()) >= len(want) })
	if string(peer.Received()) != string(want) {
		t.Errorf("got %q", peer.Received())
	}
	for n, cause := range []error{packet.ErrSize, packet.ErrSize, nil, packet.ErrEncode, nil, packet.ErrSize} {
		if !errors.Is(errs[n], cause) {
			t.Errorf("%d bytes: %v, want %v", n, errs[n], cause)
		}
	}
	if m := w.proto.Stats().Messages[0]; m.Out != 2 || m.Errors != 4 || m.OutBytes != uint64(len(want)) {
		t.Errorf("counted %+v", m)
	}
}

// oddCodec writes n bytes, refuses 3, and never in place.
type oddCodec struct{}

func (oddCodec) Encode(dst []byte, n *int) ([]byte, error) {
	if *n == 3 {
		return nil, errors.New("three")
	}
	return append(slices.Clone(dst), strings.Repeat("a", *n)...), nil
}

func (oddCodec) Decode([]byte, *int) error { return nil }

// TestStateIsTheConnectionsOwn has a pooled session serve two connections.
func TestStateIsTheConnectionsOwn(t *testing.T) {
	w := newWorld(t, packet.Options{Rate: packet.Rate{PerSecond: 0.001, Burst: 1}}, packet.Hooks[player]{})
	var heard []string
	rawMessage(w, packet.Spec{ID: 1, Name: "talk"}, func(c *packet.Conn[player], text string) {
		hear(c, text)
		heard = append(heard, fmt.Sprint(c.State.heard))
	})
	w.serve(raon.SessionOptions{})
	for range 20 { // more than there are sessions
		peer := w.lab.Dial(w.addr)
		before := len(heard)
		peer.Write(frame(t, 1, "x"))
		w.await("the packet", func() bool { return len(heard) > before })
		peer.Close()
		w.await("the end", func() bool { return w.server.Snapshot().Idle == 8 })
	}
	for _, h := range heard {
		if h != "[x]" {
			t.Errorf("a state began with what was left: %v", h)
		}
	}
}

func TestNoIDProtocol(t *testing.T) {
	w := newWorld(t, packet.Options{Framing: packet.Framing{NoID: true}}, packet.Hooks[player]{})
	var answer *packet.Message[[]byte]
	rawMessage(w, packet.Spec{Name: "line"}, func(c *packet.Conn[player], text string) { sendText(t, c, answer, text+"!") })
	answer = packet.Define(w.proto, packet.Spec{Name: "answer"}, packet.Raw())
	w.serve(raon.SessionOptions{})
	peer := w.lab.Dial(w.addr)
	peer.Write([]byte("\x04\x00hi"))
	w.await("the answer", func() bool { return string(peer.Received()) == "\x05\x00hi!" })
}
