package raon

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// gate decides which connections a server lets in: by access lists, by how many
// an address has, and by how fast they come. nil lets everybody in. Any worker.
type gate struct {
	perAddress int // 0: any
	rate       int // per second and address; 0: any
	burst      int
	bits6      int // an IPv6 address counts as its network of so many bits

	access atomic.Pointer[accessList]
	proxy  []netip.Prefix // who has to send a PROXY header; not changed

	mu       sync.Mutex
	visitors map[netip.Addr]visitor

	denied      atomic.Uint64 // by the access lists
	overAddress atomic.Uint64
	overRate    atomic.Uint64
}

// visitor is what the gate knows of one address.
type visitor struct {
	live   int
	spent  time.Duration // of the burst, as the time that it takes to come back
	lastly time.Duration // when spent was right
}

// accessList is what SetAccess sets at once.
type accessList struct{ allow, deny []netip.Prefix }

// visitorsMost bounds the table of addresses. When it is full, those without a
// connection are forgotten, and with them how fast they came; when there are none
// of these, new addresses are refused.
const visitorsMost = 64 << 10

// evictLooks is how many addresses are looked at to find one to forget.
const evictLooks = 64

// The gate's reasons.
var (
	errDenied      = errors.New("address denied")
	errOverAddress = errors.New("too many connections of this address")
	errOverRate    = errors.New("this address connects too often")
)

// newGate makes what the options ask for, nil if that is nothing. Errors: every
// fault at once.
func newGate(o *ServerOptions) (*gate, error) {
	var errs []error
	least := func(name string, v int) {
		if v < 0 {
			errs = append(errs, fmt.Errorf("ServerOptions.%s %d: must not be negative", name, v))
		}
	}
	least("MaxPerAddress", o.MaxPerAddress)
	least("AcceptsPerSecond", o.AcceptsPerSecond)
	least("AcceptBurst", o.AcceptBurst)
	if o.AddressBits6 == 0 {
		o.AddressBits6 = 64
	}
	if o.AddressBits6 < 1 || o.AddressBits6 > 128 {
		errs = append(errs, fmt.Errorf("ServerOptions.AddressBits6 %d: want 1 to 128", o.AddressBits6))
	}
	for name, list := range map[string][]netip.Prefix{"Allow": o.Allow, "Deny": o.Deny, "ProxyFrom": o.ProxyFrom} {
		errs = append(errs, checkPrefixes("ServerOptions."+name, list))
	}
	g := &gate{
		perAddress: o.MaxPerAddress, rate: o.AcceptsPerSecond, burst: max(o.AcceptBurst, o.AcceptsPerSecond, 1),
		bits6: o.AddressBits6, proxy: slices.Clone(o.ProxyFrom), visitors: map[netip.Addr]visitor{},
	}
	g.access.Store(&accessList{slices.Clone(o.Allow), slices.Clone(o.Deny)})
	return g, errors.Join(errs...)
}

func checkPrefixes(name string, list []netip.Prefix) error {
	for _, p := range list {
		if !p.IsValid() {
			return fmt.Errorf("%s: %v is no network", name, p)
		}
	}
	return nil
}

// contains tells whether one of the networks has ip in it.
func contains(list []netip.Prefix, ip netip.Addr) bool {
	for _, p := range list {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// trusts tells whether a connection from addr begins with a PROXY header.
func (g *gate) trusts(addr Addr) bool {
	return len(g.proxy) > 0 && addr.IP.IsValid() && contains(g.proxy, addr.IP.Addr().Unmap())
}

// allows looks at the access lists: what is denied is out, and if anything is
// allowed, everything else is.
func (g *gate) allows(addr Addr) bool {
	if !addr.IP.IsValid() {
		return true // a unix socket has permissions of its own
	}
	list, ip := g.access.Load(), addr.IP.Addr().Unmap()
	return !contains(list.deny, ip) && (len(list.allow) == 0 || contains(list.allow, ip))
}

// enter lets a connection of addr in, or says why not. leave undoes it.
func (g *gate) enter(addr Addr, now time.Duration) error {
	if !g.allows(addr) {
		g.denied.Add(1)
		return errDenied
	}
	if g.perAddress == 0 && g.rate == 0 || !addr.IP.IsValid() {
		return nil
	}
	key := g.key(addr)
	g.mu.Lock()
	defer g.mu.Unlock()
	v, known := g.visitors[key]
	if !known && len(g.visitors) >= visitorsMost && !g.evict() {
		g.overAddress.Add(1)
		return errOverAddress
	}
	if g.perAddress > 0 && v.live >= g.perAddress {
		g.overAddress.Add(1)
		return errOverAddress
	}
	if g.rate > 0 && !g.spend(&v, now) {
		g.overRate.Add(1)
		return errOverRate
	}
	v.live++
	g.visitors[key] = v
	return nil
}

// spend takes one connection from the burst that an address has, if there is one.
func (g *gate) spend(v *visitor, now time.Duration) bool {
	each := time.Second / time.Duration(g.rate)
	v.spent = max(v.spent-max(now-v.lastly, 0), 0)
	v.lastly = now
	if v.spent+each > each*time.Duration(g.burst) {
		return false
	}
	v.spent += each
	return true
}

// leave is the end of a connection that enter let in.
func (g *gate) leave(addr Addr, now time.Duration) {
	if g.perAddress == 0 && g.rate == 0 || !addr.IP.IsValid() {
		return
	}
	key := g.key(addr)
	g.mu.Lock()
	defer g.mu.Unlock()
	v := g.visitors[key]
	v.live--
	if v.live <= 0 && now-v.lastly >= v.spent {
		delete(g.visitors, key)
		return
	}
	g.visitors[key] = v
}

// evict forgets an address without connections. The lock is held.
func (g *gate) evict() bool {
	looks := 0
	for key, v := range g.visitors { // in random order
		if v.live <= 0 {
			delete(g.visitors, key)
			return true
		}
		if looks++; looks == evictLooks {
			break
		}
	}
	return false
}

// key is what an address counts as.
func (g *gate) key(addr Addr) netip.Addr {
	ip := addr.IP.Addr().Unmap().WithZone("")
	if ip.Is4() {
		return ip
	}
	p, _ := ip.Prefix(g.bits6) // 1 to 128 bits of an IPv6 address
	return p.Addr()
}

// SetAccess replaces the server's access lists. A new connection whose address is
// in deny is reset, and if allow is not empty every one that is not in allow.
// Living sessions stay: KickDenied is for them. Any goroutine. Errors: a network
// that is none; ErrNotSupported for a client.
func (s *Service) SetAccess(allow, deny []netip.Prefix) error {
	if s.gate == nil {
		return ErrNotSupported
	}
	err := errors.Join(checkPrefixes("allow", allow), checkPrefixes("deny", deny))
	if err == nil {
		s.gate.access.Store(&accessList{slices.Clone(allow), slices.Clone(deny)})
	}
	return err
}

// KickDenied aborts every session whose address the access lists do not let in
// any more. Any goroutine.
func (s *Service) KickDenied(reason KickReason) {
	if s.gate == nil {
		return
	}
	for _, sh := range s.shares {
		sh.worker.urge(func() {
			for _, x := range sh.members {
				if !s.gate.allows(x.PeerAddr()) {
					x.Abort(reason)
				}
			}
		})
	}
}
