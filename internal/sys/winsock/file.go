//go:build windows

package winsock

import (
	"io/fs"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Append as an offset means the end of the file, wherever that is by then.
const Append int64 = -1

// maxBytes is how much one call is asked to move at most.
const maxBytes = 1 << 30

// OpenFile opens path for overlapped reads and writes, with the flags of package
// os. A file that exists is truncated, not replaced, with os.O_TRUNC.
func OpenFile(path string, flag int, perm fs.FileMode) (windows.Handle, error) {
	var mode uint32 // the system knows read-only files and others
	if perm&0o200 != 0 {
		mode = syscall.S_IWRITE
	}
	h, err := syscall.Open(path, flag|syscall.O_CLOEXEC|windows.O_FILE_FLAG_OVERLAPPED, mode)
	return windows.Handle(h), err
}

// ReadFile begins to read into p at offset. n is what was read when the result
// is 0; at the end of the file the result, or that of the packet, is
// ERROR_HANDLE_EOF.
func ReadFile(h windows.Handle, p []byte, offset int64, ov *windows.Overlapped) (n int, errno syscall.Errno) {
	return transfer(procReadFile, h, p, offset, ov)
}

// WriteFile begins to write p at offset, or at the end of the file if that is
// Append. n is what was written when the result is 0.
func WriteFile(h windows.Handle, p []byte, offset int64, ov *windows.Overlapped) (n int, errno syscall.Errno) {
	return transfer(procWriteFile, h, p, offset, ov)
}

// transfer makes either call. All bits set is how the system wants to be told of
// Append, which is what the number has.
func transfer(call *windows.LazyProc, h windows.Handle, p []byte, offset int64, ov *windows.Overlapped) (int, syscall.Errno) {
	var moved uint32
	ov.Offset, ov.OffsetHigh = uint32(offset), uint32(uint64(offset)>>32)
	r, _, errno := syscall.SyscallN(call.Addr(), uintptr(h), uintptr(unsafe.Pointer(unsafe.SliceData(p))),
		uintptr(min(len(p), maxBytes)), uintptr(unsafe.Pointer(&moved)), uintptr(unsafe.Pointer(ov)))
	if errno = denied(r, errno); errno != 0 {
		return 0, errno
	}
	return int(moved), 0
}

// Sync makes what was written durable, FlushFileBuffers. It blocks.
func Sync(h windows.Handle) error { return windows.FlushFileBuffers(h) }

// Truncate cuts or extends the file to size bytes. It blocks.
func Truncate(h windows.Handle, size int64) error { return syscall.Ftruncate(syscall.Handle(h), size) }
