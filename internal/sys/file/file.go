//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package file

import "golang.org/x/sys/unix"

// Append as an offset means the end of the file, wherever that is by then.
const Append int64 = -1

// callMost bounds the bytes of one system call. The BSDs refuse to move 2 GiB and
// more at once.
const callMost = 1 << 30

// Writer is the scratch memory of one writing goroutine. The zero Writer is
// ready to use.
type Writer struct{ scratch scratch }

// Write writes bufs in order at offset, or at the end of the file if that is
// Append. n is how much the system took, less than all only with an error.
func (w *Writer) Write(fd int, bufs [][]byte, offset int64) (n int, err error) {
	defer w.scratch.forget()
	for skip := 0; ; {
		bufs, skip = advance(bufs, skip)
		if len(bufs) == 0 {
			return n, nil
		}
		took, errno := w.scratch.write(fd, bufs, skip, offset)
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

// advance drops the slices that skip bytes reach over, and empty ones in front.
func advance(bufs [][]byte, skip int) ([][]byte, int) {
	for len(bufs) > 0 && skip >= len(bufs[0]) {
		bufs, skip = bufs[1:], skip-len(bufs[0])
	}
	return bufs, skip
}

// Read fills p from offset on. n is less than len(p) only at the end of the
// file or with an error.
func Read(fd int, p []byte, offset int64) (n int, err error) {
	for n < len(p) {
		rest := p[n:]
		got, err := unix.Pread(fd, rest[:min(len(rest), callMost)], offset+int64(n))
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return n, err
		case got == 0:
			return n, nil
		}
		n += got
	}
	return n, nil
}

// Sync makes what was written durable. It is not repeated when it fails: the
// kernel reports a lost write once.
func Sync(fd int) error {
	for {
		if err := flush(fd); err != unix.EINTR {
			return err
		}
	}
}

// Truncate cuts or extends the file to size bytes.
func Truncate(fd int, size int64) error {
	for {
		if err := unix.Ftruncate(fd, size); err != unix.EINTR {
			return err
		}
	}
}
