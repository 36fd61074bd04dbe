package packet_test

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/packet"
	"github.com/raon-engine/raon/raontest"
)

// keeps are options with Resume.
func keeps() packet.Options {
	return packet.Options{Control: packet.Control{On: true, Version: 5, Resume: packet.Resume{On: true}}}
}

// tale is what hooks told, in order.
type tale []string

func (l *tale) tell(s string) { *l = append(*l, s) }

// hooks are Hooks that tell.
func (l *tale) hooks(opened func(c *packet.Conn[player])) packet.Hooks[player] {
	return packet.Hooks[player]{
		OnConnect:     func(c *packet.Conn[player]) { l.tell("connect"); opened(c) },
		OnResume:      func(c *packet.Conn[player]) { l.tell("resume"); opened(c) },
		OnSuspend:     func(_ *packet.Conn[player], r raon.KickReason, _ error) { l.tell("suspend " + r.String()) },
		OnExpire:      func(s *player) { l.tell("expire " + strings.Join(s.heard, ",")) },
		OnDisconnect:  func(_ *packet.Conn[player], r raon.KickReason, _ error) { l.tell("disconnect " + r.String()) },
		OnUnresumable: func(*packet.Conn[player]) { l.tell("unresumable") },
	}
}

// inn is a world whose server keeps states, with a message that it echoes.
type inn struct {
	*world
	tale tale
	talk *packet.Message[[]byte]
	conn *packet.Conn[player] // the last to connect or resume
}

func newInn(t *testing.T, opts packet.Options) *inn {
	t.Helper()
	n := &inn{}
	n.world = newWorld(t, opts, packet.Hooks[player]{})
	n.proto = packet.NewProtocol(opts, n.tale.hooks(func(c *packet.Conn[player]) { n.conn = c }))
	n.talk = rawMessage(n.world, packet.Spec{ID: 1, Name: "talk", Direction: packet.Both}, func(c *packet.Conn[player], text string) {
		hear(c, text)
		sendText(t, c, n.talk, strings.ToUpper(text))
	})
	n.serve(raon.SessionOptions{})
	return n
}

// guest is a raw client of an inn.
type guest struct {
	*raontest.Peer
	inn    *inn
	ticket string
	count  uint64 // that the server's hello gave
	back   bool   // the server's hello said resumed
	seen   int    // bytes looked at
}

// enter says hello with a ticket, or with none, and waits for the answer.
func (n *inn) enter(ticket string, count uint64) *guest {
	n.t.Helper()
	g := &guest{Peer: n.lab.Dial(n.addr), inn: n}
	g.sayHello(ticket, count)
	n.await("the hello", func() bool { return len(g.Received()) >= 38 })
	f := frames(n.t, g.Received()[:38])[0].Payload
	g.seen = 38
	g.back = f[6]&2 != 0
	g.ticket, g.count = string(f[10:26]), binary.LittleEndian.Uint64(f[26:])
	return g
}

func (g *guest) sayHello(ticket string, count uint64) {
	p := "\x01\x01\x05\x00\x00\x00\x01\x00\x00\x00"
	if ticket != "" {
		p += ticket + string(binary.LittleEndian.AppendUint64(nil, count))
	}
	g.Write(frame(g.inn.t, 0, p))
}

// say sends texts and does not wait.
func (g *guest) say(texts ...string) {
	for _, s := range texts {
		g.Write(frame(g.inn.t, 1, s))
	}
}

// hears waits for exactly these answers.
func (g *guest) hears(want ...string) {
	g.inn.t.Helper()
	var got []string
	g.inn.await(strings.Join(want, ","), func() bool {
		for g.seen < len(g.Received()) {
			f, n, err := packet.Framing{}.Next(g.Received()[g.seen:])
			if err != nil {
				g.inn.t.Fatal(err)
			}
			if n == 0 {
				break
			}
			if f.ID == 1 {
				got = append(got, string(f.Payload))
			}
			g.seen += n
		}
		return len(got) >= len(want)
	})
	if !slices.Equal(got, want) {
		g.inn.t.Errorf("heard %v, want %v", got, want)
	}
}

// wants fails unless the hooks told exactly this.
func (n *inn) wants(want ...string) {
	n.t.Helper()
	if !slices.Equal(n.tale, want) {
		n.t.Errorf("told %q, want %q", n.tale, want)
	}
}

