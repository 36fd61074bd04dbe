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
	wants(t, "a new address in a full table", visit(visitorsMost), errNoRoom)
	for i := range visitorsMost / 2 {
		g.leave(at(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)), 0) // stays for its rate
	}
	for i := range 100 {
		wants(t, "a new address in place of one that has gone", visit(visitorsMost+i), nil)
	}
	if n := len(g.visitors.all); n > visitorsMost {
		t.Errorf("%d addresses are kept, want at most %d", n, visitorsMost)
	}
}

func TestGateForgets(t *testing.T) {
	g := testGate(t, ServerOptions{MaxPerAddress: 1, AcceptsPerSecond: 10})
	for i := range 100 {
		wants(t, "enter", g.enter(at("10.0.0.1"), time.Duration(i)*time.Second), nil)
		g.leave(at("10.0.0.1"), time.Duration(i)*time.Second+time.Second/2)
	}
	if n := len(g.visitors.all); n != 0 {
		t.Errorf("%d addresses are kept of nobody", n)
	}
}

func TestGateOptionsReportEveryFault(t *testing.T) {
	_, err := newGate(&ServerOptions{MaxPerAddress: -1, AcceptsPerSecond: -2, AcceptBurst: -3, AddressBits6: 129,
		Allow: []netip.Prefix{{}}, Deny: []netip.Prefix{{}}, ProxyFrom: []netip.Prefix{{}}})
	for _, word := range []string{"MaxPerAddress -1", "AcceptsPerSecond -2", "AcceptBurst -3", "AddressBits6 129", "Allow[0]", "Deny[0]", "ProxyFrom[0]"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%v: does not say %q", err, word)
		}
	}
}

func TestABurstWantsARate(t *testing.T) {
	_, err := newGate(&ServerOptions{AcceptBurst: 3})
	if err == nil || !strings.Contains(err.Error(), "AcceptBurst 3: wants AcceptsPerSecond") {
		t.Errorf("%v", err)
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
		wants(t, name+" a unix socket", g.enter(Addr{Path: "/run/x"}, 0), nil)
	}
}

func TestNetworksAreFoundInEveryForm(t *testing.T) {
	list := func(texts ...string) (out []netip.Prefix) {
		for _, s := range texts {
			out = append(out, netip.MustParsePrefix(s))
		}
		return out
	}
	n, err := newNetworkSet("Deny", list("::ffff:10.1.0.0/112", "192.0.2.77/24", "fe80::/10", "2001:db8::1/128", "0.0.0.0/32"))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.0": false, // a mapped network is one of IPv4
		"192.0.2.1": true, "192.0.3.1": false, // bits of the host say nothing
		"fe80::1%eth0": true, "fe80::1": true, // a zone is no way around it
		"2001:db8::1": true, "2001:db8::2": false, "0.0.0.0": true, "::": false,
	} {
		if got := n.contains(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	if _, err := newNetworkSet("Deny", append(list("10.0.0.0/8", "::ffff:0.0.0.0/95"), netip.Prefix{})); err == nil ||
		!strings.Contains(err.Error(), "Deny[1]") || !strings.Contains(err.Error(), "Deny[2]") {
		t.Errorf("%v: want both faults", err)
	}
	all, err := newNetworkSet("Allow", list("0.0.0.0/0"))
	wants(t, "all of IPv4", err, nil)
	if !all.contains(netip.MustParseAddr("::ffff:1.2.3.4")) || all.contains(netip.MustParseAddr("::1")) {
		t.Error("all of IPv4 is not that")
	}
}

// TestBurstMayBeSmallerThanTheRate spaces an address's connections evenly.
func TestBurstMayBeSmallerThanTheRate(t *testing.T) {
	g := testGate(t, ServerOptions{AcceptsPerSecond: 10, AcceptBurst: 1})
	in := 0
	for i := range 100 {
		if g.enter(at("10.0.0.1"), time.Duration(i)*10*time.Millisecond) == nil {
			in++
		}
	}
	if in != 10 {
		t.Errorf("%d came in within a second, want one in each of ten tenths", in)
	}
	most := testGate(t, ServerOptions{AcceptsPerSecond: 1, AcceptBurst: acceptsMost})
	wants(t, "the first of a large burst", most.enter(at("10.0.0.1"), 0), nil)
}

// TestGateOfWorkersWhoseClocksDiffer: whose clock is behind gives nobody a burst.
func TestGateOfWorkersWhoseClocksDiffer(t *testing.T) {
	g := testGate(t, ServerOptions{AcceptsPerSecond: 1})
	in := 0
	for i := range 1000 {
		now := time.Minute + time.Duration(i)*time.Microsecond
		if i%2 == 0 {
			now -= 30 * time.Second
		}
		if g.enter(at("10.0.0.1"), now) == nil {
			in++
		}
	}
	if in > 2 {
		t.Errorf("%d came in within a millisecond, want one, and one more for the first look at the later clock", in)
	}
}

// TestWhoWaitsPaysOnce: a connection that found no session and is offered again has
// not spent anything in between.
func TestWhoWaitsPaysOnce(t *testing.T) {
	g := testGate(t, ServerOptions{MaxPerAddress: 1, AcceptsPerSecond: 1})
	for range 10 {
		wants(t, "an offer", g.enter(at("10.0.0.1"), 0), nil)
		g.undo(at("10.0.0.1"), 0)
	}
	if n := len(g.visitors.all); n != 0 {
		t.Errorf("%d addresses are kept of nobody", n)
	}
	wants(t, "the last one", g.enter(at("10.0.0.1"), 0), nil)
	g.leave(at("10.0.0.1"), 0)
	wants(t, "another", g.enter(at("10.0.0.1"), 0), errOverRate)
}

// TestGateForgetsWhoOwesLeast fills the table with addresses that have just come
// and one that has its burst again: that one goes.
func TestGateForgetsWhoOwesLeast(t *testing.T) {
	var v visitors
	number := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}) }
	const rested = forgetLooks / 2
	for i := range visitorsMost {
		x := v.find(number(i), 0)
		x.live = 0
		if x.spend(time.Second, 10, 0); i == rested {
			x.spent = 0
		}
	}
	if v.find(number(visitorsMost), 0) == nil {
		t.Fatal("no room, though nobody has a connection")
	}
	if _, kept := v.place[number(rested)]; kept || len(v.all) != visitorsMost {
		t.Errorf("kept the one that had nothing to remember; %d in all", len(v.all))
	}
	for i := range v.all { // who has a connection is never forgotten
		v.all[i].live = 1
	}
	v.all[visitorsMost/3].live = 0
	looks := 0
	for ; v.find(number(visitorsMost+1), 0) == nil; looks++ {
		if looks > visitorsMost/forgetLooks {
			t.Fatal("the one without a connection is not found")
		}
	}
	for i, x := range v.all {
		if v.place[x.addr] != i {
			t.Fatalf("%v is at %d, and said to be at %d", x.addr, i, v.place[x.addr])
		}
	}
}

func TestRefusalsAreLoggedOncePerSecond(t *testing.T) {
	g := testGate(t, ServerOptions{})
	lines := 0
	for ms := range 10_000 {
		if g.mayLog(time.Duration(ms) * time.Millisecond) {
			lines++
		}
	}
	if lines != 10 {
		t.Errorf("%d lines in 10 s", lines)
	}
}
