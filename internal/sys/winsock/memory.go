//go:build windows

package winsock

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// Alloc is zeroed memory outside the Go heap, for what the kernel writes to
// while an operation is pending.
func Alloc(bytes int) ([]byte, error) {
	at, err := windows.VirtualAlloc(0, uintptr(bytes), windows.MEM_COMMIT|windows.MEM_RESERVE, windows.PAGE_READWRITE)
	if err != nil {
		return nil, err
	}
	// The address is the kernel's and no Go object's, which vet cannot know.
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), bytes), nil
}

// Free gives back what Alloc gave. The kernel must be done with it.
func Free(b []byte) {
	_ = windows.VirtualFree(uintptr(unsafe.Pointer(unsafe.SliceData(b))), 0, windows.MEM_RELEASE)
}
