//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// RawAddr is a socket address as package unix takes it. It is storage that a
// caller keeps and reuses.
type RawAddr struct {
	in4  unix.SockaddrInet4
	in6  unix.SockaddrInet6
	path unix.SockaddrUnix
	set  unix.Sockaddr // one of these; nil before Set
}

// Set encodes a. It fails with EAFNOSUPPORT when a is no address, EINVAL when
// a unix path is longer than the kernel takes (unix(4): 103 bytes), EOPNOTSUPP
// when it is an abstract name, which these systems do not have, and ENODEV when
// the zone names no interface.
func (r *RawAddr) Set(a *port.Addr) error {
	ip := a.IP.Addr().Unmap()
	switch {
	case a.IsUnix():
		return r.setUnix(a.Path)
	case ip.Is4():
		r.in4.Addr, r.in4.Port = ip.As4(), int(a.IP.Port())
		r.set = &r.in4
	case ip.Is6():
		scope, err := scopeOf(ip.Zone())
		if err != nil {
			return err
		}
		r.in6.Addr, r.in6.Port, r.in6.ZoneId = ip.As16(), int(a.IP.Port()), scope
		r.set = &r.in6
	default:
		return unix.EAFNOSUPPORT
	}
	return nil
}

func (r *RawAddr) setUnix(path string) error {
	switch {
	case path[0] == '@':
		return unix.EOPNOTSUPP
	case len(path) >= len(unix.RawSockaddrUnix{}.Path):
		return unix.EINVAL
	}
	r.path = unix.SockaddrUnix{Name: path}
	r.set = &r.path
	return nil
}

// Addr decodes r.
func (r *RawAddr) Addr() port.Addr { return addrOf(r.set) }

// addrOf decodes sa. An IPv4 peer of a dual-stack socket is given as IPv4. An
// unnamed unix socket, like a connecting one, is the zero Addr.
func addrOf(sa unix.Sockaddr) port.Addr {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return port.Addr{IP: netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))}
	case *unix.SockaddrInet6:
		ip := netip.AddrFrom16(sa.Addr).Unmap()
		if sa.ZoneId != 0 {
			ip = ip.WithZone(strconv.FormatUint(uint64(sa.ZoneId), 10))
		}
		return port.Addr{IP: netip.AddrPortFrom(ip, uint16(sa.Port))}
	case *unix.SockaddrUnix:
		return port.Addr{Path: sa.Name}
	}
	return port.Addr{}
}
