package sim

import (
	"net/netip"

	"github.com/raon-engine/raon/internal/port"
)

const (
	defaultBacklog = 1024
	maxBacklog     = 4096 // as somaxconn in Linux
)

// listener is a place that can be connected to.
type listener struct {
	resourceBase
	options options
	addr    port.Addr
	backlog int
	queue   fifo[*stream] // connected and not accepted
	waiters fifo[*stream] // connecting, for want of room in queue
}

// full tells whether a connect has to wait.
func (l *listener) full() bool { return l.queue.len() >= l.backlog }

func (l *listener) readable() bool { return l.queue.len() > 0 }

// admit connects client, for which queue has room.
func (l *listener) admit(client *stream) {
	l.queue.push(l.world.join(client, l))
	client.dialed(nil)
	l.wake(port.LaneRead)
}

// next is the first connection that is not dead yet, nil when there is none.
func (l *listener) next() *stream {
	for l.queue.len() > 0 {
		s := l.queue.pop()
		if l.waiters.len() > 0 {
			l.admit(l.waiters.pop())
		}
		if s.state == streamOpen {
			return s
		}
		s.close(true)
	}
	return nil
}

// close refuses those who wait and resets those who were not accepted.
func (l *listener) close(bool) {
	l.world.net.unbind(l)
	for l.waiters.len() > 0 {
		l.waiters.pop().dialed(port.ErrRefused)
	}
	for l.queue.len() > 0 {
		l.queue.pop().close(true)
	}
}

// How closely a listener names an address.
const (
	matchDual     = iota + 1 // IPv4 by a listener on all of IPv6
	matchWildcard            // all of the family
	matchExact
)

// match tells whether l answers at ip: 0 is no.
func (l *listener) match(ip netip.Addr) int {
	own := l.addr.IP.Addr()
	switch {
	case own == ip:
		return matchExact
	case !own.IsUnspecified():
		return 0
	case own.Is4() == ip.Is4():
		return matchWildcard
	case own.Is6() && l.options[port.OptV6Only] == 0:
		return matchDual
	}
	return 0
}

// excludes tells whether l cannot have its address while other, on the same
// port, has its own.
func (l *listener) excludes(other *listener) bool {
	if l.options[port.OptReusePort] != 0 && other.options[port.OptReusePort] != 0 {
		return false
	}
	return l.match(other.addr.IP.Addr()) != 0 || other.match(l.addr.IP.Addr()) != 0
}
