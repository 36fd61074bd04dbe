//go:build windows

package winsock

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/windows"
)

// allocated counts the blocks that are not freed.
var allocated atomic.Int64

// Allocated is how many blocks of Alloc are not freed, for checks that none is
// left.
func Allocated() int { return int(allocated.Load()) }

// Alloc gives zeroed memory outside the Go heap, in whole pages: it neither
// moves nor holds pointers that the collector would see. It is 64 KiB or more of
// the address space, so that callers take it in large pieces.
func Alloc(bytes int) ([]byte, error) {
	address, err := windows.VirtualAlloc(0, uintptr(bytes), windows.MEM_COMMIT|windows.MEM_RESERVE, windows.PAGE_READWRITE)
	if err != nil {
		return nil, err
	}
	allocated.Add(1)
	// Not a pointer into the Go heap, so that there is no harm in making one.
	memory := *(*unsafe.Pointer)(unsafe.Pointer(&address))
	return unsafe.Slice((*byte)(memory), bytes), nil
}

// Free gives back what Alloc gave; b must be all of it. Nil is nothing.
func Free(b []byte) {
	if b == nil {
		return
	}
	if err := windows.VirtualFree(uintptr(unsafe.Pointer(unsafe.SliceData(b))), 0, windows.MEM_RELEASE); err != nil {
		panic("winsock: freed memory that is not allocated: " + err.Error())
	}
	allocated.Add(-1)
}
