//go:build darwin

package file

import "golang.org/x/sys/unix"

// flush is F_FULLFSYNC, fcntl(2): after fsync(2) alone, bytes may be in the
// drive's own memory only. Some network file systems have nothing else.
func flush(fd int) error {
	_, err := unix.FcntlInt(uintptr(fd), unix.F_FULLFSYNC, 0)
	if err == unix.ENOTSUP {
		return unix.Fsync(fd)
	}
	return err
}
