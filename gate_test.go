package raon

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func testGate(t *testing.T, o ServerOptions) *gate {
	t.Helper()
	g, err := newGate(&o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func at(s string) Addr { return Addr{IP: netip.AddrPortFrom(netip.MustParseAddr(s), 1000)} }

func wants(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s gave %v, want %v", what, got, want)
	}
}

func TestGateCountsPerAddress(t *testing.T) {
	g := testGate(t, ServerOptions{MaxPerAddress: 2})
	for _, a := range []string{"10.0.0.1", "::ffff:10.0.0.1"} { // one address in two forms
		wants(t, a, g.enter(at(a), 0), nil)
	}
	wants(t, "a third", g.enter(at("10.0.0.1"), 0), errOverAddress)
	wants(t, "another address", g.enter(at("10.0.0.2"), 0), nil)
	g.leave(at("10.0.0.1"), 0)
	wants(t, "after one has left", g.enter(at("10.0.0.1"), 0), nil)
	if n := g.overAddress.Load(); n != 1 {
		t.Errorf("%d counted", n)
	}
}

func TestGateCountsIPv6ByNetwork(t *testing.T) {
	g := testGate(t, ServerOptions{MaxPerAddress: 1})
	wants(t, "the first", g.enter(at("2001:db8:0:1::1"), 0), nil)
	wants(t, "its neighbour", g.enter(at("2001:db8:0:1::2"), 0), errOverAddress)
	wants(t, "another network", g.enter(at("2001:db8:0:2::1"), 0), nil)
	exact := testGate(t, ServerOptions{MaxPerAddress: 1, AddressBits6: 128})
	wants(t, "the first", exact.enter(at("2001:db8:0:1::1"), 0), nil)
	wants(t, "its neighbour", exact.enter(at("2001:db8:0:1::2"), 0), nil)
}

// TestGateRate offers 100 connections per second for 10 s where 5 may come, and
// twice that at once after a pause.
func TestGateRate(t *testing.T) {
	g := testGate(t, ServerOptions{AcceptsPerSecond: 5, AcceptBurst: 10})
	in := 0
	for i := range 1000 {
		now := time.Duration(i) * 10 * time.Millisecond
		if g.enter(at("10.0.0.1"), now) == nil {
			in++
			g.leave(at("10.0.0.1"), now)
		}
	}
	if in < 10+5*9 || in > 10+5*10 {
		t.Errorf("%d of 1000 came in, want a burst of 10 and 5 in each of 10 s", in)
	}
	burst := 0
	for range 100 {
		if g.enter(at("10.0.0.1"), time.Hour) == nil {
			burst++
		}
	}
	if burst != 10 {
		t.Errorf("%d came in at once, want 10", burst)
	}
	wants(t, "another address", g.enter(at("10.0.0.2"), time.Hour), nil)
}

// TestGateIsBounded lets in more addresses than there is room for.
func TestGateIsBounded(t *testing.T) {
	g := testGate(t, ServerOptions{MaxPerAddress: 1, AcceptsPerSecond: 1})
	visit := func(i int) error {
		return g.enter(at(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)), 0)
	}
	for i := range visitorsMost {
		wants(t, "a new address", visit(i), nil)
	}
	wants(t, "a new address in a full table", visit(visitorsMost), errOverAddress)
	for i := range visitorsMost / 2 {
		g.leave(at(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)), 0) // stays for its rate
	}
	for i := range 100 {
		wants(t, "a new address in place of one that has gone", visit(visitorsMost+i), nil)
	}
	if n := len(g.visitors); n > visitorsMost {
		t.Errorf("%d addresses are kept, want at most %d", n, visitorsMost)
	}
}

func TestGateForgets(t *testing.T) {
	g := testGate(t, ServerOptions{MaxPerAddress: 1, AcceptsPerSecond: 10})
	for i := range 100 {
		wants(t, "enter", g.enter(at("10.0.0.1"), time.Duration(i)*time.Second), nil)
		g.leave(at("10.0.0.1"), time.Duration(i)*time.Second+time.Second/2)
	}
	if n := len(g.visitors); n != 0 {
		t.Errorf("%d addresses are kept of nobody", n)
	}
}

func TestGateOptionsReportEveryFault(t *testing.T) {
	_, err := newGate(&ServerOptions{MaxPerAddress: -1, AcceptsPerSecond: -2, AcceptBurst: -3, AddressBits6: 129,
		Allow: []netip.Prefix{{}}, Deny: []netip.Prefix{{}}, ProxyFrom: []netip.Prefix{{}}})
	for _, word := range []string{"MaxPerAddress -1", "AcceptsPerSecond -2", "AcceptBurst -3", "AddressBits6 129", "Allow", "Deny", "ProxyFrom"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%v: does not say %q", err, word)
		}
	}
}

func TestAccessLists(t *testing.T) {
	net10, host := netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("10.0.0.7/32")
	for name, c := range map[string]struct {
		allow, deny []netip.Prefix
		in, out     []string
	}{
		"nothing": {nil, nil, []string{"10.0.0.7", "::1"}, nil},
		"deny":    {nil, []netip.Prefix{host}, []string{"10.0.0.8", "::1"}, []string{"10.0.0.7", "::ffff:10.0.0.7"}},
		"allow":   {[]netip.Prefix{net10}, nil, []string{"10.1.2.3", "::ffff:10.1.2.3"}, []string{"11.0.0.1", "::1"}},
		"both":    {[]netip.Prefix{net10}, []netip.Prefix{host}, []string{"10.0.0.8"}, []string{"10.0.0.7", "11.0.0.1"}},
	} {
		g := testGate(t, ServerOptions{Allow: c.allow, Deny: c.deny})
		for _, a := range c.in {
			wants(t, name+" "+a, g.enter(at(a), 0), nil)
		}
		for _, a := range c.out {
			wants(t, name+" "+a, g.enter(at(a), 0), errDenied)
		}
		if !g.allows(Addr{Path: "/run/x"}) {
			t.Errorf("%s: a unix socket was refused", name)
		}
	}
}
