package port

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"
)

func TestErrorText(t *testing.T) {
	cause := errors.New("ECONNREFUSED")
	tests := []struct {
		err  Error
		want string
	}{
		{Error{Op: "connect", Driver: "epoll", Outcome: ErrRefused, Cause: cause, Detail: "tcp://127.0.0.1:1"},
			"connect tcp://127.0.0.1:1: connection refused (epoll: ECONNREFUSED)"},
		{Error{Op: "listen", Driver: "sim", Outcome: ErrAddrInUse}, "listen: address in use (sim)"},
		{Error{Op: "recv", Driver: "uring", Outcome: ErrReset, Cause: cause},
			"recv: connection reset (uring: ECONNREFUSED)"},
	}
	for _, test := range tests {
		if got := test.err.Error(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestErrorMatches(t *testing.T) {
	var err error = &Error{Op: "open", Driver: "epoll", Outcome: ErrFailed, Cause: syscall.ENOENT}
	if !errors.Is(err, ErrFailed) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v does not match its outcome and its cause", err)
	}
	if errors.Is(err, ErrClosed) {
		t.Errorf("%v matches another outcome", err)
	}
	var number syscall.Errno
	if !errors.As(err, &number) || number != syscall.ENOENT {
		t.Errorf("the system's number is %v, want ENOENT", number)
	}
	bare := &Error{Op: "recv", Driver: "sim", Outcome: ErrReset}
	if !errors.Is(bare, ErrReset) || len(bare.Unwrap()) != 1 {
		t.Errorf("%v without a cause unwraps to %v", bare, bare.Unwrap())
	}
}
