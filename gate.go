package raon

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// gate decides which connections a server lets in: by access lists, by how many
// an address has, and by how fast they come. It is asked before a connection takes
// a session, so that those who are refused keep nobody out. Any worker.
type gate struct {
	perAddress int           // 0: any
	each       time.Duration // between an address's connections; 0: none
	burst      int
	bits6      int // an IPv6 address counts as its network of so many bits

	access atomic.Pointer[accessList]
	proxy  networkSet // who has to send a PROXY header

	mu       sync.Mutex // held for some look-ups, per connection and not per packet
	visitors visitors

	denied      atomic.Uint64 // by the access lists
	overAddress atomic.Uint64
	overRate    atomic.Uint64

	logged atomic.Int64 // when the next refusal may be logged
}

// acceptsMost bounds AcceptsPerSecond and AcceptBurst.
const acceptsMost = 1_000_000

// The gate's reasons.
var (
	errDenied      = errors.New("address denied")
	errOverAddress = errors.New("too many connections of this address")
	errNoRoom      = errors.New("too many addresses to remember another one")
	errOverRate    = errors.New("this address connects too often")
)

// newGate makes what the options ask for. Errors: every fault at once.
func newGate(o *ServerOptions) (*gate, error) {
	var errs []error
	bound := func(name string, v *int, def, least, most int) {
		if *v == 0 {
			*v = def
		}
		if *v < least || *v > most {
			errs = append(errs, fmt.Errorf("ServerOptions.%s %d: want %d to %d", name, *v, least, most))
		}
	}
	bound("MaxPerAddress", &o.MaxPerAddress, 0, 0, maxPool)
	bound("AcceptsPerSecond", &o.AcceptsPerSecond, 0, 0, acceptsMost)
	if o.AcceptBurst > 0 && o.AcceptsPerSecond == 0 {
		errs = append(errs, fmt.Errorf("ServerOptions.AcceptBurst %d: wants AcceptsPerSecond", o.AcceptBurst))
	}
	bound("AcceptBurst", &o.AcceptBurst, max(o.AcceptsPerSecond, 1), 1, acceptsMost)
	bound("AddressBits6", &o.AddressBits6, 64, 1, 128)
	list, err := newAccessList("ServerOptions.", o.Allow, o.Deny)
	proxy, proxyErr := newNetworkSet("ServerOptions.ProxyFrom", o.ProxyFrom)
	g := &gate{perAddress: o.MaxPerAddress, burst: o.AcceptBurst, bits6: o.AddressBits6, proxy: proxy}
	if o.AcceptsPerSecond > 0 {
		g.each = time.Second / time.Duration(o.AcceptsPerSecond)
	}
	g.access.Store(list)
	return g, errors.Join(append(errs, err, proxyErr)...)
}

// trusts tells whether a connection from addr begins with a PROXY header.
func (g *gate) trusts(addr Addr) bool {
	return !g.proxy.empty() && addr.IP.IsValid() && g.proxy.contains(addr.IP.Addr())
}

// counts tells whether connections of addr are counted.
func (g *gate) counts(addr Addr) bool {
	return (g.perAddress > 0 || g.each > 0) && addr.IP.IsValid()
}

// enter lets a connection of addr in, or says why not. leave ends it.
func (g *gate) enter(addr Addr, now time.Duration) error {
	if !g.access.Load().admits(addr) {
		g.denied.Add(1)
		return errDenied
	}
	if !g.counts(addr) {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	v := g.visitors.find(g.key(addr), now)
	switch {
	case v == nil:
		g.overAddress.Add(1)
		return errNoRoom
	case g.perAddress > 0 && v.live >= g.perAddress:
		g.overAddress.Add(1)
		return errOverAddress
	case g.each > 0 && !v.spend(g.each, g.burst, now):
		g.overRate.Add(1)
		return errOverRate
	}
	v.live++
	return nil
}

// leave is the end of a connection that enter let in.
func (g *gate) leave(addr Addr, now time.Duration) { g.giveBack(addr, 0, now) }

// undo takes back an enter that nothing came of: the connection asks again later.
func (g *gate) undo(addr Addr, now time.Duration) { g.giveBack(addr, g.each, now) }

func (g *gate) giveBack(addr Addr, cost, now time.Duration) {
	if !g.counts(addr) {
		return
	}
	key := g.key(addr)
	g.mu.Lock()
	defer g.mu.Unlock()
	v := g.visitors.find(key, now) // it has a connection, so it is there
	v.live--
	v.spent = max(v.spent-cost, 0)
	g.visitors.settle(key, now)
}

// key is what an address counts as.
func (g *gate) key(addr Addr) netip.Addr {
	ip := plainAddr(addr.IP.Addr())
	if ip.Is4() {
		return ip
	}
	p, _ := ip.Prefix(g.bits6) // 1 to 128 bits of an IPv6 address
	return p.Addr()
}

// mayLog tells whether a refusal may be logged: once per second, over all workers.
func (g *gate) mayLog(now time.Duration) bool {
	next := g.logged.Load()
	return int64(now) >= next && g.logged.CompareAndSwap(next, int64(now+time.Second))
}

// refusedAtGate logs that a connection was refused, not more than once per second.
func (s *Service) refusedAtGate(addr Addr, cause error, now time.Duration) {
	if g := s.gate; g.mayLog(now) {
		s.log.Warn("raon: connections refused", "last", addr.String(), "cause", cause,
			"denied", g.denied.Load(), "over_address", g.overAddress.Load(), "over_rate", g.overRate.Load())
	}
}
