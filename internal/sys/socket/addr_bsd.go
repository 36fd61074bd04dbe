//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// RawAddr is a socket address as the calls of these systems take it.
type RawAddr struct{ sockaddr unix.Sockaddr }

// Set encodes a. It fails with EAFNOSUPPORT when a is no address, and ENODEV
// when the zone names no interface. What a unix path may not be, the call tells.
func (r *RawAddr) Set(a *port.Addr) error {
	ip := a.IP.Addr().Unmap()
	switch {
	case a.IsUnix():
		r.sockaddr = &unix.SockaddrUnix{Name: a.Path}
	case ip.Is4():
		r.sockaddr = &unix.SockaddrInet4{Port: int(a.IP.Port()), Addr: ip.As4()}
	case ip.Is6():
		scope, err := scopeOf(ip.Zone())
		if err != nil {
			return err
		}
		r.sockaddr = &unix.SockaddrInet6{Port: int(a.IP.Port()), ZoneId: scope, Addr: ip.As16()}
	default:
		return unix.EAFNOSUPPORT
	}
	return nil
}

// Addr decodes r. An IPv4 peer of a dual-stack socket is given as IPv4. An
// unnamed unix socket, like a connecting one, is the zero Addr.
func (r *RawAddr) Addr() port.Addr {
	switch sa := r.sockaddr.(type) {
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
