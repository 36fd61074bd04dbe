//go:build windows

package winsock

import (
	"net/netip"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

const (
	defaultBacklog = 1024
	plainBacklog   = 200 // more must be asked for as SOMAXCONN_HINT, see listen
)

// Listen makes a listening socket. A taken address gives ErrAddrInUse with the
// address in Detail. SO_EXCLUSIVEADDRUSE keeps strangers from binding to the
// same port with SO_REUSEADDR, which here would steal its connections.
func (s *Sockets) Listen(addr port.Addr, opts port.ListenOptions) (port.Handle, error) {
	h, errno := s.listen(addr, opts)
	if errno == windows.WSAEAFNOSUPPORT && addr.IP.Addr() == netip.IPv6Unspecified() && !opts.V6Only {
		// Every address of a machine without IPv6.
		all := netip.AddrPortFrom(netip.IPv4Unspecified(), addr.IP.Port())
		h, errno = s.listen(port.Addr{IP: all}, opts)
	}
	if errno != 0 {
		return port.NoHandle, s.listenError(addr, errno)
	}
	return port.Handle(h), nil
}

// listenError dresses errno. A bind says WSAEACCES when it is not allowed and
// also when somebody holds the port exclusively; who does is in the list of
// connections.
func (s *Sockets) listenError(addr port.Addr, errno syscall.Errno) error {
	outcome := Outcome(errno)
	if errno == windows.WSAEACCES && taken(addr) {
		outcome = port.ErrAddrInUse
	}
	return &port.Error{Op: "listen", Driver: s.driver, Outcome: outcome, Cause: errno, Detail: addr.String()}
}

func (s *Sockets) listen(addr port.Addr, opts port.ListenOptions) (windows.Handle, syscall.Errno) {
	if opts.ReusePort {
		return windows.InvalidHandle, windows.WSAEOPNOTSUPP
	}
	h, errno := s.newStream(family(addr))
	if errno != 0 {
		return h, errno
	}
	if errno = bindListener(h, addr, opts); errno == 0 {
		errno = listen(h, opts.Backlog)
	}
	if errno != 0 {
		closeSocket(h)
		s.Freed()
		return windows.InvalidHandle, errno
	}
	return h, 0
}

// bindListener sets what must be set before bind, and binds.
func bindListener(h windows.Handle, addr port.Addr, opts port.ListenOptions) syscall.Errno {
	var raw RawAddr
	if err := raw.Set(&addr); err != nil {
		return number(err)
	}
	if errno := setInt(h, windows.SOL_SOCKET, soExclusiveAddrUse, 1); errno != 0 {
		return errno
	}
	if raw.Any.Addr.Family == windows.AF_INET6 {
		only := 0 // the system's default is 1
		if opts.V6Only {
			only = 1
		}
		if errno := setInt(h, windows.IPPROTO_IPV6, windows.IPV6_V6ONLY, only); errno != 0 {
			return errno
		}
	}
	return bind(h, &raw)
}

// listen has connections queue up. The system cuts a long backlog to 200 unless
// it is given as a negative number, SOMAXCONN_HINT.
func listen(h windows.Handle, backlog int) syscall.Errno {
	if backlog <= 0 {
		backlog = defaultBacklog
	}
	backlog = min(backlog, 0xffff)
	if backlog > plainBacklog {
		backlog = -backlog
	}
	r, _, errno := syscall.SyscallN(procListen.Addr(), uintptr(h), uintptr(int32(backlog)))
	return failed(r, errno)
}
