//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package file

import "golang.org/x/sys/unix"

// Append as an offset means the end of the file, wherever that is by then.
const Append int64 = -1

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
		got, err := unix.Pread(fd, p[n:], offset+int64(n))
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

// Sync makes what was written durable, fsync(2). It is not repeated when it
// fails: the kernel reports a lost write once.
func Sync(fd int) error {
	for {
		if err := unix.Fsync(fd); err != unix.EINTR {
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