// TestStateComesBackWithWhatWasMissed loses a connection with answers under way.
func TestStateComesBackWithWhatWasMissed(t *testing.T) {
	n := newInn(t, keeps())
	g := n.enter("", 0)
	g.say("a", "b", "c")
	g.hears("A", "B", "C")
	g.Reset()
	n.await("the loss", func() bool { return n.proto.Stats().Parked == 1 })
	n.lab.Pass(29 * time.Second)
	back := n.enter(g.ticket, 1) // B and C were not handled
	if !back.back || back.count != 3 || back.ticket == g.ticket {
		t.Errorf("back %v, server handled %d, the ticket is new: %v", back.back, back.count, back.ticket != g.ticket)
	}
	back.say("d")
	back.hears("B", "C", "D")
	if got := n.conn.State.heard; !slices.Equal(got, []string{"a", "b", "c", "d"}) || n.proto.Stats().Parked != 0 {
		t.Errorf("the state has %v, %d parked", got, n.proto.Stats().Parked)
	}
	n.lab.Pass(time.Minute) // the old deadline is gone; this end is silent
	n.wants("connect", "suspend completion-error", "resume", "suspend idle", "expire a,b,c,d")
}

func TestTicketsExpire(t *testing.T) {
	n := newInn(t, keeps())
	g := n.enter("", 0)
	g.say("a")
	g.hears("A")
	g.Reset()
	n.await("the loss", func() bool { return n.proto.Stats().Parked == 1 })
	lost := n.lab.Now()
	n.await("the end", func() bool { return n.proto.Stats().Parked == 0 })
	if took := n.lab.Now() - lost; took < 29*time.Second || took > 31*time.Second {
		t.Errorf("expired after %v", took)
	}
	if back := n.enter(g.ticket, 1); back.back || back.count != 0 {
		t.Errorf("back %v with %d", back.back, back.count)
	}
	n.wants("connect", "suspend completion-error", "expire a", "connect")
}

// TestTakeOver resumes while the first connection still lives: the old one is told
// and its end removes nothing.
func TestTakeOver(t *testing.T) {
	n := newInn(t, keeps())
	old := n.enter("", 0)
	old.say("a")
	old.hears("A")
	g := n.enter(old.ticket, 1)
	if !g.back || g.count != 1 {
		t.Errorf("back %v with %d", g.back, g.count)
	}
	n.await("the old one's end", func() bool { return errors.Is(old.Err(), io.EOF) })
	all := frames(t, old.Received())
	if last := all[len(all)-1]; last.ID != 0 || string(last.Payload) != "\x04"+string(rune(raon.KickSuperseded)) {
		t.Errorf("the old one got %v last", last)
	}
	old.Close()
	n.await("the old session's end", func() bool { return n.server.Snapshot().Kicks[raon.KickSuperseded] == 1 })
	n.lab.Pass(10 * time.Second)
	g.say("b")
	g.hears("B")
	if !slices.Equal(n.conn.State.heard, []string{"a", "b"}) {
		t.Errorf("the state has %v", n.conn.State.heard)
	}
	n.wants("connect", "suspend superseded", "resume")
}

// TestTicketsAreUsedOnce shows a ticket again after the client was heard with the
// next one, and before.
func TestTicketsAreUsedOnce(t *testing.T) {
	n := newInn(t, keeps())
	first := n.enter("", 0)
	first.Reset()
	second := n.enter(first.ticket, 0) // and its answer is lost, as far as anybody knows
	if !second.back {
		t.Fatal("not resumed")
	}
	second.Reset()
	third := n.enter(first.ticket, 0)
	if !third.back {
		t.Error("the client could not come back, since an answer was lost")
	}
	third.say("x")
	third.hears("X")
	third.Reset()
	for name, ticket := range map[string]string{"used": first.ticket, "never confirmed": second.ticket, "made up": strings.Repeat("x", 16)} {
		if n.enter(ticket, 0).back {
			t.Errorf("a ticket that was %s brings the state back", name)
		}
	}
	if !n.enter(third.ticket, 1).back {
		t.Error("the newest ticket does not")
	}
}

