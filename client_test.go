package raon_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/raontest"
)

func TestManualConnect(t *testing.T) {
	const sessions = 3
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, echo)
		clients := &cast{t: t}
		s, err := core.RegisterClientManual(raon.ClientOptions{
			Connect: server.addr(), Count: sessions, NewHandler: clients.newHandler(nil),
		})
		mustBe(t, "RegisterClientManual", err, nil)
		clients.started(s)
		if n := s.Snapshot().Idle; n != sessions {
			t.Fatalf("%d sessions idle before the first Connect", n)
		}
		for range 4 { // the sessions are used again
			var refs []raon.SessionRef
			for range sessions {
				ref, err := s.Connect()
				mustBe(t, "Connect", err, nil)
				refs = append(refs, ref)
			}
			_, err := s.Connect()
			mustBe(t, "one Connect more", err, raon.ErrLimit)
			eventually(t, "the connections", func() bool { return s.Snapshot().Live == sessions })
			for _, ref := range refs {
				mustBe(t, "SendBytes", ref.SendBytes([]byte("hello"), 0), nil)
			}
			for i := range sessions {
				clients.peer(i).awaitBytes(len("hello"))
				clients.peer(i).change(func() { clients.peers[i].got = nil })
			}
			for _, ref := range refs {
				mustBe(t, "Disconnect", ref.Disconnect(raon.KickDisconnect), nil)
			}
			eventually(t, "the end", func() bool { return s.Snapshot().Idle == sessions })
		}
		_, err = server.Connect()
		mustBe(t, "Connect of a server", err, raon.ErrNotSupported)
		s.Drain(patience)
		_, err = s.Connect()
		mustBe(t, "Connect when draining", err, raon.ErrClosed)
	})
}

// TestManualConnectThatFails is told of it, and the session can try again.
func TestManualConnectThatFails(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		gone := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, nil)
		addr := gone.addr()
		mustBe(t, "Close", gone.Core().Close(), nil)
		clients := &cast{t: t}
		s, err := core.RegisterClientManual(raon.ClientOptions{Connect: addr, Count: 1, NewHandler: clients.newHandler(nil)})
		mustBe(t, "RegisterClientManual", err, nil)
		clients.started(s)
		for range 3 {
			ref, err := s.Connect()
			mustBe(t, "Connect", err, nil)
			p := clients.peer(0)
			p.await(t, "the failure", func() bool { return errors.Is(p.failed, raon.ErrRefused) })
			p.change(func() { p.failed = nil })
			eventually(t, "the session's return", func() bool { return s.Snapshot().Idle == 1 })
			if ref.Valid() {
				t.Error("the ref of a connection that failed is valid")
			}
		}
	})
}

// comeback is a client's handler that notes when what happened.
type comeback struct {
	lab *raontest.Lab
	all *comebacks
	up  bool
}

// comebacks are all clients of a stampede.
type comebacks struct {
	tries []time.Duration // the ends of all connects
	up    int
	dials int // successful
}

func (c *comeback) OnConnect(_ *raon.Session, err error) {
	c.all.tries = append(c.all.tries, c.lab.Now())
	if err == nil {
		c.up = true
		c.all.up++
		c.all.dials++
	}
}
func (c *comeback) OnRecv(_ *raon.Session, data []byte) int { return len(data) }
func (c *comeback) OnDisconnect(*raon.Session, raon.KickReason, error) {
	c.up = false
	c.all.up--
}

// startComebacks has n clients connect to addr for good.
func startComebacks(t *testing.T, lab *raontest.Lab, n int, opts raon.ClientOptions) (*raon.Service, *comebacks) {
	t.Helper()
	all := new(comebacks)
	opts.Count = n
	opts.NewHandler = func() raon.Handler { return &comeback{lab: lab, all: all} }
	s, err := lab.Core().RegisterClientAutoReconnect(opts)
	mustBe(t, "RegisterClientAutoReconnect", err, nil)
	return s, all
}

// labServer listens in the lab.
func labServer(t *testing.T, lab *raontest.Lab, sessions int) *raon.Service {
	t.Helper()
	addr, err := raon.ParseAddr("10.0.0.1:7777")
	mustBe(t, "ParseAddr", err, nil)
	s, err := lab.Core().RegisterServer(raon.ServerOptions{
		Listen: []raon.Addr{addr}, MaxSessions: sessions,
		NewHandler: func() raon.Handler { return plainEcho{} },
	})
	mustBe(t, "RegisterServer", err, nil)
	return s
}

