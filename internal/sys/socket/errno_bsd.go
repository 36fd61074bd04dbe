//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import "golang.org/x/sys/unix"

// offNetwork says that this machine is not on the network. Linux has a number of
// its own for that; here it is the one of a network that dropped the connection.
const offNetwork = unix.ENETRESET