// TestClaimantThatDiesGivesTheStateBack has the taker vanish while the holder is
// being asked.
func TestClaimantThatDiesGivesTheStateBack(t *testing.T) {
	n := newInn(t, keeps())
	g := n.enter("", 0)
	g.say("a")
	g.hears("A")
	taker := &guest{Peer: n.lab.Dial(n.addr), inn: n}
	taker.sayHello(g.ticket, 1)
	taker.Reset()
	n.lab.Pass(time.Second)
	back := n.enter(g.ticket, 1)
	back.say("b")
	back.hears("B")
	if !back.back || !slices.Equal(n.conn.State.heard, []string{"a", "b"}) {
		t.Errorf("back %v, the state has %v; told %v", back.back, n.conn.State.heard, n.tale)
	}
}

func TestOnlyTheNetworkSuspends(t *testing.T) {
	kick := func(r raon.KickReason) func(*inn, *guest) {
		return func(n *inn, _ *guest) { n.conn.Kick(r, "") }
	}
	for want, stop := range map[string]func(*inn, *guest){
		"disconnect disconnect":    kick(raon.KickDisconnect),
		"disconnect flood":         kick(raon.KickFlood),
		"disconnect packet-error":  func(_ *inn, g *guest) { g.Write(frame(t, 99, "")) },
		"disconnect recv-0":        func(_ *inn, g *guest) { g.Write(frame(t, 0, "\x04\x00")) }, // the client says goodbye
		"disconnect shutdown":      func(n *inn, _ *guest) { n.server.Drain(time.Minute) },
		"suspend recv-0":           func(_ *inn, g *guest) { g.Close() },
		"suspend completion-error": func(_ *inn, g *guest) { g.Reset() },
		"suspend idle":             func(n *inn, _ *guest) { n.lab.Pass(time.Minute) },
	} {
		t.Run(want, func(t *testing.T) {
			n := newInn(t, keeps())
			g := n.enter("", 0)
			stop(n, g)
			n.await("the end", func() bool { return len(n.tale) > 1 })
			if n.tale[1] != want {
				t.Errorf("told %q", n.tale)
			}
		})
	}
}

// TestStrangersAreNotKept loses one that has not logged in.
func TestStrangersAreNotKept(t *testing.T) {
	opts := keeps()
	opts.Auth.Required = true
	n := newInn(t, opts)
	n.enter("", 0).Reset()
	n.await("the end", func() bool { return len(n.tale) > 1 })
	n.wants("connect", "disconnect completion-error")
}

// TestParkingIsBounded loses one connection more than may wait.
func TestParkingIsBounded(t *testing.T) {
	opts := keeps()
	opts.Control.Resume.MaxParked = 2
	n := newInn(t, opts)
	for i := range 3 {
		g := n.enter("", 0)
		g.say("x")
		g.hears("X")
		g.Reset()
		n.await("the loss", func() bool { return len(n.tale) >= 2*i+2 })
	}
	if n.tale[len(n.tale)-1] != "expire x" || len(n.tale) != 7 || n.proto.Stats().Parked != 2 {
		t.Errorf("told %q, %d parked", n.tale, n.proto.Stats().Parked)
	}
}

// TestReplayOverflow has a client that acknowledges nothing.
func TestReplayOverflow(t *testing.T) {
	opts := keeps()
	opts.Control.Resume.ReplayBytes = 64 << 10
	n := newInn(t, opts)
	g := n.enter("", 0)
	text := strings.Repeat("x", 1000)
	for range 65 { // of 1,004 bytes each
		g.say(text)
		g.hears(strings.ToUpper(text))
	}
	if !n.conn.Resumable() {
		t.Error("not resumable with 65 packets, which fit")
	}
	g.say(text)
	g.hears(strings.ToUpper(text))
	if n.conn.Resumable() || n.proto.Stats().Overflows != 1 {
		t.Errorf("resumable %v, %d overflows", n.conn.Resumable(), n.proto.Stats().Overflows)
	}
	g.Reset()
	n.await("the end", func() bool { return len(n.tale) == 3 })
	n.wants("connect", "unresumable", "disconnect completion-error")
}