// mostWithin is the largest number of times within any span.
func mostWithin(times []time.Duration, span time.Duration) (most int) {
	from := 0
	for i, at := range times {
		for at-times[from] >= span {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// TestStampede takes the server away from 5,000 clients for 10 s. All have to be
// back within 40 s of its return, and never may many connect at once.
func TestStampede(t *testing.T) {
	const clients, away, back, most = 5000, 10 * time.Second, 40 * time.Second, 400
	lab := raontest.New(t, raontest.Options{Core: raon.CoreOptions{Logger: discard}})
	server := labServer(t, lab, clients)
	_, all := startComebacks(t, lab, clients, raon.ClientOptions{
		Connect: server.Addrs()[0], Reconnect: raon.ReconnectOptions{Seed: 7},
	})
	lab.Run("everybody", func() bool { return all.up == clients })
	lab.Pass(time.Minute) // all are stable
	all.tries = nil
	server.ResetPool(raon.KickShutdown)
	server.Drain(0)
	lab.Run("the outage", func() bool { return all.up == 0 })
	lab.Pass(away)
	failed := len(all.tries)
	returned := lab.Now()
	labServer(t, lab, clients)
	lab.Run("everybody's return", func() bool { return all.up == clients || lab.Now()-returned > 2*back })
	if took := lab.Now() - returned; took > back {
		t.Errorf("%d of %d are back after %v, want all within %v", all.up, clients, took, back)
	}
	if n := mostWithin(all.tries, 100*ms); n > most {
		t.Errorf("%d connects within 100 ms, want at most %d", n, most)
	}
	if failed < clients/2 || failed > 10*clients {
		t.Errorf("%d connects failed during the outage of %v", failed, away)
	}
	if n := mostWithin(all.tries, time.Second); n > clients/10*11/10+1 {
		t.Errorf("%d connects within a second, want a tenth of %d", n, clients)
	}
}

// TestBackoff looks at one client's tries against a server that is not there.
func TestBackoff(t *testing.T) {
	lab := raontest.New(t, raontest.Options{Core: raon.CoreOptions{Logger: discard}})
	addr, err := raon.ParseAddr("10.0.0.1:7777")
	mustBe(t, "ParseAddr", err, nil)
	_, all := startComebacks(t, lab, 1, raon.ClientOptions{Connect: addr, Reconnect: raon.ReconnectOptions{Seed: 3}})
	lab.Pass(10 * time.Minute)
	if len(all.tries) < 20 {
		t.Fatalf("%d tries in ten minutes", len(all.tries))
	}
	bound := time.Second
	for i := 1; i < len(all.tries); i++ {
		wait := all.tries[i] - all.tries[i-1]
		if wait > bound+50*ms {
			t.Errorf("try %d came after %v, want at most %v", i, wait, bound)
		}
		if i == 1 && wait < time.Second {
			t.Errorf("the second try came after %v", wait)
		}
		bound = min(2*bound, 30*time.Second)
	}
}

// TestBackoffBeginsAnew after a connection that was stable, and goes on after ones
// that were not.
func TestBackoffBeginsAnew(t *testing.T) {
	for _, c := range []struct {
		lasts time.Duration
		anew  bool
	}{{9 * time.Second, false}, {11 * time.Second, true}} {
		lab := raontest.New(t, raontest.Options{Core: raon.CoreOptions{Logger: discard}})
		server := labServer(t, lab, 1)
		_, all := startComebacks(t, lab, 1, raon.ClientOptions{Connect: server.Addrs()[0], Reconnect: raon.ReconnectOptions{Seed: 1}})
		anew := true
		for range 12 {
			lab.Run("a connection", func() bool { return all.up == 1 })
			lab.Pass(c.lasts)
			server.ResetPool(raon.KickDisconnect)
			lab.Run("its end", func() bool { return all.up == 0 })
			from := lab.Now()
			lab.Run("the next", func() bool { return all.up == 1 })
			if wait := lab.Now() - from; wait < time.Second-ms || wait > time.Second+50*ms {
				anew = false
			}
		}
		if anew != c.anew {
			t.Errorf("connections of %v: each wait was the first one: %v", c.lasts, anew)
		}
	}
}

// TestReconnectEndsWithTheService drains while some wait for their next try, and
// lets one rest before.
func TestReconnectEndsWithTheService(t *testing.T) {
	const clients = 20
	lab := raontest.New(t, raontest.Options{Core: raon.CoreOptions{Logger: discard}})
	server := labServer(t, lab, clients/2)
	s, all := startComebacks(t, lab, clients, raon.ClientOptions{
		Connect: server.Addrs()[0], Session: raon.SessionOptions{HandshakeTimeout: time.Second},
	})
	lab.Run("half of them", func() bool { return all.up >= clients/2 })
	stopped := 0
	mustBe(t, "ForEach", s.ForEach(func(x *raon.Session) {
		if stopped++; stopped <= 4 {
			x.StopReconnect()
			x.Disconnect(raon.KickDisconnect)
		}
	}), nil)
	const idle = 4
	lab.Run("some to rest", func() bool { return s.Snapshot().Idle == idle })
	lab.Pass(time.Minute)
	if n := s.Snapshot().Idle; n != idle {
		t.Errorf("%d rest, want %d for good", n, idle)
	}
	_, err := s.Connect()
	mustBe(t, "Connect of one that rests", err, nil)
	lab.Run("its connect", func() bool { return s.Snapshot().Idle == idle-1 })
	s.Drain(time.Second)
	lab.Run("the end", func() bool { return s.Snapshot().Idle == clients && s.Snapshot().Live == 0 })
	before := len(all.tries)
	lab.Pass(2 * time.Minute)
	if len(all.tries) != before {
		t.Errorf("%d connects after the end of the service", len(all.tries)-before)
	}
}

// TestReconnectOnRealSockets restarts a server under its clients.
func TestReconnectOnRealSockets(t *testing.T) {
	const clients = 8
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		first := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, echo)
		addr := first.addr()
		people := &cast{t: t}
		s, err := core.RegisterClientAutoReconnect(raon.ClientOptions{
			Connect: addr, Count: clients, NewHandler: people.newHandler(nil),
			Reconnect: raon.ReconnectOptions{First: 5 * ms, Max: 50 * ms, PerSecond: 100_000},
		})
		mustBe(t, "RegisterClientAutoReconnect", err, nil)
		people.started(s)
		eventually(t, "the clients", func() bool { return s.Snapshot().Live == clients })
		mustBe(t, "Close", first.Core().Close(), nil)
		eventually(t, "failures", func() bool { return s.Snapshot().ConnectFailed > clients })
		st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{Listen: []raon.Addr{addr}}, echo)
		eventually(t, "their return", func() bool { return s.Snapshot().Live == clients })
		if len(people.peers) != clients {
			t.Errorf("%d handlers for %d sessions", len(people.peers), clients)
		}
		people.peer(0).do(func(x *raon.Session) { mustBe(t, "SendBytes", x.SendBytes([]byte("again"), 0), nil) })
		people.peer(0).awaitBytes(len("again"))
	})
}

