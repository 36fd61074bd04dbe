//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package file

import "golang.org/x/sys/unix"

// gatherBytes is how much is gathered by copying. A slice of that size is
// written by itself.
const gatherBytes = 64 << 10

// scratch is where small slices are copied together. What package unix has for
// writing several slices at an offset is missing on some of these systems and
// allocates on the others.
type scratch struct{ copied []byte }

// write writes the first of bufs, but for skip bytes, by pwrite(2). To append
// it asks for the size of the file first: nothing here appends and keeps the
// file's position. A file's operations run one at a time, so the size changes in
// between only by somebody else's doing, who may then lose what was written.
func (s *scratch) write(fd int, bufs [][]byte, skip int, offset int64) (int, unix.Errno) {
	if offset == Append {
		var st unix.Stat_t
		if err := unix.Fstat(fd, &st); err != nil {
			return 0, number(err)
		}
		offset = st.Size
	}
	n, err := unix.Pwrite(fd, s.gather(bufs, skip), offset)
	return max(n, 0), number(err)
}

// gather is the first of bufs if it is large or alone, else as many of them as
// there is room for.
func (s *scratch) gather(bufs [][]byte, skip int) []byte {
	first := bufs[0][skip:]
	if len(bufs) == 1 || len(first) >= gatherBytes {
		return first[:min(len(first), callMost)]
	}
	if s.copied == nil {
		s.copied = make([]byte, gatherBytes)
	}
	n := copy(s.copied, first)
	for _, b := range bufs[1:] {
		n += copy(s.copied[n:], b)
	}
	return s.copied[:n]
}

// forget has nothing to do: the copies are the writer's own.
func (s *scratch) forget() {}

// number takes the error number out of what package unix returns.
func number(err error) unix.Errno {
	if err == nil {
		return 0
	}
	if errno, ok := err.(unix.Errno); ok {
		return errno
	}
	return unix.EIO
}
