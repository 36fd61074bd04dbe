//go:build linux

package main

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// poller is a level-triggered epoll set. Its system calls are raw: the only
// goroutine that matters runs here, so the scheduler need not know.
type poller struct {
	fd     int
	events [512]unix.EpollEvent
}

func newPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	return &poller{fd: fd}, err
}

func (p *poller) add(fd, index int, events uint32) error {
	return p.control(unix.EPOLL_CTL_ADD, fd, index, events)
}

func (p *poller) change(fd, index int, events uint32) error {
	return p.control(unix.EPOLL_CTL_MOD, fd, index, events)
}

func (p *poller) control(op, fd, index int, events uint32) error {
	e := unix.EpollEvent{Events: events, Fd: int32(index)}
	return unix.EpollCtl(p.fd, op, fd, &e)
}

// wait returns what is ready after at most waitNs; an interrupted wait returns
// nothing.
func (p *poller) wait(waitNs int64) []unix.EpollEvent {
	ts := unix.NsecToTimespec(max(waitNs, 0))
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT2, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events)),
		uintptr(len(p.events)), uintptr(unsafe.Pointer(&ts)), 0, 0)
	if errno != 0 {
		return nil
	}
	return p.events[:n]
}

// recv and send do not wait. The count is negative on an error.

func recv(fd int, p []byte) (int, unix.Errno) {
	return transfer(unix.SYS_RECVFROM, fd, p, unix.MSG_DONTWAIT)
}

func send(fd int, p []byte) (int, unix.Errno) {
	return transfer(unix.SYS_SENDTO, fd, p, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
}

func transfer(call uintptr, fd int, p []byte, flags uintptr) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall6(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), flags, 0, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(n), 0
}
