//go:build windows

package winsock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// ReadFile reads into p from offset on. At the end of the file it fails with
// ERROR_HANDLE_EOF, at once or by packet.
func ReadFile(h windows.Handle, p []byte, offset int64, ov *windows.Overlapped) (n int, errno syscall.Errno) {
	setOffset(ov, offset)
	var got uint32
	err := windows.ReadFile(h, p, &got, ov)
	return int(got), number(err)
}

// WriteFile writes p at offset, or at the end of the file if that is
// port.Append. Writing beyond the end makes the file longer, which Windows does
// before the call returns.
func WriteFile(h windows.Handle, p []byte, offset int64, ov *windows.Overlapped) (n int, errno syscall.Errno) {
	setOffset(ov, offset) // -1 is all ones, which means the end to WriteFile too
	var wrote uint32
	err := windows.WriteFile(h, p, &wrote, ov)
	return int(wrote), number(err)
}

func setOffset(ov *windows.Overlapped, offset int64) {
	ov.Offset, ov.OffsetHigh = uint32(offset), uint32(uint64(offset)>>32)
}

// Sync makes what was written durable. It blocks.
func Sync(h windows.Handle) error { return windows.FlushFileBuffers(h) }

// Truncate cuts or extends the file to size bytes. It blocks.
func Truncate(h windows.Handle, size int64) error {
	return windows.SetFileInformationByHandle(h, windows.FileEndOfFileInfo,
		(*byte)(unsafe.Pointer(&size)), uint32(unsafe.Sizeof(size)))
}
