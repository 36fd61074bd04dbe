//go:build linux

package main

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// conn is one connection; its index is its place in client.conns.
type conn struct {
	index   int
	fd      int
	sendSeq uint32 // of the next frame sent
	recvSeq uint32 // of the next own frame expected back
	probe   uint32 // last probe seen, see room.go
	owed    int    // frames to send once the current read is done with
	part    []byte // an incomplete frame
	out     []byte // what the kernel did not take
	full    bool   // out is not empty: the poller tells when there is space
	closed  bool
}

// dial connects from source, any address when it is zero. Without wait the
// connection may still be under way.
func dial(source netip.Addr, to netip.AddrPort, wait bool) (int, error) {
	kind := unix.SOCK_STREAM | unix.SOCK_CLOEXEC
	if !wait {
		kind |= unix.SOCK_NONBLOCK
	}
	fd, err := unix.Socket(unix.AF_INET, kind, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	if wait {
		// The limit on sending bounds a blocking connect too, see socket(7).
		err = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &unix.Timeval{Sec: 5})
	}
	if err == nil {
		err = setUp(fd, source, to)
	}
	if err != nil && (wait || err != unix.EINPROGRESS) {
		unix.Close(fd)
		return -1, fmt.Errorf("connect: %w", err)
	}
	return fd, nil
}

func setUp(fd int, source netip.Addr, to netip.AddrPort) error {
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
		return err
	}
	if source.IsValid() {
		// The port is chosen at connect, when the destination is known.
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
			return err
		}
		if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: source.As4()}); err != nil {
			return err
		}
	}
	return connect(fd, &unix.SockaddrInet4{Addr: to.Addr().As4(), Port: int(to.Port())})
}

// connect goes on after a signal: the attempt does, and a second call waits for
// its outcome.
func connect(fd int, to unix.Sockaddr) error {
	err := unix.Connect(fd, to)
	for err == unix.EINTR {
		err = unix.Connect(fd, to)
	}
	if err == unix.EISCONN {
		return nil
	}
	return err
}
