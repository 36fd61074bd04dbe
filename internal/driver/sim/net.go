package sim

import (
	"net/netip"

	"github.com/raon-engine/raon/internal/port"
)

// The ports that the network hands out, as ip_local_port_range in Linux.
const (
	firstEphemeral = 32768
	lastEphemeral  = 60999
)

// network knows who listens where.
type network struct {
	byPort   map[uint16][]*listener
	byPath   map[string]*listener
	nextPort uint16 // to hand out
	links    int    // connections of which an end is left
}

// canonical is a, with an IPv4 address inside an IPv6 one taken out of it.
func canonical(a port.Addr) port.Addr {
	if ip := a.IP.Addr(); ip.Is4In6() {
		a.IP = netip.AddrPortFrom(ip.Unmap(), a.IP.Port())
	}
	return a
}

// ephemeral is a port that nobody listens on, 0 when there is none.
func (n *network) ephemeral() uint16 {
	for range lastEphemeral - firstEphemeral + 1 {
		number := n.nextPort
		if n.nextPort++; n.nextPort > lastEphemeral {
			n.nextPort = firstEphemeral
		}
		if len(n.byPort[number]) == 0 {
			return number
		}
	}
	return 0
}

// source is the local address of a socket that connects to a.
func (n *network) source(a port.Addr) port.Addr {
	if a.IsUnix() {
		return port.Addr{} // unnamed
	}
	ip := a.IP.Addr()
	switch {
	case ip.Is4() && (ip.IsLoopback() || ip.IsUnspecified()):
		ip = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case ip.IsUnspecified():
		ip = netip.IPv6Loopback()
	}
	return port.Addr{IP: netip.AddrPortFrom(ip, n.ephemeral())}
}

// bind puts l where it is to listen. The outcome is nil or one of package port.
func (n *network) bind(l *listener) (outcome error) {
	if l.addr.IsUnix() {
		return n.bindPath(l)
	}
	if isSilent(l.addr) || isUnreachable(l.addr) {
		return port.ErrBadAddr
	}
	number := l.addr.IP.Port()
	if number == 0 {
		if number = n.ephemeral(); number == 0 {
			return port.ErrAddrInUse
		}
		l.addr.IP = netip.AddrPortFrom(l.addr.IP.Addr(), number)
	}
	for _, other := range n.byPort[number] {
		if l.excludes(other) {
			return port.ErrAddrInUse
		}
	}
	if n.byPort == nil {
		n.byPort = make(map[uint16][]*listener)
	}
	n.byPort[number] = append(n.byPort[number], l)
	return nil
}

func (n *network) bindPath(l *listener) (outcome error) {
	switch {
	case l.options[port.OptReusePort] != 0:
		return port.ErrNotSupported
	case n.byPath[l.addr.Path] != nil:
		return port.ErrAddrInUse
	case n.byPath == nil:
		n.byPath = make(map[string]*listener)
	}
	n.byPath[l.addr.Path] = l
	return nil
}

// unbind undoes bind.
func (n *network) unbind(l *listener) {
	if l.addr.IsUnix() {
		delete(n.byPath, l.addr.Path)
		return
	}
	number := l.addr.IP.Port()
	have := n.byPort[number]
	for i, other := range have {
		if other == l {
			n.byPort[number] = append(have[:i], have[i+1:]...)
			return
		}
	}
}

// find is the listener that answers at a, nil if none does: the one that names
// a most closely, any one if several share that place.
func (n *network) find(d *dice, a port.Addr) *listener {
	if a.IsUnix() {
		return n.byPath[a.Path]
	}
	ip := a.IP.Addr()
	if ip.IsUnspecified() {
		ip = n.source(a).IP.Addr()
	}
	best, ties := 0, 0
	var found *listener
	for _, l := range n.byPort[a.IP.Port()] {
		switch match := l.match(ip); {
		case match == 0 || match < best:
		case match > best:
			best, ties, found = match, 1, l
		default:
			if ties++; d.below(ties) == 0 {
				found = l
			}
		}
	}
	return found
}
