//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"net"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

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
		return 0, unix.ENODEV
	}
	return uint32(dev.Index), nil
}

// family is the address family that a belongs to, AF_UNSPEC when none.
func family(a port.Addr) int {
	ip := a.IP.Addr().Unmap()
	switch {
	case a.IsUnix():
		return unix.AF_UNIX
	case ip.Is4():
		return unix.AF_INET
	case ip.Is6():
		return unix.AF_INET6
	}
	return unix.AF_UNSPEC
}