// TestNamesAreLookedUp has a name that does not resolve at first, then to an
// address where nobody is and one where the server is.
func TestNamesAreLookedUp(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, echo)
		gone := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, nil)
		addrs := []raon.Addr{gone.addr(), server.addr()}
		mustBe(t, "Close", gone.Core().Close(), nil)
		core := st.core(raon.CoreOptions{Logger: discard})
		people := &cast{t: t}
		s, err := core.RegisterClientAutoReconnect(raon.ClientOptions{
			ConnectName: "game.example:7777", Count: 4, NewHandler: people.newHandler(nil),
			Resolver: func(_ context.Context, name string) ([]raon.Addr, error) {
				if name != "game.example:7777" {
					return nil, fmt.Errorf("asked for %q", name)
				}
				return addrs, nil
			},
			Reconnect: raon.ReconnectOptions{First: 2 * ms, Max: 20 * ms, PerSecond: 100_000},
		})
		mustBe(t, "RegisterClientAutoReconnect", err, nil)
		people.started(s)
		eventually(t, "the clients", func() bool { return s.Snapshot().Live == 4 })
		if n := s.Snapshot().ConnectFailed; n == 0 {
			t.Error("the first address was never tried")
		}
	})
}

func TestNameThatDoesNotResolve(t *testing.T) {
	for name, resolver := range map[string]raon.Resolver{
		"error":   func(context.Context, string) ([]raon.Addr, error) { return nil, errors.New("on purpose") },
		"nothing": func(context.Context, string) ([]raon.Addr, error) { return nil, nil },
		"panic":   func(context.Context, string) ([]raon.Addr, error) { panic("on purpose") },
	} {
		t.Run(name, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				core := st.core(raon.CoreOptions{Logger: discard})
				people := &cast{t: t}
				s, err := core.RegisterClient(raon.ClientOptions{
					ConnectName: "nowhere.example:1", Count: 1, NewHandler: people.newHandler(nil), Resolver: resolver,
				})
				mustBe(t, "RegisterClient", err, nil)
				people.started(s)
				p := people.peer(0)
				p.await(t, "the failure", func() bool { return p.failed != nil })
				if !errors.Is(p.failed, raon.ErrUnreachable) || !strings.Contains(p.failed.Error(), "nowhere.example:1") {
					t.Errorf("failed with %v", p.failed)
				}
			})
		})
	}
}

// TestLookUpEndsWithTheService drains while the resolver hangs.
func TestLookUpEndsWithTheService(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		asked := make(chan struct{})
		s, err := core.RegisterClient(raon.ClientOptions{
			ConnectName: "slow.example:1", Count: 1, NewHandler: (&cast{t: t}).newHandler(nil),
			Resolver: func(ctx context.Context, _ string) ([]raon.Addr, error) {
				close(asked)
				<-ctx.Done()
				return nil, ctx.Err()
			},
		})
		mustBe(t, "RegisterClient", err, nil)
		await(t, "the question", asked)
		mustBe(t, "Close", core.Close(), nil)
		checkPool(t, s)
	})
}
