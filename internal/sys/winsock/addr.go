//go:build windows

package winsock

import (
	"net"
	"strconv"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// RawAddr is a socket address in the system's own shape. It is storage that a
// caller keeps and reuses: a system call reads or fills it by pointer.
type RawAddr struct {
	any windows.RawSockaddrAny
	len int32
}

// Set encodes a. It fails with WSAEAFNOSUPPORT when a is no IP address, and
// WSAEADDRNOTAVAIL when the zone names no interface.
func (r *RawAddr) Set(a *port.Addr) error {
	ip := a.IP.Addr().Unmap()
	switch {
	case ip.Is4():
		sa := (*windows.RawSockaddrInet4)(unsafe.Pointer(&r.any))
		*sa = windows.RawSockaddrInet4{Family: windows.AF_INET, Port: swapped(a.IP.Port()), Addr: ip.As4()}
		r.len = int32(unsafe.Sizeof(*sa))
	case ip.Is6():
		scope, err := scopeOf(ip.Zone())
		if err != nil {
			return err
		}
		sa := (*windows.RawSockaddrInet6)(unsafe.Pointer(&r.any))
		*sa = windows.RawSockaddrInet6{Family: windows.AF_INET6, Port: swapped(a.IP.Port()), Addr: ip.As16(), Scope_id: scope}
		r.len = int32(unsafe.Sizeof(*sa))
	default:
		return windows.WSAEAFNOSUPPORT
	}
	return nil
}

func (r *RawAddr) family() uint16 { return r.any.Addr.Family }

// swapped turns a port number between host and network byte order.
func swapped(number uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&number))
	return uint16(b[0])<<8 | uint16(b[1])
}

// scopeOf is the interface index for a zone, a number or an interface's name.
func scopeOf(zone string) (uint32, error) {
	if zone == "" {
		return 0, nil
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n), nil
	}
	dev, err := net.InterfaceByName(zone)
	if err != nil {
		return 0, windows.WSAEADDRNOTAVAIL
	}
	return uint32(dev.Index), nil
}

// family is the address family that a belongs to, AF_UNSPEC when none that
// there is here.
func family(a port.Addr) int {
	switch ip := a.IP.Addr().Unmap(); {
	case a.IsUnix():
		return windows.AF_UNSPEC
	case ip.Is4():
		return windows.AF_INET
	case ip.Is6():
		return windows.AF_INET6
	}
	return windows.AF_UNSPEC
}
