//go:build windows

package winsock

import (
	"net/netip"
	"strconv"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// LocalAddr asks the system for the socket's own end.
func (s *Sockets) LocalAddr(h port.Handle) (port.Addr, error) {
	return s.ask("local address", windows.Getsockname, h)
}

// PeerAddr asks the system for the socket's other end.
func (s *Sockets) PeerAddr(h port.Handle) (port.Addr, error) {
	return s.ask("peer address", windows.Getpeername, h)
}

func (s *Sockets) ask(op string, call func(windows.Handle) (windows.Sockaddr, error), h port.Handle) (port.Addr, error) {
	sa, err := call(windows.Handle(h))
	if err != nil {
		return port.Addr{}, s.fail(op, "", err)
	}
	return addrOf(sa), nil
}

// addrOf is sa in the words of the contract. An IPv4 end of a dual-stack socket
// is IPv4.
func addrOf(sa windows.Sockaddr) port.Addr {
	switch sa := sa.(type) {
	case *windows.SockaddrInet4:
		return port.Addr{IP: netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))}
	case *windows.SockaddrInet6:
		ip := netip.AddrFrom16(sa.Addr).Unmap()
		if sa.ZoneId != 0 {
			ip = ip.WithZone(strconv.FormatUint(uint64(sa.ZoneId), 10))
		}
		return port.Addr{IP: netip.AddrPortFrom(ip, uint16(sa.Port))}
	}
	return port.Addr{}
}

// familyOf is the address family of a socket.
func familyOf(h windows.Handle) (int, syscall.Errno) {
	sa, err := windows.Getsockname(h)
	if err != nil {
		return windows.AF_UNSPEC, number(err)
	}
	if _, ok := sa.(*windows.SockaddrInet6); ok {
		return windows.AF_INET6, 0
	}
	return windows.AF_INET, 0
}
