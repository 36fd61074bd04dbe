//go:build dragonfly || freebsd || netbsd || openbsd

package socket

import "golang.org/x/sys/unix"

const sendFlags = unix.MSG_NOSIGNAL

// noSignal has nothing to do: each send says it.
func noSignal(int) {}

// sendErrno is what send(2) says.
func sendErrno(errno unix.Errno) unix.Errno { return errno }
