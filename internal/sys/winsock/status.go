//go:build windows

package winsock

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// statuses are the NTSTATUS values that operations of this package end with,
// each with the error number that GetQueuedCompletionStatus would give. See
// [MS-ERREF] 2.3.1 and RtlNtStatusToDosError, which knows the rest.
var statuses = map[windows.NTStatus]syscall.Errno{
	0:          0,
	0x00000103: Pending,                           // STATUS_PENDING: the kernel still has it
	0xC0000120: windows.ERROR_OPERATION_ABORTED,   // STATUS_CANCELLED
	0xC000020D: windows.ERROR_NETNAME_DELETED,     // STATUS_CONNECTION_RESET
	0xC000013B: windows.ERROR_NETNAME_DELETED,     // STATUS_LOCAL_DISCONNECT
	0xC000013C: windows.ERROR_NETNAME_DELETED,     // STATUS_REMOTE_DISCONNECT
	0xC0000140: windows.ERROR_UNEXP_NET_ERR,       // STATUS_INVALID_CONNECTION: Wine, a reset before AcceptEx
	0xC0000236: windows.ERROR_CONNECTION_REFUSED,  // STATUS_CONNECTION_REFUSED
	0xC0000241: windows.ERROR_CONNECTION_ABORTED,  // STATUS_CONNECTION_ABORTED
	0xC000023C: windows.ERROR_NETWORK_UNREACHABLE, // STATUS_NETWORK_UNREACHABLE
	0xC000023D: windows.ERROR_HOST_UNREACHABLE,    // STATUS_HOST_UNREACHABLE
	0xC00000B5: windows.ERROR_SEM_TIMEOUT,         // STATUS_IO_TIMEOUT
	0x80000005: windows.ERROR_MORE_DATA,           // STATUS_BUFFER_OVERFLOW
	0xC0000011: windows.ERROR_HANDLE_EOF,          // STATUS_END_OF_FILE
	0x8000000A: windows.ERROR_HANDLES_CLOSED,      // STATUS_HANDLES_CLOSED: Wine, closed while pending
	0xC0000008: windows.ERROR_INVALID_HANDLE,      // STATUS_INVALID_HANDLE
	0xC000009A: windows.ERROR_NO_SYSTEM_RESOURCES, // STATUS_INSUFFICIENT_RESOURCES
	0xC000007F: windows.ERROR_DISK_FULL,           // STATUS_DISK_FULL
}

// Status is how the operation of ov ended: 0 for success, else an error number.
// WSAGetOverlappedResult would say the same at the price of a call, and nothing
// once the socket is closed.
func Status(ov *windows.Overlapped) syscall.Errno {
	status := windows.NTStatus(uint32(ov.Internal))
	if status == 0 {
		return 0
	}
	if errno, listed := statuses[status]; listed {
		return errno
	}
	return certain(status.Errno())
}
