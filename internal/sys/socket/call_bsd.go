//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import "golang.org/x/sys/unix"

// The calls below never block, because the descriptors they work on were made
// so. They return 0 or the error number.

// Recv receives into p, at least one byte long. n is 0 at the end of the stream.
func Recv(fd int, p []byte) (n int, errno unix.Errno) {
	n, err := unix.Read(fd, p)
	return max(n, 0), number(err)
}

// Send sends what the kernel takes of p and says how much that was. Nobody is
// signaled when the peer is gone: the socket was made so where it can be, and
// Go's runtime takes the signal elsewhere.
func Send(fd int, p []byte) (n int, errno unix.Errno) {
	n, err := unix.Write(fd, p)
	return max(n, 0), number(err)
}

// Accept takes a connection off the backlog.
func Accept(fd int) (conn int, errno unix.Errno) {
	conn, err := accept(fd)
	if err != nil {
		return -1, number(err)
	}
	_ = silence(conn) // then a signal comes, which the runtime takes
	return conn, 0
}

// Connect begins to connect; EINPROGRESS says that the outcome will come.
func Connect(fd int, to *RawAddr) unix.Errno { return number(unix.Connect(fd, to.sockaddr)) }

// Stream makes a socket of somebody else's one that these calls work on.
func Stream(fd int) error { return unix.SetNonblock(fd, true) }

// bind gives fd its own end.
func bind(fd int, to *RawAddr) error { return unix.Bind(fd, to.sockaddr) }

// localName and peerName fill in an address of fd.
func localName(fd int, raw *RawAddr) unix.Errno {
	var err error
	raw.sockaddr, err = unix.Getsockname(fd)
	return number(err)
}

func peerName(fd int, raw *RawAddr) unix.Errno {
	var err error
	raw.sockaddr, err = unix.Getpeername(fd)
	return number(err)
}

// Pending takes the socket's pending error, SO_ERROR, which is how a connect
// that was in progress ended.
func Pending(fd int) unix.Errno {
	value, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return number(err)
	}
	return unix.Errno(value)
}

// Connected is 0 when fd has a peer, ENOTCONN when it has none (yet). A socket
// whose peer is gone already may answer EINVAL.
func Connected(fd int) unix.Errno {
	var raw RawAddr
	errno := peerName(fd, &raw)
	if errno == unix.EINVAL {
		return unix.ECONNRESET
	}
	return errno
}

// Readable tells whether there is anything to read from fd, which need not be a
// socket: bytes, a connection, the end or an error.
func Readable(fd int) bool {
	look := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, _ := unix.Poll(look, 0)
	return n > 0
}

// Shutdown ends the sending half: a FIN follows what was sent before.
func Shutdown(fd int) unix.Errno { return number(unix.Shutdown(fd, unix.SHUT_WR)) }

// number is the error number that err is.
func number(err error) unix.Errno {
	switch err := err.(type) {
	case nil:
		return 0
	case unix.Errno:
		return err
	}
	return unix.EIO // x/sys gives nothing else
}
