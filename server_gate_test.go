package raon_test

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/raontest"
)

// TestTheRefusedTakeNoSession: with the only session in use, whoever the gate
// refuses is reset at once and neither waits for the session nor is told that the
// server is full; and nobody but the one who is in counts as accepted.
func TestTheRefusedTakeNoSession(t *testing.T) {
	for name, reply := range map[string][]byte{"waiting": nil, "reply": []byte("full")} {
		t.Run(name, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				core := st.core(raon.CoreOptions{Logger: discard})
				server := st.serve(core, raon.ServerOptions{MaxSessions: 1, FullReply: reply}, echo)
				in := st.wire(server.addr())
				in.write([]byte("hello"))
				in.expect([]byte("hello"))
				mustBe(t, "SetAccess", server.SetAccess(nil, []netip.Prefix{loopback}), nil)
				for range 3 {
					st.mustRefuse(server.addr())
				}
				s := server.Snapshot()
				if s.Accepted != 1 || s.Denied != 3 || s.Refused != 0 || s.Disconnected != 0 {
					t.Errorf("%d accepted, %d denied, %d refused, %d ended", s.Accepted, s.Denied, s.Refused, s.Disconnected)
				}
			})
		})
	}
}

// TestWhoWaitedIsLetInOnce: connections that waited for a session have not spent
// of their burst before they got it.
func TestWhoWaitedIsLetInOnce(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		limits := raon.ServerOptions{MaxSessions: 1, MaxPerAddress: 2, AcceptsPerSecond: 1, AcceptBurst: 2}
		server := st.serve(core, limits, echo)
		first := st.wire(server.addr())
		first.write([]byte("first"))
		first.expect([]byte("first"))
		second := st.wire(server.addr())
		second.write([]byte("second"))
		first.close()
		second.expect([]byte("second"))
	})
}

// TestUnixSocketsHaveNoAddressToLimit denies everybody and lets one in per address.
func TestUnixSocketsHaveNoAddressToLimit(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		if !st.caps().Unix {
			return // TestUnixSocket asserts the refusal
		}
		core := st.core(raon.CoreOptions{Logger: discard})
		everybody := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
		server := st.serve(core, raon.ServerOptions{
			Listen: []raon.Addr{st.addr("unix://" + filepath.Join(t.TempDir(), "raon.sock"))}, MaxPerAddress: 1, AcceptsPerSecond: 1, Deny: everybody, ProxyFrom: everybody,
		}, echo)
		for range 3 {
			w := st.wire(server.addr())
			w.write([]byte("hello"))
			w.expect([]byte("hello"))
		}
		server.KickDenied(raon.KickRejected)
		server.peer(2).do(func(*raon.Session) {}) // the kick would have come first
		if s := server.Snapshot(); s.Live != 3 {
			t.Errorf("%d of 3 live", s.Live)
		}
	})
}

// TestAProxysOwnConnections are neither counted nor looked up: a proxy that is told
// to stay away would take the server for dead.
func TestAProxysOwnConnections(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		server := st.serve(core, raon.ServerOptions{
			ProxyFrom: []netip.Prefix{loopback}, MaxPerAddress: 1, AcceptsPerSecond: 1, Deny: []netip.Prefix{loopback},
		}, echo)
		local := append(proxyHeader()[:12], 0x20, 0, 0, 0, 'h', 'i')
		for range 3 {
			w := st.wire(server.addr())
			w.write(local)
			w.expect([]byte("hi"))
		}
		st.wire(server.addr()) // its header is to come
		server.KickDenied(raon.KickRejected)
		last := st.wire(server.addr())
		last.write(proxyHeader())
		last.write([]byte("a client"))
		last.expect([]byte("a client"))
		if s := server.Snapshot(); s.Live != 4 || s.Denied+s.OverAddress+s.OverRate+s.Disconnected != 0 {
			t.Errorf("%d live, %d denied, %d over the address's limit, %d over the rate, %d ended",
				s.Live, s.Denied, s.OverAddress, s.OverRate, s.Disconnected)
		}
	})
}

// TestProxyHeaderComesBeforeTheLayers has all three in one write: header, handshake,
// data.
func TestProxyHeaderComesBeforeTheLayers(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		server := st.serve(core, raon.ServerOptions{ProxyFrom: []netip.Prefix{loopback}, NewLayers: xorLayers(1)}, nil)
		w := st.wire(server.addr())
		w.write(append(append(proxyHeader(), xorHello...), xorData, 'x'^0x5a))
		if got := server.peer(0).awaitBytes(1); string(got) != "x" {
			t.Errorf("got %q behind header and handshake, want x", got)
		}
		w.write([]byte{xorData, 'y' ^ 0x5a})
		if got := server.peer(0).awaitBytes(2); string(got) != "xy" {
			t.Errorf("got %q, want xy", got)
		}
	})
}

// gatedLab is a lab with a server of echoing sessions.
func gatedLab(t *testing.T, world raontest.Options, o raon.ServerOptions) (*raontest.Lab, *raon.Service, raon.Addr) {
	t.Helper()
	lab := raontest.New(t, world)
	addr, err := raon.ParseAddr("10.0.0.1:7777")
	mustBe(t, "ParseAddr", err, nil)
	o.Listen = []raon.Addr{addr}
	if o.NewHandler == nil {
		o.NewHandler = func() raon.Handler { return plainEcho{} }
	}
	server, err := lab.Core().RegisterServer(o)
	mustBe(t, "RegisterServer", err, nil)
	return lab, server, addr
}

