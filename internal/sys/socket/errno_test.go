//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

func TestEveryErrnoMapsToItsOutcome(t *testing.T) {
	mapped := 0
	for number := range unix.Errno(200) {
		if number == 0 {
			continue
		}
		want := localOutcome(number)
		if int(number) < len(outcomes) && outcomes[number] != nil {
			want, mapped = outcomes[number], mapped+1
		}
		err := Error("test", "recv", "", number)
		if !errors.Is(err, want) {
			t.Errorf("errno %d: %v does not match %v", number, err, want)
		}
		if !errors.Is(err, number) {
			t.Errorf("errno %d: %v has lost its cause", number, err)
		}
	}
	if mapped != 32 {
		t.Errorf("%d numbers are mapped, want 32: change the table and this test together", mapped)
	}
}

func TestErrnoOutcomes(t *testing.T) {
	for number, want := range map[unix.Errno]error{
		unix.ECONNREFUSED: port.ErrRefused, unix.ECONNRESET: port.ErrReset, unix.EPIPE: port.ErrReset,
		unix.ECONNABORTED: port.ErrAborted, unix.ETIMEDOUT: port.ErrTimeout, unix.EHOSTUNREACH: port.ErrUnreachable,
		unix.ENOBUFS: port.ErrNoBuffers, unix.EMFILE: port.ErrTooManyFiles, unix.ENFILE: port.ErrTooManyFiles,
		unix.EADDRINUSE: port.ErrAddrInUse, unix.EADDRNOTAVAIL: port.ErrBadAddr, unix.EACCES: port.ErrPermission,
		unix.ENOSPC: port.ErrNoSpace, unix.EOPNOTSUPP: port.ErrNotSupported, unix.EBADF: port.ErrClosed,
		unix.ECANCELED: port.ErrCanceled, unix.EINVAL: port.ErrFailed, unix.Errno(100000): port.ErrFailed,
	} {
		if got := Outcome(number); got != want {
			t.Errorf("Outcome(%v) = %v, want %v", number, got, want)
		}
	}
	if got := Outcome(unix.ENOTSUP); got != port.ErrNotSupported { // on some systems EOPNOTSUPP is another
		t.Errorf("Outcome(ENOTSUP) = %v, want ErrNotSupported", got)
	}
}

func TestErrorKeepsWhatItIsGiven(t *testing.T) {
	if err := Error("test", "recv", "", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
	first := Error("test", "open", "/x", &fs.PathError{Op: "open", Path: "/x", Err: unix.ENOENT})
	if !errors.Is(first, os.ErrNotExist) || !errors.Is(first, port.ErrFailed) {
		t.Errorf("%v: want ErrFailed caused by ErrNotExist", first)
	}
	if again := Error("other", "close", "", first); again != first {
		t.Errorf("an *Error was wrapped a second time: %v", again)
	}
}

func TestConnectErrorRefusesMissingAndFullPaths(t *testing.T) {
	for _, number := range []unix.Errno{unix.ENOENT, unix.EAGAIN, unix.ECONNREFUSED} {
		if err := ConnectError("test", "unix:///x", number); !errors.Is(err, port.ErrRefused) {
			t.Errorf("%v: %v is not ErrRefused", number, err)
		}
	}
}
