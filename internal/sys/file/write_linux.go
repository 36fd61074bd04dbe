//go:build linux

package file

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// pieces is how many slices one system call takes here.
const pieces = 64

// Writer is the scratch memory of one writing goroutine. The zero Writer is
// ready to use.
type Writer struct{ iov [pieces]unix.Iovec }

// Write writes bufs in order at offset, or at the end of the file if that is
// Append. n is how much the system took, less than all only with an error.
func (w *Writer) Write(fd int, bufs [][]byte, offset int64) (n int, err error) {
	defer clear(w.iov[:])
	for skip := 0; ; {
		bufs, skip = advance(bufs, skip)
		if len(bufs) == 0 {
			return n, nil
		}
		took, errno := w.call(fd, w.fill(bufs, skip), offset)
		switch {
		case errno == unix.EINTR:
			continue
		case errno != 0:
			return n, errno
		case took == 0: // never for a regular file; do not spin on it
			return n, unix.EIO
		}
		n, skip = n+took, skip+took
		if offset != Append {
			offset += int64(took)
		}
	}
}

// call writes count pieces by pwritev2(2).
func (w *Writer) call(fd, count int, offset int64) (int, unix.Errno) {
	flags := uintptr(0)
	if offset == Append {
		// The offset only must not be -1, which means the file's own position.
		offset, flags = 0, unix.RWF_APPEND
	}
	low, high := uintptr(offset), uintptr(uint64(offset)>>32)
	if unsafe.Sizeof(low) == 8 {
		high = 0
	}
	n, _, errno := unix.Syscall6(unix.SYS_PWRITEV2, uintptr(fd), uintptr(unsafe.Pointer(&w.iov[0])),
		uintptr(count), low, high, flags)
	return int(n), errno
}

func (w *Writer) fill(bufs [][]byte, skip int) (count int) {
	for _, b := range bufs[:min(len(bufs), pieces)] {
		w.iov[count].Base = unsafe.SliceData(b[skip:])
		w.iov[count].SetLen(len(b) - skip)
		count, skip = count+1, 0
	}
	return count
}
