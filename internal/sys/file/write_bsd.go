//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package file

import "golang.org/x/sys/unix"

// Writer is the scratch memory of one writing goroutine; these systems need
// none.
type Writer struct{}

// Write writes bufs in order at offset, or at the end of the file if that is
// Append. n is how much the system took, less than all only with an error.
//
// There is no call that appends to a file that was not opened for it, so the end
// is asked for first: who else appends at the same moment may be overwritten.
// The operations of one attachment run one at a time.
func (w *Writer) Write(fd int, bufs [][]byte, offset int64) (n int, err error) {
	if offset == Append {
		var st unix.Stat_t
		if err := unix.Fstat(fd, &st); err != nil {
			return 0, err
		}
		offset = st.Size
	}
	for skip := 0; ; {
		bufs, skip = advance(bufs, skip)
		if len(bufs) == 0 {
			return n, nil
		}
		took, err := unix.Pwrite(fd, bufs[0][skip:], offset)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return n, err
		case took == 0: // never for a regular file; do not spin on it
			return n, unix.EIO
		}
		n, skip, offset = n+took, skip+took, offset+int64(took)
	}
}
