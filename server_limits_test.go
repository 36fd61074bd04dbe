package raon_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/raon-engine/raon"
)

var loopback = netip.MustParsePrefix("127.0.0.0/8")

// mustReset waits for the peer to break the connection.
func (w *wire) mustReset() {
	w.st.t.Helper()
	if err := w.readAll(); err == nil {
		w.st.t.Error("the connection ended cleanly, want a reset")
	}
}

// mustRefuse connects and waits for the reset, which already the connecting may see.
func (st *stage) mustRefuse(addr raon.Addr) {
	st.t.Helper()
	w := st.startWire(addr)
	w.pump("connect", func() bool { return !w.sending })
	if w.sendErr == nil {
		w.mustReset()
	}
	if len(w.got) > 0 {
		st.t.Errorf("who is refused got %q", w.got)
	}
}

func TestConnectionsPerAddress(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		server := st.serve(core, raon.ServerOptions{MaxPerAddress: 2}, echo)
		first, second := st.wire(server.addr()), st.wire(server.addr())
		for _, w := range []*wire{first, second} {
			w.write([]byte("hello"))
			w.expect([]byte("hello"))
		}
		st.mustRefuse(server.addr())
		if n := server.Snapshot().OverAddress; n != 1 {
			t.Errorf("%d counted over the address's limit", n)
		}
		first.close()
		eventually(t, "its end", func() bool { return server.Snapshot().Live == 1 && server.Snapshot().Idle == 15 })
		third := st.wire(server.addr())
		third.write([]byte("room again"))
		third.expect([]byte("room again"))
	})
}

func TestAccessListsChangeWhileServing(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		server := st.serve(core, raon.ServerOptions{}, echo)
		w := st.wire(server.addr())
		w.write([]byte("hello"))
		w.expect([]byte("hello"))
		mustBe(t, "SetAccess", server.SetAccess(nil, []netip.Prefix{loopback}), nil)
		st.mustRefuse(server.addr())
		w.write([]byte(", again"))
		w.expect([]byte("hello, again")) // the living stay
		server.KickDenied(raon.KickRejected)
		w.mustReset()
		server.peer(0).awaitEnd(raon.KickRejected)
		mustBe(t, "SetAccess", server.SetAccess([]netip.Prefix{loopback}, nil), nil)
		again := st.wire(server.addr())
		again.write([]byte("hello"))
		again.expect([]byte("hello"))
		if n := server.Snapshot().Denied; n != 1 {
			t.Errorf("%d counted as denied", n)
		}
		if err := server.SetAccess([]netip.Prefix{{}}, nil); err == nil {
			t.Error("no network was accepted as one")
		}
	})
}

// announcement is a PROXY header that announces 192.0.2.7:4242.
var announcement = []byte("\r\n\r\n\x00\r\nQUIT\n" + "\x21\x11\x00\x0c" + "\xc0\x00\x02\x07" + "\x7f\x00\x00\x01" + "\x10\x92" + "\x01\xbb")

// proxyHeader is the announcement, to be changed.
func proxyHeader() []byte { return slices.Clone(announcement) }

// TestProxyAnnouncesTheClient sends the header in two pieces, with data behind it.
func TestProxyAnnouncesTheClient(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		server := st.serve(core, raon.ServerOptions{
			ProxyFrom: []netip.Prefix{loopback}, MaxPerAddress: 1,
			Deny: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")},
		}, echo)
		header := proxyHeader()
		w := st.wire(server.addr())
		w.write(header[:9])
		w.write(append(header[9:len(header):len(header)], "hello"...))
		w.expect([]byte("hello"))
		server.peer(0).do(func(s *raon.Session) {
			if got := s.PeerAddr().String(); got != "tcp://192.0.2.7:4242" {
				t.Errorf("the peer is %v", got)
			}
			if got := s.ProxyAddr(); !loopback.Contains(got.IP.Addr().Unmap()) {
				t.Errorf("the proxy is %v", got)
			}
		})
		second := st.wire(server.addr()) // the limits are the client's
		second.write(header)
		second.mustReset()
		denied := append([]byte(nil), header...)
		copy(denied[16:], []byte{198, 51, 100, 1})
		third := st.wire(server.addr())
		third.write(denied)
		third.mustReset()
		local := st.wire(server.addr())
		local.write(append(append([]byte(nil), header[:12]...), 0x20, 0, 0, 0, 'h', 'i'))
		local.expect([]byte("hi"))
		if s := server.Snapshot(); s.OverAddress != 1 || s.Denied != 1 {
			t.Errorf("%d over the address's limit, %d denied; want one each", s.OverAddress, s.Denied)
		}
	})
}

func TestProxyHeaderIsRequired(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		server := st.serve(core, raon.ServerOptions{
			ProxyFrom: []netip.Prefix{loopback}, Session: raon.SessionOptions{HandshakeTimeout: 50 * time.Millisecond},
		}, echo)
		w := st.wire(server.addr())
		w.write([]byte("no header"))
		w.mustReset()
		st.wire(server.addr()).mustReset() // says nothing
		eventually(t, "both ends", func() bool { return server.Snapshot().Idle == 16 })
		s := server.Snapshot()
		if s.Kicks[raon.KickPacketError] != 1 || s.Kicks[raon.KickAuthTimeout] != 1 {
			t.Errorf("kicked %d for the header, %d for none", s.Kicks[raon.KickPacketError], s.Kicks[raon.KickAuthTimeout])
		}
		for _, p := range server.peers {
			if p.opened > 0 || p.ended > 0 {
				t.Error("a handler heard of a connection without a header")
			}
		}
	})
}

// TestFullReply fills a server of one session: everybody else is told, and the
// one who is in is served.
func TestFullReply(t *testing.T) {
	const others = 20
	reply := pattern(3, 5000)
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{Logger: discard})
		server := st.serve(core, raon.ServerOptions{MaxSessions: 1, FullReply: reply}, echo)
		in := st.wire(server.addr())
		in.write([]byte("hello"))
		in.expect([]byte("hello"))
		for range others {
			w := st.wire(server.addr())
			w.write([]byte("let me in")) // unread, and no reason for a reset
			w.expect(reply)
			mustBe(t, "the end", w.readAll(), nil)
			w.close()
		}
		in.write([]byte(", still in"))
		in.expect([]byte("hello, still in"))
		if n := server.Snapshot().Refused; n != others {
			t.Errorf("%d counted as refused, want %d", n, others)
		}
		in.close()
		eventually(t, "an idle session", func() bool { return server.Snapshot().Idle == 1 })
		next := st.wire(server.addr())
		next.write([]byte("my turn"))
		next.expect([]byte("my turn"))
	})
}