// TestProxyHeaderByteByByte sends one byte per second, which is in time, and then
// half a header, which is not: it ends at the deadline, to a tick.
func TestProxyHeaderByteByByte(t *testing.T) {
	network := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	lab, server, addr := gatedLab(t, raontest.Options{}, raon.ServerOptions{
		ProxyFrom: network, Session: raon.SessionOptions{HandshakeTimeout: 40 * time.Second},
	})
	p := lab.Dial(addr)
	for _, b := range append(proxyHeader(), "hi"...) {
		p.Write([]byte{b})
		lab.Pass(time.Second)
	}
	lab.Run("the echo", func() bool { return string(p.Received()) == "hi" })
	lab.Pass(time.Hour) // its deadline was the header's
	from := lab.Now()
	half := lab.Dial(addr)
	half.Write(proxyHeader()[:20])
	lab.Run("the end", func() bool { return half.Err() != nil })
	if took := lab.Now() - from; took < 40*time.Second || took > 40*time.Second+5*ms {
		t.Errorf("half a header was cut after %v, want 40 s", took)
	}
	if s := server.Snapshot(); s.Live != 1 || s.Kicks[raon.KickAuthTimeout] != 1 {
		t.Errorf("%d live, %d timed out", s.Live, s.Kicks[raon.KickAuthTimeout])
	}
}

// TestProxyVersion1IsRefused, and any other bytes, before a header's length has come.
func TestProxyVersion1IsRefused(t *testing.T) {
	network := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, first := range []string{"PROXY TCP4 192.0.2.7 10.0.0.1 4242 7777\r\n", "G", "\r\n\r\n\x00\r\nQUIT\r"} {
		lab, server, addr := gatedLab(t, raontest.Options{}, raon.ServerOptions{ProxyFrom: network})
		p := lab.Dial(addr)
		from := lab.Now()
		p.Write([]byte(first))
		lab.Run("the end", func() bool { return p.Err() != nil })
		if s := server.Snapshot(); s.Kicks[raon.KickPacketError] != 1 || lab.Now()-from > time.Second {
			t.Errorf("%q: kicked %d times, after %v", first, s.Kicks[raon.KickPacketError], lab.Now()-from)
		}
	}
}

// TestFullRepliesAreBounded has more clients that neither finish nor read on than
// there may be replies under way: the rest is reset at once, those with a reply are
// cut after a second, and then there is room again.
func TestFullRepliesAreBounded(t *testing.T) {
	const most, crowd = 128, 150
	reply := []byte("full")
	lab, server, addr := gatedLab(t, raontest.Options{}, raon.ServerOptions{MaxSessions: 1, FullReply: reply})
	in := lab.Dial(addr)
	in.Write([]byte("in"))
	lab.Run("the echo", func() bool { return string(in.Received()) == "in" })
	told, reset := 0, 0
	for range crowd {
		p := lab.Dial(addr)
		lab.Pass(0)
		if string(p.Received()) == string(reply) {
			told++
		} else if p.Err() != nil {
			reset++
		}
	}
	if told != most || reset != crowd-most {
		t.Errorf("%d were told and %d reset, want %d and %d", told, reset, most, crowd-most)
	}
	lab.Pass(1100 * ms)
	next := lab.Dial(addr)
	lab.Run("a reply", func() bool { return string(next.Received()) == string(reply) })
	if n := server.Snapshot().Refused; n != crowd+1 {
		t.Errorf("%d counted as refused, want %d", n, crowd+1)
	}
}

// TestRateOfOneAddress in a server, on virtual time.
func TestRateOfOneAddress(t *testing.T) {
	lab, server, addr := gatedLab(t, raontest.Options{}, raon.ServerOptions{AcceptsPerSecond: 2})
	for range 20 {
		lab.Dial(addr)
		lab.Pass(100 * ms)
	}
	s := server.Snapshot()
	if s.Accepted < 4 || s.Accepted > 6 || s.Accepted+s.OverRate != 20 {
		t.Errorf("%d of 20 came in within 2 s, %d too often; want the burst of 2 and 2 per second", s.Accepted, s.OverRate)
	}
}

func TestAccessIsForServers(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		server := st.serve(core, raon.ServerOptions{}, echo)
		client := st.dial(core, server.addr(), raon.ClientOptions{}, nil)
		mustBe(t, "SetAccess of a client", client.SetAccess(nil, []netip.Prefix{loopback}), raon.ErrNotSupported)
		client.KickDenied(raon.KickRejected)
		client.peer(0).do(func(*raon.Session) {})
		err := server.SetAccess([]netip.Prefix{{}}, []netip.Prefix{loopback, {}})
		if err == nil || !strings.Contains(err.Error(), "Allow[0]") || !strings.Contains(err.Error(), "Deny[1]") {
			t.Errorf("%v: does not name both", err)
		}
		w := st.wire(server.addr()) // a list with a fault changes nothing
		w.write([]byte("hello"))
		w.expect([]byte("hello"))
	})
}
