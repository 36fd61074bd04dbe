//go:build linux

package socket

import "golang.org/x/sys/unix"

// offNetwork says that this machine is not on the network, an error that only
// Linux has.
const offNetwork = unix.ENONET
