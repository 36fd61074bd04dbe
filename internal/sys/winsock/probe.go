//go:build windows

package winsock

import (
	"golang.org/x/sys/windows"
)

// What a system can do is found out by doing; what its version says is not
// always so.

// hasIPv6 binds: a system that knows the family may have no address in it.
func hasIPv6() bool {
	h, errno := newStream(windows.AF_INET6)
	if errno != 0 {
		return false
	}
	defer closeSocket(h)
	var raw RawAddr
	raw.set6([16]byte{15: 1}, 0, 0)
	return bind(h, &raw) == 0
}

// hasKeepAlive sets what keep-alive has beside on and off.
func hasKeepAlive() bool {
	return onSocket(func(h windows.Handle) bool {
		for _, name := range []int32{windows.TCP_KEEPIDLE, windows.TCP_KEEPINTVL, windows.TCP_KEEPCNT} {
			if setInt(h, windows.IPPROTO_TCP, name, 10) != 0 {
				return false
			}
		}
		return true
	})
}

// hasUserTimeout sets how long sent data may stay unacknowledged.
func hasUserTimeout() bool {
	return onSocket(func(h windows.Handle) bool { return setUserTimeout(h, 5000) == 0 })
}

// canDetach undoes an association.
func canDetach() bool {
	return onSocket(func(h windows.Handle) bool {
		iocp, err := NewPort()
		if err != nil {
			return false
		}
		defer windows.CloseHandle(iocp)
		return Associate(iocp, h, 1) == 0 && Disassociate(h) == 0
	})
}

// onSocket asks has about a socket of its own.
func onSocket(has func(h windows.Handle) bool) bool {
	h, errno := newStream(windows.AF_INET)
	if errno == windows.WSAEAFNOSUPPORT {
		h, errno = newStream(windows.AF_INET6)
	}
	if errno != 0 {
		return false
	}
	defer closeSocket(h)
	return has(h)
}
