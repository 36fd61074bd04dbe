//go:build windows

package iocp

import (
	"errors"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// TestWhoEndedIt holds that the numbers with which systems end what was canceled
// mean that only when we did it: 64 is a peer's reset otherwise.
func TestWhoEndedIt(t *testing.T) {
	const handlesClosed = syscall.Errno(676)
	addr := port.Addr{}
	for _, c := range []struct {
		typ      port.OpType
		errno    syscall.Errno
		canceled bool
		want     error
	}{
		{port.OpRecv, 0, false, nil},
		{port.OpRecv, 0, true, port.ErrCanceled},
		{port.OpRecv, windows.ERROR_OPERATION_ABORTED, true, port.ErrCanceled},
		{port.OpRecv, windows.ERROR_NETNAME_DELETED, true, port.ErrCanceled},
		{port.OpRecv, windows.ERROR_CONNECTION_ABORTED, true, port.ErrCanceled},
		{port.OpRecv, handlesClosed, true, port.ErrCanceled},
		{port.OpRecv, windows.ERROR_NETNAME_DELETED, false, port.ErrReset},
		{port.OpSend, windows.ERROR_CONNECTION_ABORTED, false, port.ErrAborted},
		{port.OpSend, windows.WSAECONNRESET, true, port.ErrReset}, // its outcome came first
		{port.OpSend, windows.ERROR_SEM_TIMEOUT, false, port.ErrTimeout},
		{port.OpConnect, windows.ERROR_CONNECTION_REFUSED, false, port.ErrRefused},
		{port.OpConnect, windows.ERROR_NETWORK_UNREACHABLE, false, port.ErrUnreachable},
		{port.OpConnect, windows.ERROR_OPERATION_ABORTED, true, port.ErrCanceled},
	} {
		op := port.Op{Type: c.typ, Addr: &addr}
		if c.canceled {
			op.Driver.Flags = flagCanceled
		}
		got := new(Port).verdict(&op, c.errno)
		if !errors.Is(got, c.want) {
			t.Errorf("%v with %d, canceled %v: %v, want %v", c.typ, c.errno, c.canceled, got, c.want)
		}
		if c.canceled && c.want == port.ErrCanceled && got != port.ErrCanceled {
			t.Errorf("%v: %v is not ErrCanceled itself", c.typ, got)
		}
	}
}
