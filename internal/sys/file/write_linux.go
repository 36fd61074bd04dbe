//go:build linux

package file

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// pieces is how many slices one system call takes here.
const pieces = 64

// scratch holds the slices of one system call.
type scratch struct{ iov [pieces]unix.Iovec }

// write writes the first of bufs, but for skip bytes, by pwritev2(2).
func (s *scratch) write(fd int, bufs [][]byte, skip int, offset int64) (int, unix.Errno) {
	count := s.fill(bufs, skip)
	flags := uintptr(0)
	if offset == Append {
		// The offset only must not be -1, which means the file's own position.
		offset, flags = 0, unix.RWF_APPEND
	}
	low, high := uintptr(offset), uintptr(uint64(offset)>>32)
	if unsafe.Sizeof(low) == 8 {
		high = 0
	}
	n, _, errno := unix.Syscall6(unix.SYS_PWRITEV2, uintptr(fd), uintptr(unsafe.Pointer(&s.iov[0])),
		uintptr(count), low, high, flags)
	return int(n), errno
}

func (s *scratch) fill(bufs [][]byte, skip int) (count int) {
	for _, b := range bufs[:min(len(bufs), pieces)] {
		s.iov[count].Base = unsafe.SliceData(b[skip:])
		s.iov[count].SetLen(len(b) - skip)
		count, skip = count+1, 0
	}
	return count
}

// forget keeps nothing alive that was written.
func (s *scratch) forget() { clear(s.iov[:]) }
