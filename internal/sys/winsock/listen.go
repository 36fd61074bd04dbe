//go:build windows

package winsock

import (
	"net/netip"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

const defaultBacklog = 1024

// soExclusiveAddrUse keeps others from taking a port that is listened on, which
// Windows otherwise lets them do in silence (SO_EXCLUSIVEADDRUSE).
const soExclusiveAddrUse = ^windows.SO_REUSEADDR

// Listen makes a listening socket. A taken address gives ErrAddrInUse with the
// address in Detail. Ports cannot be shared between listeners.
func (s *Sockets) Listen(addr port.Addr, opts port.ListenOptions) (port.Handle, error) {
	h, err := s.listen(addr, opts)
	if err == windows.WSAEAFNOSUPPORT && addr.IP.Addr() == netip.IPv6Unspecified() && !opts.V6Only {
		// Every address of a machine without IPv6.
		all := netip.AddrPortFrom(netip.IPv4Unspecified(), addr.IP.Port())
		h, err = s.listen(port.Addr{IP: all}, opts)
	}
	if err != nil {
		return port.NoHandle, s.fail("listen", addr.String(), err)
	}
	return port.Handle(h), nil
}

func (s *Sockets) listen(addr port.Addr, opts port.ListenOptions) (windows.Handle, error) {
	if opts.ReusePort {
		return windows.InvalidHandle, windows.WSAEOPNOTSUPP
	}
	h, err := s.bound(addr, opts)
	if err != nil {
		return windows.InvalidHandle, err
	}
	backlog := opts.Backlog
	if backlog <= 0 {
		backlog = defaultBacklog
	}
	if err := windows.Listen(h, backlog); err != nil {
		_ = s.CloseHandle(port.Handle(h), false)
		return windows.InvalidHandle, err
	}
	return h, nil
}

// bound makes a stream socket with the options of a listener, bound to addr.
func (s *Sockets) bound(addr port.Addr, opts port.ListenOptions) (windows.Handle, error) {
	h, err := s.stream(family(addr))
	if err != nil {
		return windows.InvalidHandle, err
	}
	if err = shape(h, addr, opts); err == nil {
		err = bind(h, addr)
	}
	if err != nil {
		_ = s.CloseHandle(port.Handle(h), false)
		return windows.InvalidHandle, err
	}
	return h, nil
}

// shape sets what must be set before bind.
func shape(h windows.Handle, addr port.Addr, opts port.ListenOptions) error {
	if errno := setInt(h, windows.SOL_SOCKET, soExclusiveAddrUse, 1); errno != 0 {
		return errno
	}
	if family(addr) != windows.AF_INET6 {
		return nil
	}
	only := 0
	if opts.V6Only {
		only = 1
	}
	if errno := setInt(h, windows.IPPROTO_IPV6, windows.IPV6_V6ONLY, only); errno != 0 {
		return errno
	}
	return nil
}

// bind gives h its own end. That access is forbidden says that somebody has the
// address, and in a way that does not let it be shared.
func bind(h windows.Handle, addr port.Addr) error {
	ip, number := addr.IP.Addr().Unmap(), int(addr.IP.Port())
	var to windows.Sockaddr = &windows.SockaddrInet4{Port: number}
	if ip.Is4() {
		to.(*windows.SockaddrInet4).Addr = ip.As4()
	} else {
		scope, err := scopeOf(ip.Zone())
		if err != nil {
			return err
		}
		to = &windows.SockaddrInet6{Port: number, ZoneId: scope, Addr: ip.As16()}
	}
	err := windows.Bind(h, to)
	if err == windows.WSAEACCES && number != 0 {
		return windows.WSAEADDRINUSE
	}
	return err
}
