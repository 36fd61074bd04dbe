//go:build windows

package winsock

import (
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	// start makes Winsock usable, once for the life of the process, like package
	// net does; it is never given up.
	start = sync.OnceValue(func() error {
		var data windows.WSAData
		if err := windows.WSAStartup(0x0202, &data); err != nil {
			return err
		}
		return extensions.load()
	})

	// extensions are written by start and read afterwards.
	extensions extensionTable
)

// extensionTable has the functions that a provider gives by a GUID only.
type extensionTable struct{ acceptEx, connectEx uintptr }

var guidAcceptEx = windows.GUID{Data1: 0xb5367df1, Data2: 0xcbac, Data3: 0x11cf,
	Data4: [8]byte{0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}

// load asks the TCP provider for the functions. Those of IPv4 and IPv6 are the
// same in the system's own provider.
func (e *extensionTable) load() error {
	h, errno := newStream(windows.AF_INET)
	if errno == windows.WSAEAFNOSUPPORT {
		h, errno = newStream(windows.AF_INET6)
	}
	if errno != 0 {
		return errno
	}
	defer closeSocket(h)
	if err := find(h, &guidAcceptEx, &e.acceptEx); err != nil {
		return err
	}
	return find(h, &windows.WSAID_CONNECTEX, &e.connectEx)
}

// find is WSAIoctl with SIO_GET_EXTENSION_FUNCTION_POINTER.
func find(h windows.Handle, id *windows.GUID, address *uintptr) error {
	var got uint32
	err := windows.WSAIoctl(h, windows.SIO_GET_EXTENSION_FUNCTION_POINTER,
		(*byte)(unsafe.Pointer(id)), uint32(unsafe.Sizeof(*id)),
		(*byte)(unsafe.Pointer(address)), uint32(unsafe.Sizeof(*address)), &got, nil, 0)
	if err == nil && *address == 0 {
		return syscall.Errno(windows.WSAEOPNOTSUPP)
	}
	return err
}

// skipsOnSuccess tells whether all providers of TCP have handles of the kernel
// (XP1_IFS_HANDLES). Others, layered between, may send packets although they
// were told to skip them; see internal/poll of the standard library and
// https://support.microsoft.com/kb/2568167.
func skipsOnSuccess() bool {
	protocols := [2]int32{windows.IPPROTO_TCP, 0}
	var infos [32]windows.WSAProtocolInfo
	size := uint32(unsafe.Sizeof(infos))
	n, err := windows.WSAEnumProtocols(&protocols[0], &infos[0], &size)
	if err != nil {
		return false
	}
	for _, info := range infos[:n] {
		if info.ServiceFlags1&windows.XP1_IFS_HANDLES == 0 {
			return false
		}
	}
	return true
}
