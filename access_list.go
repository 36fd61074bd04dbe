package raon

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// networkSet is a set of networks that is asked for single addresses: one look-up
// for each length of prefix that occurs, however many networks there are. It does
// not change once made.
type networkSet struct {
	set   map[netip.Prefix]struct{}
	bits4 []int // lengths that occur
	bits6 []int
}

// newNetworkSet makes a set of the networks of the list called name. Errors: every
// entry that is no network.
func newNetworkSet(name string, list []netip.Prefix) (networkSet, error) {
	n := networkSet{set: make(map[netip.Prefix]struct{}, len(list))}
	var errs []error
	for i, p := range list {
		p, ok := plainNetwork(p)
		if !ok {
			errs = append(errs, fmt.Errorf("%s[%d]: %v is no network", name, i, list[i]))
			continue
		}
		n.set[p] = struct{}{}
		lengths := &n.bits6
		if p.Addr().Is4() {
			lengths = &n.bits4
		}
		if !slices.Contains(*lengths, p.Bits()) {
			*lengths = append(*lengths, p.Bits())
		}
	}
	return n, errors.Join(errs...)
}

// plainNetwork writes a network of IPv4-mapped IPv6 addresses as one of IPv4, and
// drops the bits of the host. One that is wider than all mapped addresses has no
// such form.
func plainNetwork(p netip.Prefix) (plain netip.Prefix, ok bool) {
	const mapped = 96
	if p.Addr().Is4In6() {
		if p.Bits() < mapped {
			return p, false
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mapped)
	}
	return p.Masked(), p.IsValid()
}

// plainAddr is an address as networks have it: IPv4 where it is IPv4, and without
// a zone, with which netip.Prefix.Contains would never find it.
func plainAddr(ip netip.Addr) netip.Addr { return ip.Unmap().WithZone("") }

// contains tells whether one of the networks has ip in it.
func (n *networkSet) contains(ip netip.Addr) bool {
	ip = plainAddr(ip)
	lengths := n.bits6
	if ip.Is4() {
		lengths = n.bits4
	}
	for _, bits := range lengths {
		p, _ := ip.Prefix(bits) // a length of the address's own family
		if _, ok := n.set[p]; ok {
			return true
		}
	}
	return false
}

// empty tells whether there is no network in it.
func (n *networkSet) empty() bool { return len(n.set) == 0 }

// accessList is what SetAccess sets at once.
type accessList struct{ allow, deny networkSet }

func newAccessList(of string, allow, deny []netip.Prefix) (*accessList, error) {
	a, allowErr := newNetworkSet(of+"Allow", allow)
	d, denyErr := newNetworkSet(of+"Deny", deny)
	return &accessList{a, d}, errors.Join(allowErr, denyErr)
}

// admits tells whether the lists let an address in: what is denied is out, and if
// anything is allowed, everything else is. A unix socket has permissions of its own.
func (l *accessList) admits(addr Addr) bool {
	if !addr.IP.IsValid() {
		return true
	}
	ip := addr.IP.Addr()
	return !l.deny.contains(ip) && (l.allow.empty() || l.allow.contains(ip))
}

// SetAccess replaces the server's access lists: deny wins, and if allow is not
// empty, who is not in it is out too. It holds for connections that come from now
// on; living ones stay unless KickDenied follows. Connections over unix sockets are
// not subject to it. However long the lists, a connection costs one look-up for
// each length of prefix in them. Any goroutine. Errors: every entry that is no
// network, and nothing has changed then; ErrNotSupported for a service that does
// not listen.
func (s *Service) SetAccess(allow, deny []netip.Prefix) error {
	if s.gate == nil {
		return ErrNotSupported
	}
	list, err := newAccessList("SetAccess: ", allow, deny)
	if err == nil {
		s.gate.access.Store(list)
	}
	return err
}

// KickDenied aborts with reason every session whose client's address the access
// lists do not let in any more. It returns before they have ended. A connection
// that a proxy made for itself stays. Any goroutine.
func (s *Service) KickDenied(reason KickReason) {
	if s.gate == nil {
		return
	}
	for _, sh := range s.shares {
		sh.worker.urge(func() {
			list := s.gate.access.Load()
			for _, x := range sh.members {
				if x.has(flagGated) && !list.admits(x.PeerAddr()) {
					x.Abort(reason)
				}
			}
		})
	}
}
