//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

const defaultBacklog = 1024

// Listen makes a listening socket. A taken address gives ErrAddrInUse with the
// address in Detail, also with ReusePort, which by itself would let strangers
// of the same user share the port in silence: the first listener of an address
// must get it exclusively before it is shared.
//
// A unix path whose listener is gone (connecting is refused) is taken over. The
// path is removed when the listener is closed.
func (s *Sockets) Listen(addr port.Addr, opts port.ListenOptions) (port.Handle, error) {
	fd, err := s.listen(addr, opts)
	if noSuchFamily(err) && addr.IP.Addr() == netip.IPv6Unspecified() && !opts.V6Only {
		// Every address of a machine without IPv6.
		all := netip.AddrPortFrom(netip.IPv4Unspecified(), addr.IP.Port())
		fd, err = s.listen(port.Addr{IP: all}, opts)
	}
	if err != nil {
		return port.NoHandle, s.fail("listen", addr.String(), err)
	}
	return port.Handle(fd), nil
}

func (s *Sockets) listen(addr port.Addr, opts port.ListenOptions) (fd int, err error) {
	if !dualStack && addr.IP.Addr() == netip.IPv6Unspecified() && !opts.V6Only {
		return -1, &port.Error{Op: "listen", Driver: s.driver, Outcome: port.ErrNotSupported,
			Detail: addr.String() + ": a socket here takes IPv4 or IPv6, not both; listen at 0.0.0.0, or with V6Only"}
	}
	if opts.ReusePort {
		if err := s.probe(addr, opts); err != nil {
			return -1, err
		}
	}
	fd, err = bound(addr, opts)
	if err == unix.EADDRINUSE && addr.IsUnix() && removeStale(addr.Path) {
		fd, err = bound(addr, opts)
	}
	if err != nil {
		return -1, err
	}
	backlog := opts.Backlog
	if backlog <= 0 {
		backlog = defaultBacklog
	}
	if err := unix.Listen(fd, backlog); err != nil {
		unix.Close(fd)
		return -1, err
	}
	s.listeners.add(fd, opts.ReusePort)
	return fd, nil
}

// noSuchFamily tells whether err is a socket's for a family that the system
// lacks. A jail of FreeBSD may say that it lacks the protocol.
func noSuchFamily(err error) bool { return err == unix.EAFNOSUPPORT || err == unix.EPROTONOSUPPORT }

// probe takes addr exclusively for a moment. A port that this driver shares
// already needs no probe, nor does one that the kernel is yet to choose.
func (s *Sockets) probe(addr port.Addr, opts port.ListenOptions) error {
	if addr.IsUnix() || reusePort == missing {
		return unix.EOPNOTSUPP
	}
	if addr.IP.Port() == 0 || s.listeners.shares(addr) {
		return nil
	}
	opts.ReusePort = false
	fd, err := bound(addr, opts)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// bound makes a stream socket with the options of a listener, bound to addr.
func bound(addr port.Addr, opts port.ListenOptions) (fd int, err error) {
	var raw RawAddr
	if err := raw.Set(&addr); err != nil {
		return -1, err
	}
	fd, err = newStream(family(addr))
	if err != nil {
		return -1, err
	}
	if err = shape(fd, addr, opts); err == nil {
		err = bind(fd, &raw)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// shape sets what must be set before bind.
func shape(fd int, addr port.Addr, opts port.ListenOptions) error {
	if addr.IsUnix() {
		return nil
	}
	if err := setOption(fd, port.OptReuseAddr, 1); err != nil {
		return err
	}
	if opts.ReusePort {
		if err := setOption(fd, port.OptReusePort, 1); err != nil {
			return err
		}
	}
	if family(addr) != unix.AF_INET6 || !dualStack {
		return nil
	}
	only := 0 // whatever the system's default is
	if opts.V6Only {
		only = 1
	}
	return setOption(fd, port.OptV6Only, only)
}
