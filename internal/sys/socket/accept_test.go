//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestAcceptVerdicts(t *testing.T) {
	for errno, want := range map[unix.Errno]Verdict{
		0: AcceptOK, unix.EAGAIN: AcceptEmpty,
		unix.ECONNABORTED: AcceptDead, unix.EPROTO: AcceptDead, unix.EINTR: AcceptDead, unix.EHOSTUNREACH: AcceptDead,
		unix.EMFILE: AcceptFull, unix.ENFILE: AcceptFull, unix.ENOBUFS: AcceptFull, unix.ENOMEM: AcceptFull,
		unix.EBADF: AcceptBroken, unix.EINVAL: AcceptBroken, unix.EOPNOTSUPP: AcceptBroken,
	} {
		if got := AcceptVerdict(errno); got != want {
			t.Errorf("AcceptVerdict(%v) = %d, want %d", errno, got, want)
		}
	}
}
