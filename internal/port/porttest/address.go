package porttest

import (
	"net/netip"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// wildcard6 is all addresses of this machine, IPv4 too unless V6Only.
var wildcard6 = port.Addr{IP: netip.MustParseAddrPort("[::]:0")}

// checkEnds compares the four addresses of a connection to at.
func (l *loop) checkEnds(c, s *stream, at port.Addr) {
	l.t.Helper()
	cl, err := l.drv.LocalAddr(c.handle)
	l.ok("LocalAddr of the client", err)
	cp, err := l.drv.PeerAddr(c.handle)
	l.ok("PeerAddr of the client", err)
	sl, err := l.drv.LocalAddr(s.handle)
	l.ok("LocalAddr of the server", err)
	sp, err := l.drv.PeerAddr(s.handle)
	l.ok("PeerAddr of the server", err)
	if cp != at || sl != at || cl != sp || !cl.IsValid() || cl == at {
		l.fatalf("connected to %v: the client is %v to %v, the server %v to %v", at, cl, cp, sl, sp)
	}
}

// through connects to addr, where ln listens, and compares the addresses.
func (ln *listener) through(addr port.Addr) {
	ln.l.t.Helper()
	c := ln.l.socket(addr)
	c.dial(addr)
	s := ln.next()
	ln.l.ended("the connect", &c.connect)
	ln.l.ok("connect", c.connect.err)
	ln.l.checkEnds(c, s, addr)
	greet(c, s)
}

// withPort is ip with the port that ln has.
func (ln *listener) withPort(ip string) port.Addr {
	return port.Addr{IP: netip.AddrPortFrom(netip.MustParseAddr(ip), ln.addr.IP.Port())}
}

// addressIP4 connects over IPv4.
func addressIP4(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.serve()
	if ln.addr.IP.Addr() != loopback4.IP.Addr() || ln.addr.IP.Port() == 0 {
		l.fatalf("listening on %v gave %v", loopback4, ln.addr)
	}
	ln.through(ln.addr)
	fresh := l.socket(ln.addr)
	if a, err := l.drv.PeerAddr(fresh.handle); err == nil {
		l.fatalf("a socket that is not connected has the peer %v", a)
	}
}

// addressIP6 connects over IPv6.
func addressIP6(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	if !l.drv.Caps().IPv6 {
		_, err := l.drv.Listen(loopback6, port.ListenOptions{})
		l.is("Listen without IPv6", err, port.ErrNotSupported)
		return
	}
	ln := l.listen(loopback6, port.ListenOptions{})
	ln.start()
	ln.through(ln.addr)
}

// addressDual connects over both to a listener on all addresses. What came over
// IPv4 has IPv4 addresses.
func addressDual(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	if !l.drv.Caps().IPv6 {
		_, err := l.drv.Listen(wildcard6, port.ListenOptions{})
		l.is("Listen without IPv6", err, port.ErrNotSupported)
		return
	}
	ln := l.listen(wildcard6, port.ListenOptions{})
	ln.start()
	ln.through(ln.withPort("127.0.0.1"))
	ln.through(ln.withPort("::1"))

	only := l.listen(wildcard6, port.ListenOptions{V6Only: true})
	only.start()
	only.through(only.withPort("::1"))
	addr := only.withPort("127.0.0.1")
	c := l.socket(addr)
	c.dial(addr)
	l.ended("the connect", &c.connect)
	l.is("connect over IPv4 to V6Only", c.connect.err, port.ErrRefused)
}

// addressInUse listens where somebody listens already, and where the one who
// did has gone and left connections behind.
func addressInUse(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.serve()
	_, err := l.drv.Listen(ln.addr, port.ListenOptions{})
	l.is("Listen twice", err, port.ErrAddrInUse)
	l.checkError(err)
	c, s := ln.pair()
	s.close(port.HowClose)
	ln.close(port.HowClose)
	again := l.listen(ln.addr, port.ListenOptions{})
	again.start()
	greet(again.pair())
	c.read()
	c.finished(0)
}

// addressShared listens twice with ReusePort.
func addressShared(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	shared := port.ListenOptions{ReusePort: true}
	if !l.drv.Caps().ReusePort {
		_, err := l.drv.Listen(loopback4, shared)
		l.is("Listen with ReusePort", err, port.ErrNotSupported)
		return
	}
	a := l.listen(loopback4, shared)
	b := l.listen(a.addr, shared)
	a.start()
	b.start()
	const clients = 64
	for range clients {
		c := a.dial()
		l.ended("the connect", &c.connect)
		l.ok("connect", c.connect.err)
	}
	l.until("everybody to be accepted", func() bool { return len(a.queue)+len(b.queue) == clients })
	if len(a.queue) == 0 || len(b.queue) == 0 {
		l.fatalf("of %d connections %d and %d went to two listeners", clients, len(a.queue), len(b.queue))
	}
}

// addressBad listens where this machine is not, and on nothing.
func addressBad(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	elsewhere := port.Addr{IP: netip.MustParseAddrPort("192.0.2.1:0")}
	_, err := l.drv.Listen(elsewhere, port.ListenOptions{})
	l.is("Listen on another machine's address", err, port.ErrBadAddr)
	for _, call := range []func() error{
		func() error { _, err := l.drv.Listen(port.Addr{}, port.ListenOptions{}); return err },
		func() error { _, err := l.drv.Socket(port.Addr{}); return err },
	} {
		err := call()
		if err == nil {
			l.fatalf("a socket was made for no address")
		}
		l.checkError(err)
	}
}
