package raon_test

import (
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/raon-engine/raon"
)

// echoOnce sends through a client of the core and expects the same back.
func echoOnce(st *stage, core *raon.Core, to raon.Addr) *peer {
	st.t.Helper()
	p := st.dial(core, to, raon.ClientOptions{}, nil).peer(0)
	data := pattern(0, 3000)
	if err := p.session().SendBytes(data, 1); err != nil {
		st.t.Fatal(err)
	}
	checkPattern(st.t, p.awaitBytes(len(data)), len(data))
	return p
}

func TestEcho(t *testing.T) {
	for _, where := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(where, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				if !st.caps().IPv6 && where != "127.0.0.1:0" {
					_, err := st.core(raon.CoreOptions{}).RegisterServer(raon.ServerOptions{Listen: []raon.Addr{st.addr(where)}, NewHandler: newPeer})
					if err == nil {
						t.Error("a driver without IPv6 listens on it")
					}
					return
				}
				core := st.core(raon.CoreOptions{})
				server := st.serve(core, raon.ServerOptions{Listen: []raon.Addr{st.addr(where)}}, echo)
				p := echoOnce(st, core, server.addr())
				if peer := sessionPeer(p); peer != server.addr() {
					t.Errorf("the client's peer is %v, want %v", peer, server.addr())
				}
				if local := sessionPeer(server.peer(0)); local.IP.Addr() != server.addr().IP.Addr() || local.IP.Port() == server.addr().IP.Port() {
					t.Errorf("the server's peer is %v", local)
				}
			})
		})
	}
}

func newPeer() raon.Handler { return &peer{} }

// sessionPeer is the address of the other end.
func sessionPeer(p *peer) (addr raon.Addr) {
	p.t.Helper()
	p.do(func(s *raon.Session) { addr = s.PeerAddr() })
	return addr
}

func TestDualStackTakesIPv4(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		if !st.caps().IPv6 {
			return // nothing to be dual with; TestEcho asserts that
		}
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Listen: []raon.Addr{st.addr("[::]:0")}}, echo)
		port := server.addr().IP.Port()
		for _, ip := range []string{"127.0.0.1", "::1"} {
			echoOnce(st, core, raon.Addr{IP: netip.AddrPortFrom(netip.MustParseAddr(ip), port)})
		}
		if peer := sessionPeer(server.peer(0)); peer.IP.Addr() != netip.MustParseAddr("127.0.0.1") {
			t.Errorf("an IPv4 client shows as %v", peer)
		}
	})
}

func TestV6OnlyRefusesIPv4(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		if !st.caps().IPv6 {
			return // nothing to be only; TestEcho asserts that
		}
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{Listen: []raon.Addr{st.addr("[::]:0")}, V6Only: true}, echo)
		to := raon.Addr{IP: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), server.addr().IP.Port())}
		p := st.dial(core, to, raon.ClientOptions{}, nil).peer(0)
		p.await(t, "refusal", func() bool { return p.failed != nil })
	})
}

func TestUnixSocket(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		addr := st.addr("unix://" + filepath.Join(t.TempDir(), "raon.sock"))
		if !st.caps().Unix {
			if _, err := core.RegisterServer(raon.ServerOptions{Listen: []raon.Addr{addr}, NewHandler: newPeer}); err == nil {
				t.Error("a driver without unix sockets listens on one")
			}
			return
		}
		server := st.serve(core, raon.ServerOptions{Listen: []raon.Addr{addr}}, echo)
		if server.addr() != addr {
			t.Errorf("listens on %v, want %v", server.addr(), addr)
		}
		echoOnce(st, core, addr)
	})
}

func TestPortZeroIsResolved(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		zero := st.addr("127.0.0.1:0")
		server := st.serve(core, raon.ServerOptions{Listen: []raon.Addr{zero, zero}}, echo)
		addrs := server.Addrs()
		if len(addrs) != 2 || addrs[0] == addrs[1] {
			t.Fatalf("listens on %v, want two ports", addrs)
		}
		for _, a := range addrs {
			if a.IP.Port() == 0 {
				t.Errorf("the port of %v is not the real one", a)
			}
			echoOnce(st, core, a)
		}
	})
}

func TestAddressInUse(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, echo)
		_, err := core.RegisterServer(raon.ServerOptions{Listen: []raon.Addr{st.addr("127.0.0.1:0"), server.addr()}, NewHandler: newPeer})
		mustBe(t, "a second server on the address", err, raon.ErrAddrInUse)
	})
}

// TestReusePort has a listener per worker, and clients find sessions on each.
func TestReusePort(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		opts := raon.ServerOptions{Listen: []raon.Addr{st.addr("127.0.0.1:0")}, ReusePort: true, NewHandler: newPeer, MaxSessions: 64}
		if !st.caps().ReusePort {
			_, err := core.RegisterServer(opts)
			mustBe(t, "ReusePort", err, raon.ErrNotSupported)
			return
		}
		opts.NewHandler = nil
		server := st.serve(core, opts, echo)
		if n := len(server.Addrs()); n != 1 {
			t.Errorf("%d addresses, want one shared by all workers", n)
		}
		client := st.dial(st.core(raon.CoreOptions{}), server.addr(), raon.ClientOptions{Count: 64}, nil)
		for i := range 64 {
			client.peer(i).session()
		}
		eventually(t, "64 sessions", func() bool { return server.Snapshot().Live == 64 })
		for _, w := range server.Snapshot().Workers {
			if w.Live == 0 {
				t.Errorf("worker %d has none of 64 sessions", w.Worker)
			}
		}
	})
}
