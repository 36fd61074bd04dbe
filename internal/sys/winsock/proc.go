//go:build windows

package winsock

import (
	"syscall"

	"golang.org/x/sys/windows"
)

var (
	ws2    = windows.NewLazySystemDLL("ws2_32.dll")
	kernel = windows.NewLazySystemDLL("kernel32.dll")
	nt     = windows.NewLazySystemDLL("ntdll.dll")
	iphlp  = windows.NewLazySystemDLL("iphlpapi.dll")
)

// The procedures of the calls in this package. Each address is looked up once.
var (
	procBind        = ws2.NewProc("bind")
	procCloseSocket = ws2.NewProc("closesocket")
	procGetPeerName = ws2.NewProc("getpeername")
	procGetSockName = ws2.NewProc("getsockname")
	procIoctlSocket = ws2.NewProc("ioctlsocket")
	procListen      = ws2.NewProc("listen")
	procRecv        = ws2.NewProc("recv")
	procSetSockOpt  = ws2.NewProc("setsockopt")
	procShutdown    = ws2.NewProc("shutdown")
	procEventSelect = ws2.NewProc("WSAEventSelect")
	procWSARecv     = ws2.NewProc("WSARecv")
	procWSASend     = ws2.NewProc("WSASend")
	procWSASocket   = ws2.NewProc("WSASocketW")

	procCancelIoEx          = kernel.NewProc("CancelIoEx")
	procDequeue             = kernel.NewProc("GetQueuedCompletionStatusEx")
	procPost                = kernel.NewProc("PostQueuedCompletionStatus")
	procHandleInformation   = kernel.NewProc("GetHandleInformation")
	procReadFile            = kernel.NewProc("ReadFile")
	procWriteFile           = kernel.NewProc("WriteFile")
	procRegisterWait        = kernel.NewProc("RegisterWaitForSingleObject")
	procUnregisterWait      = kernel.NewProc("UnregisterWaitEx")
	procCreateTimer         = kernel.NewProc("CreateWaitableTimerExW")
	procSetTimer            = kernel.NewProc("SetWaitableTimer")
	procPerformanceCounter  = kernel.NewProc("QueryPerformanceCounter")
	procPerformancePerSec   = kernel.NewProc("QueryPerformanceFrequency")
	procExtendedTCPTable    = iphlp.NewProc("GetExtendedTcpTable")
	procCreateWaitPacket    = nt.NewProc("NtCreateWaitCompletionPacket")
	procAssociateWaitPacket = nt.NewProc("NtAssociateWaitCompletionPacket")
	procCancelWaitPacket    = nt.NewProc("NtCancelWaitCompletionPacket")
)

// Both families of calls return a C int or BOOL, of whose register only the low
// half means something.

// failed is the error number of a Winsock call that returned r: 0 unless that
// is SOCKET_ERROR.
func failed(r uintptr, errno syscall.Errno) syscall.Errno {
	if int32(r) != -1 {
		return 0
	}
	return certain(errno)
}

// denied is the error number of a call that returned the BOOL r: 0 unless that
// is FALSE.
func denied(r uintptr, errno syscall.Errno) syscall.Errno {
	if int32(r) != 0 {
		return 0
	}
	return certain(errno)
}

// certain makes a failure one also when the system forgot to say why.
func certain(errno syscall.Errno) syscall.Errno {
	if errno == 0 {
		return syscall.EINVAL
	}
	return errno
}
