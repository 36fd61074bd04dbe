package raon

import (
	"net/netip"
	"time"
)

// visitors is what a server knows of the addresses that connect to it: how many
// connections each has, and how much of its burst it has spent. It is bounded.
type visitors struct {
	place map[netip.Addr]int // in all
	all   []visitor
	hand  int // where the next search for one to forget begins
}

// visitor is one address. It is kept while it has connections, and afterwards
// until it has its whole burst again, or until its place is needed.
type visitor struct {
	addr   netip.Addr
	live   int
	spent  time.Duration // of the burst, as the time that it takes to come back
	lastly time.Duration // when spent was right
}

// visitorsMost bounds the addresses, to about 8 MiB. When it is reached, those
// without a connection are forgotten, and with them how fast they came; when there
// are none of these, new addresses are refused.
const visitorsMost = 64 << 10

// forgetLooks is how many are looked at to find one to forget. The next search goes
// on from there.
const forgetLooks = 64

// find is the visitor of an address, a new one if it is not known, and nil when
// there is no room for it. It is valid until the next find or forget.
func (v *visitors) find(addr netip.Addr, now time.Duration) *visitor {
	if i, ok := v.place[addr]; ok {
		return &v.all[i]
	}
	if len(v.all) >= visitorsMost && !v.makeRoom(now) {
		return nil
	}
	if v.place == nil {
		v.place = make(map[netip.Addr]int)
	}
	v.place[addr] = len(v.all)
	v.all = append(v.all, visitor{addr: addr, lastly: now})
	return &v.all[len(v.all)-1]
}

// makeRoom forgets a visitor without connections: of those looked at the one that
// has its burst again soonest. It tells whether there was one.
func (v *visitors) makeRoom(now time.Duration) bool {
	best, soonest := -1, time.Duration(0)
	for range min(forgetLooks, len(v.all)) {
		v.hand = (v.hand + 1) % len(v.all)
		if x := &v.all[v.hand]; x.live == 0 && (best < 0 || x.debt(now) < soonest) {
			best, soonest = v.hand, x.debt(now)
			if soonest == 0 {
				break
			}
		}
	}
	if best >= 0 {
		v.forget(best)
	}
	return best >= 0
}

// forget takes the i-th out; the last one takes its place.
func (v *visitors) forget(i int) {
	last := len(v.all) - 1
	delete(v.place, v.all[i].addr)
	if i != last {
		v.all[i] = v.all[last]
		v.place[v.all[i].addr] = i
	}
	v.all = v.all[:last]
	v.hand = min(v.hand, max(last-1, 0))
}

// settle forgets an address that there is nothing to remember of.
func (v *visitors) settle(addr netip.Addr, now time.Duration) {
	if i, ok := v.place[addr]; ok && v.all[i].live == 0 && v.all[i].debt(now) == 0 {
		v.forget(i)
	}
}

// debt is how long it takes until the whole burst is there again. The clocks of
// workers begin a moment apart; the later one counts.
func (v *visitor) debt(now time.Duration) time.Duration {
	return max(v.spent-max(now-v.lastly, 0), 0)
}

// spend takes a connection that costs each from a burst of so many, if it is there.
func (v *visitor) spend(each time.Duration, burst int, now time.Duration) bool {
	spent := v.debt(now) + each
	if spent > each*time.Duration(burst) {
		return false
	}
	v.spent, v.lastly = spent, max(now, v.lastly)
	return true
}