// TestAcksEmptyTheReplay sends far more than ReplayBytes to a client that
// acknowledges.
func TestAcksEmptyTheReplay(t *testing.T) {
	opts := keeps()
	opts.Control.Resume.ReplayBytes = 64 << 10
	n := newInn(t, opts)
	g := n.enter("", 0)
	text := strings.Repeat("x", 1000)
	for i := range uint64(300) {
		g.say(text)
		g.hears(strings.ToUpper(text))
		if i%32 == 31 {
			g.Write(frame(t, 0, "\x05"+string(binary.LittleEndian.AppendUint64(nil, i+1))))
		}
	}
	if !n.conn.Resumable() {
		t.Error("not resumable any more")
	}
	g.Write(frame(t, 0, "\x05"+string(binary.LittleEndian.AppendUint64(nil, 301))))
	n.await("the end", func() bool { return len(n.tale) == 2 })
	n.wants("connect", "disconnect packet-error") // it acknowledged what was never sent
}

// TestExactlyOnceInOrderThroughManyCuts has a client and a server count up to each
// other while the connection breaks at random moments on either end.
func TestExactlyOnceInOrderThroughManyCuts(t *testing.T) {
	const last, cuts = 3000, 40
	w := newWorld(t, keeps(), packet.Hooks[player]{})
	rng := rand.New(rand.NewPCG(1, 2))
	up, down := newCounting(t, "up"), newCounting(t, "down")
	serverTale, clientTale := &tale{}, &tale{}
	w.proto = packet.NewProtocol(keeps(), serverTale.hooks(func(c *packet.Conn[player]) { w.conn = c; down.start(c) }))
	up.receive(w.proto)
	down.send(w.proto)
	w.serve(raon.SessionOptions{})
	var client *packet.Conn[player]
	p := packet.NewProtocol(keeps(), clientTale.hooks(func(c *packet.Conn[player]) { client = c; up.start(c) }))
	down.receive(p)
	up.send(p)
	_, err := w.lab.Core().RegisterClientAutoReconnect(raon.ClientOptions{Connect: w.addr, Count: 1, NewHandler: handlersOf(t, p),
		Reconnect: raon.ReconnectOptions{First: 10 * time.Millisecond, Seed: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for range cuts {
		w.await("a connection", func() bool { return client != nil && client.Session() != nil && !client.Session().Ending() })
		w.lab.Pass(time.Duration(rng.IntN(150)) * time.Millisecond)
		for _, c := range []*packet.Conn[player]{client, w.conn} {
			if c != nil && c.Session() != nil && rng.IntN(2) == 0 {
				c.Session().Abort(raon.KickCompletionError) // as if the network had
			}
		}
	}
	w.await("the last ones", func() bool { return up.got >= last && down.got >= last })
	resumes := 0
	for _, s := range *serverTale {
		if s == "resume" {
			resumes++
		}
	}
	if resumes < 5 || slices.Contains(*clientTale, "expire ") || (*serverTale)[0] != "connect" || slices.Contains((*serverTale)[1:], "connect") {
		t.Errorf("%d resumes of %q; the client: %q", resumes, *serverTale, *clientTale)
	}
}

// counting is one way of a conversation: numbers from 1 to 3,000, three per
// millisecond.
type counting struct {
	t     *testing.T
	name  string
	msg   *packet.Message[number]
	sent  uint32
	got   uint32
	timer raon.Timer
}

type number struct{ N uint32 }

func newCounting(t *testing.T, name string) *counting { return &counting{t: t, name: name} }

func (n *counting) spec() packet.Spec { return packet.Spec{ID: uint16(len(n.name)), Name: n.name} }

func (n *counting) send(p *packet.Protocol[player]) {
	n.msg = packet.Define(p, n.spec(), packet.Fixed[number]())
}

func (n *counting) receive(p *packet.Protocol[player]) {
	packet.Handle(p, n.spec(), packet.Fixed[number](), func(_ *packet.Conn[player], m *number) {
		if n.got++; m.N != n.got {
			n.t.Errorf("%s: %d came as number %d", n.name, m.N, n.got)
		}
	})
}

// start sends on this connection, until it ends.
func (n *counting) start(c *packet.Conn[player]) {
	c.Session().Every(&n.timer, time.Millisecond, func(*raon.Session) {
		for range 3 {
			if n.sent == 3000 || packet.Send(c, n.msg, &number{n.sent + 1}) != nil {
				return
			}
			n.sent++
		}
	})
}
