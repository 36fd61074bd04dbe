//go:build linux

package socket

import (
	"bytes"
	"net/netip"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// RawAddr is a socket address in the kernel's own shape. It is storage that a
// caller keeps and reuses: a system call reads or fills it by pointer.
type RawAddr struct {
	Any unix.RawSockaddrAny
	Len uint32
}

// Clear makes r ready to be filled by the kernel.
func (r *RawAddr) Clear() { r.Len = uint32(unsafe.Sizeof(r.Any)) }

// Set encodes a. It fails with EAFNOSUPPORT when a is no address, EINVAL when
// a unix path is longer than the kernel takes (unix(7): 107 bytes), and ENODEV
// when the zone names no interface.
func (r *RawAddr) Set(a *port.Addr) error {
	ip := a.IP.Addr().Unmap()
	switch {
	case a.IsUnix():
		return r.setUnix(a.Path)
	case ip.Is4():
		r.set4(ip.As4(), a.IP.Port())
	case ip.Is6():
		return r.set6(ip, a.IP.Port())
	default:
		return unix.EAFNOSUPPORT
	}
	return nil
}

func (r *RawAddr) set4(ip [4]byte, number uint16) {
	sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(&r.Any))
	*sa = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: swapped(number), Addr: ip}
	r.Len = unix.SizeofSockaddrInet4
}

func (r *RawAddr) set6(ip netip.Addr, number uint16) error {
	scope, err := scopeOf(ip.Zone())
	if err != nil {
		return err
	}
	sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(&r.Any))
	*sa = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: swapped(number), Addr: ip.As16(), Scope_id: scope}
	r.Len = unix.SizeofSockaddrInet6
	return nil
}

// setUnix encodes a path. A leading @ is an abstract name, unix(7).
func (r *RawAddr) setUnix(path string) error {
	sa := (*unix.RawSockaddrUnix)(unsafe.Pointer(&r.Any))
	if len(path) >= len(sa.Path) {
		return unix.EINVAL
	}
	*sa = unix.RawSockaddrUnix{Family: unix.AF_UNIX}
	for i := range len(path) {
		sa.Path[i] = int8(path[i])
	}
	r.Len = uint32(unsafe.Offsetof(sa.Path)) + uint32(len(path))
	if path[0] == '@' {
		sa.Path[0] = 0
	} else {
		r.Len++ // the terminating zero
	}
	return nil
}

// Addr decodes r. An IPv4 peer of a dual-stack socket is given as IPv4. An
// unnamed unix socket, like a connecting one, is the zero Addr.
func (r *RawAddr) Addr() port.Addr {
	switch r.Any.Addr.Family {
	case unix.AF_INET:
		sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(&r.Any))
		return port.Addr{IP: netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), swapped(sa.Port))}
	case unix.AF_INET6:
		sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(&r.Any))
		ip := netip.AddrFrom16(sa.Addr).Unmap()
		if sa.Scope_id != 0 {
			ip = ip.WithZone(strconv.FormatUint(uint64(sa.Scope_id), 10))
		}
		return port.Addr{IP: netip.AddrPortFrom(ip, swapped(sa.Port))}
	case unix.AF_UNIX:
		return port.Addr{Path: r.unixPath()}
	}
	return port.Addr{}
}

func (r *RawAddr) unixPath() string {
	sa := (*unix.RawSockaddrUnix)(unsafe.Pointer(&r.Any))
	n := int(r.Len) - int(unsafe.Offsetof(sa.Path))
	if n <= 0 {
		return ""
	}
	path := unsafe.Slice((*byte)(unsafe.Pointer(&sa.Path[0])), min(n, len(sa.Path)))
	if path[0] == 0 {
		return "@" + string(path[1:])
	}
	if end := bytes.IndexByte(path, 0); end >= 0 {
		path = path[:end]
	}
	return string(path)
}

// swapped turns a port number between host and network byte order.
func swapped(number uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&number))
	return uint16(b[0])<<8 | uint16(b[1])
}
