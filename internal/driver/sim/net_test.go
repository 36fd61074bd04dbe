package sim

import (
	"errors"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

func TestWhoExcludesWhom(t *testing.T) {
	shared, only6 := port.ListenOptions{ReusePort: true}, port.ListenOptions{V6Only: true}
	none := port.ListenOptions{}
	for _, c := range []struct {
		first, second string
		a, b          port.ListenOptions
		want          error
	}{
		{"127.0.0.1:7", "127.0.0.1:7", none, none, port.ErrAddrInUse},
		{"127.0.0.1:7", "127.0.0.1:7", shared, shared, nil},
		{"127.0.0.1:7", "127.0.0.1:7", none, shared, port.ErrAddrInUse},
		{"127.0.0.1:7", "127.0.0.2:7", none, none, nil},
		{"127.0.0.1:7", "127.0.0.1:8", none, none, nil},
		{"127.0.0.1:7", "0.0.0.0:7", none, none, port.ErrAddrInUse},
		{"0.0.0.0:7", "127.0.0.1:7", none, none, port.ErrAddrInUse},
		{":7", "0.0.0.0:7", none, none, port.ErrAddrInUse},
		{"0.0.0.0:7", ":7", none, only6, nil},
		{":7", "127.0.0.1:7", none, none, port.ErrAddrInUse},
		{"[::1]:7", "127.0.0.1:7", none, none, nil},
		{"[::ffff:127.0.0.1]:7", "127.0.0.1:7", none, none, port.ErrAddrInUse},
		{"unix:///a", "unix:///a", none, none, port.ErrAddrInUse},
		{"unix:///a", "unix:///b", none, none, nil},
		{"unix:///a", "unix:///b", none, shared, port.ErrNotSupported},
		{"127.0.0.1:7", "192.0.2.1:7", none, none, port.ErrBadAddr},
	} {
		drv := New(Options{}).Driver()
		if _, err := drv.Listen(addr(t, c.first), c.a); err != nil {
			t.Fatal(err)
		}
		if _, err := drv.Listen(addr(t, c.second), c.b); !errors.Is(err, c.want) {
			t.Errorf("%s, then %s: %v, want %v", c.first, c.second, err, c.want)
		}
	}
}

func TestWhoAnswers(t *testing.T) {
	for _, c := range []struct {
		listen, to string
		opts       port.ListenOptions
		want       error
	}{
		{"127.0.0.1:7", "127.0.0.1:7", port.ListenOptions{}, nil},
		{"127.0.0.1:7", "127.0.0.2:7", port.ListenOptions{}, port.ErrRefused},
		{"127.0.0.1:7", "127.0.0.1:8", port.ListenOptions{}, port.ErrRefused},
		{"0.0.0.0:7", "10.1.2.3:7", port.ListenOptions{}, nil},
		{"0.0.0.0:7", "[::1]:7", port.ListenOptions{}, port.ErrRefused},
		{":7", "10.1.2.3:7", port.ListenOptions{}, nil},
		{":7", "[::ffff:10.1.2.3]:7", port.ListenOptions{}, nil},
		{":7", "10.1.2.3:7", port.ListenOptions{V6Only: true}, port.ErrRefused},
		{"127.0.0.1:7", "0.0.0.0:7", port.ListenOptions{}, nil},
		{"unix:///a", "unix:///a", port.ListenOptions{}, nil},
		{"unix:///a", "unix:///b", port.ListenOptions{}, port.ErrRefused},
		{":7", "203.0.113.5:7", port.ListenOptions{}, port.ErrUnreachable},
		{":7", "198.51.100.5:7", port.ListenOptions{}, port.ErrTimeout},
	} {
		r := newRig(t, Options{Virtual: true})
		r.listen(c.listen, c.opts)
		client, _ := r.socket(c.to)
		if ev := r.do(r.connect(client, c.to)); !errors.Is(ev.Err, c.want) {
			t.Errorf("%s to %s: %v, want %v", c.to, c.listen, ev.Err, c.want)
		}
	}
}

// The two ends agree on their addresses.
func TestAddresses(t *testing.T) {
	for _, c := range []struct{ listen, to, client string }{
		{"127.0.0.1:7", "127.0.0.1:7", "127.0.0.1"},
		{":7", "[::ffff:127.0.0.9]:7", "127.0.0.1"},
		{":7", "[::1]:7", "::1"},
		{"0.0.0.0:7", "10.0.0.1:7", "10.0.0.1"},
	} {
		r := newRig(t, Options{Virtual: true})
		ln, _ := r.listen(c.listen, port.ListenOptions{})
		ref, client := r.socket(c.to)
		r.do(r.connect(ref, c.to))
		r.p.Submit(&port.Op{Type: port.OpAccept, Target: ln})
		server := r.one(0).Handle
		ask := func(fn func(port.Handle) (port.Addr, error), h port.Handle) port.Addr {
			t.Helper()
			a, err := fn(h)
			r.ok(err)
			return a
		}
		local, peer := ask(r.drv.LocalAddr, client), ask(r.drv.PeerAddr, client)
		if local != ask(r.drv.PeerAddr, server) || peer != ask(r.drv.LocalAddr, server) {
			t.Errorf("%s: the ends differ", c.to)
		}
		if local.IP.Addr().String() != c.client || peer != canonical(addr(t, c.to)) || local.IP.Port() == 0 {
			t.Errorf("%s: the client is %v, its peer %v", c.to, local, peer)
		}
		r.ok(r.drv.CloseHandle(server, false))
	}
}

func TestReusePortSpreads(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	counts := map[port.Ref]int{}
	ops := map[*port.Op]port.Ref{}
	for range 2 {
		ln, _ := r.listen("127.0.0.1:7", port.ListenOptions{ReusePort: true})
		op := &port.Op{Type: port.OpAccept, Target: ln}
		ops[op] = ln
		r.p.Submit(op)
	}
	for range 40 {
		client, _ := r.socket("127.0.0.1:7")
		r.p.Submit(r.connect(client, "127.0.0.1:7"))
		for _, ev := range r.poll(0) {
			if ref, accepted := ops[ev.Op]; accepted {
				counts[ref]++
				r.ok(r.drv.CloseHandle(ev.Handle, false))
			}
		}
	}
	for ref, n := range counts {
		if n < 5 || len(counts) != 2 {
			t.Errorf("listener %x of %d got %d of 40 connections", ref, len(counts), n)
		}
	}
}

func TestFullBacklogMakesConnectsWait(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	ln, _ := r.listen("127.0.0.1:7", port.ListenOptions{Backlog: 1})
	first, _ := r.socket("127.0.0.1:7")
	r.do(r.connect(first, "127.0.0.1:7"))
	var ops [3]*port.Op
	for i := range ops {
		ref, _ := r.socket("127.0.0.1:7")
		ops[i] = r.connect(ref, "127.0.0.1:7")
		r.p.Submit(ops[i])
	}
	r.none()
	r.p.Cancel(ops[0])
	if ev := r.one(0); ev.Op != ops[0] || ev.Err != port.ErrCanceled {
		t.Fatalf("the canceled connect: %+v", ev)
	}
	accept := &port.Op{Type: port.OpAccept, Target: ln}
	r.p.Submit(accept)
	for accepted, connected := 0, 0; accepted < 3 || connected < 2; {
		for _, ev := range r.poll(time.Second) {
			r.ok(ev.Err)
			if ev.Op != accept {
				connected++
				continue
			}
			accepted++
			r.ok(r.drv.CloseHandle(ev.Handle, false))
		}
	}
}

func TestListenerCloseResetsItsBacklog(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	ln, _ := r.listen("127.0.0.1:7", port.ListenOptions{Backlog: 1})
	first, _ := r.socket("127.0.0.1:7")
	r.do(r.connect(first, "127.0.0.1:7"))
	second, _ := r.socket("127.0.0.1:7")
	waits := r.connect(second, "127.0.0.1:7")
	r.p.Submit(waits)
	r.none()
	r.p.Submit(r.disconnect(ln, port.HowClose))
	refused := false
	for range 2 {
		ev := r.one(0)
		refused = refused || ev.Op == waits && errors.Is(ev.Err, port.ErrRefused)
	}
	if !refused {
		t.Error("the connect that waited was not refused")
	}
	if _, err := r.drain(first); !errors.Is(err, port.ErrReset) {
		t.Errorf("Recv of the one in the backlog ended with %v", err)
	}
}

func TestDeadInTheBacklogIsNoEvent(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	ln, _ := r.listen("127.0.0.1:7", port.ListenOptions{})
	for _, how := range []port.How{port.HowAbort, port.HowClose} {
		client, _ := r.socket("127.0.0.1:7")
		r.do(r.connect(client, "127.0.0.1:7"))
		r.do(r.disconnect(client, how))
	}
	r.p.Submit(&port.Op{Type: port.OpAccept, Target: ln})
	r.ok(r.drv.CloseHandle(r.one(0).Handle, false)) // the one that was closed in peace
	r.none()
}

func TestConnectTimesOut(t *testing.T) {
	r := newRig(t, Options{Virtual: true, ConnectTimeout: 7 * time.Second})
	client, _ := r.socket("192.0.2.1:1")
	if ev := r.do(r.connect(client, "192.0.2.1:1")); !errors.Is(ev.Err, port.ErrTimeout) || r.p.Now() != 7*time.Second {
		t.Errorf("the connect ended with %v at %v", ev.Err, r.p.Now())
	}
}

func TestConnectMisused(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	client, _ := r.pair()
	if ev := r.do(r.connect(client, "127.0.0.1:7")); !errors.Is(ev.Err, port.ErrFailed) {
		t.Errorf("a second connect ended with %v", ev.Err)
	}
	if ev := r.do(r.send(client, 1)); ev.Err != nil {
		t.Errorf("the connection suffered from it: %v", ev.Err)
	}
	fresh, _ := r.socket("127.0.0.1:7")
	if ev := r.do(&port.Op{Type: port.OpConnect, Target: fresh}); !errors.Is(ev.Err, port.ErrBadAddr) {
		t.Errorf("a connect to nowhere ended with %v", ev.Err)
	}
	if ev := r.do(&port.Op{Type: port.OpRecv, Target: fresh}); !errors.Is(ev.Err, port.ErrClosed) {
		t.Errorf("a recv without a connection ended with %v", ev.Err)
	}
	for _, how := range []string{"127.0.0.1:7", "192.0.2.1:7"} {
		ref, h := r.socket(how)
		r.p.Submit(r.connect(ref, how))
		r.p.Submit(r.disconnect(ref, port.HowAbort))
		for r.p.slots.find(ref) != nil {
			r.poll(0)
		}
		if r.w.handles.get(h) != nil {
			t.Errorf("the handle of an aborted connect to %s is open", how)
		}
	}
}
