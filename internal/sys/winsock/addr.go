//go:build windows

package winsock

import (
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// RawAddr is a socket address in the system's own shape. It is storage that a
// caller keeps and reuses: a call reads or fills it by pointer.
type RawAddr struct {
	Any windows.RawSockaddrAny
	Len int32
}

// Clear makes r ready to be filled by the system.
func (r *RawAddr) Clear() { r.Len = int32(unsafe.Sizeof(r.Any)) }

// Set encodes a. It fails with WSAEAFNOSUPPORT when a is no IP address, and with
// WSAEADDRNOTAVAIL when the zone names no interface.
func (r *RawAddr) Set(a *port.Addr) error {
	ip := a.IP.Addr().Unmap()
	switch {
	case a.IsUnix():
	case ip.Is4():
		r.set4(ip.As4(), a.IP.Port())
		return nil
	case ip.Is6():
		scope, errno := scopeOf(ip.Zone())
		if errno != 0 {
			return errno
		}
		r.set6(ip.As16(), a.IP.Port(), scope)
		return nil
	}
	return syscall.Errno(windows.WSAEAFNOSUPPORT)
}

func (r *RawAddr) set4(ip [4]byte, number uint16) {
	sa := (*windows.RawSockaddrInet4)(unsafe.Pointer(&r.Any))
	*sa = windows.RawSockaddrInet4{Family: windows.AF_INET, Port: swapped(number), Addr: ip}
	r.Len = int32(unsafe.Sizeof(*sa))
}

func (r *RawAddr) set6(ip [16]byte, number uint16, scope uint32) {
	sa := (*windows.RawSockaddrInet6)(unsafe.Pointer(&r.Any))
	*sa = windows.RawSockaddrInet6{Family: windows.AF_INET6, Port: swapped(number), Addr: ip, Scope_id: scope}
	r.Len = int32(unsafe.Sizeof(*sa))
}

// wildcard encodes every address of a family, and a port that the system
// chooses.
func (r *RawAddr) wildcard(family uint16) {
	if family == windows.AF_INET6 {
		r.set6([16]byte{}, 0, 0)
		return
	}
	r.set4([4]byte{}, 0)
}

// Addr decodes r. An IPv4 peer of a dual-stack socket is given as IPv4.
func (r *RawAddr) Addr() port.Addr {
	switch r.Any.Addr.Family {
	case windows.AF_INET:
		sa := (*windows.RawSockaddrInet4)(unsafe.Pointer(&r.Any))
		return port.Addr{IP: netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), swapped(sa.Port))}
	case windows.AF_INET6:
		sa := (*windows.RawSockaddrInet6)(unsafe.Pointer(&r.Any))
		ip := netip.AddrFrom16(sa.Addr).Unmap()
		if sa.Scope_id != 0 {
			ip = ip.WithZone(strconv.FormatUint(uint64(sa.Scope_id), 10))
		}
		return port.Addr{IP: netip.AddrPortFrom(ip, swapped(sa.Port))}
	}
	return port.Addr{}
}

// swapped turns a port number between host and network byte order.
func swapped(number uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&number))
	return uint16(b[0])<<8 | uint16(b[1])
}

// scopeOf is the interface index for a zone, a number or an interface's name.
func scopeOf(zone string) (uint32, syscall.Errno) {
	if zone == "" {
		return 0, 0
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n), 0
	}
	dev, err := net.InterfaceByName(zone)
	if err != nil {
		return 0, windows.WSAEADDRNOTAVAIL
	}
	return uint32(dev.Index), 0
}

// family is the address family that a belongs to, AF_UNSPEC when none.
func family(a port.Addr) int32 {
	ip := a.IP.Addr().Unmap()
	switch {
	case a.IsUnix():
		return windows.AF_UNIX
	case ip.Is4():
		return windows.AF_INET
	case ip.Is6():
		return windows.AF_INET6
	}
	return windows.AF_UNSPEC
}
