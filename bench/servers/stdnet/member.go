//go:build linux

package main

import (
	"net"
	"sync"
	"syscall"
)

const backlogBytes = 16 << 20

// member writes to one connection without waiting for its peer: what the kernel
// does not take at once, a goroutine writes.
type member struct {
	conn net.Conn
	raw  syscall.RawConn
	try  func(fd uintptr) bool

	mu      sync.Mutex
	todo    []byte // offered by Put to try, then what try left
	backlog []byte // not empty: drain is running
}

func newMember(c net.Conn) (*member, error) {
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return nil, err
	}
	m := &member{conn: c, raw: raw}
	m.try = m.attempt
	return m, nil
}

func (m *member) Put(p []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.backlog) == 0 {
		m.todo = p
		if m.raw.Write(m.try) != nil || len(m.todo) == 0 {
			return // gone, which its reader sees, or all written
		}
		p = m.todo
		go m.drain()
	}
	if m.backlog = append(m.backlog, p...); len(m.backlog) > backlogBytes {
		m.conn.Close()
	}
}

// attempt is one non-blocking write of todo. An error other than EAGAIN shows
// in the reader.
func (m *member) attempt(fd uintptr) bool {
	n, err := syscall.Write(int(fd), m.todo)
	if n > 0 {
		m.todo = m.todo[n:]
	}
	if err != nil && err != syscall.EAGAIN && err != syscall.EINTR {
		m.todo = nil
	}
	return true
}

// drain writes the backlog and ends when it is empty.
func (m *member) drain() {
	for {
		m.mu.Lock()
		p := m.backlog
		m.mu.Unlock()
		_, err := m.conn.Write(p)
		m.mu.Lock()
		m.backlog = append([]byte(nil), m.backlog[len(p):]...)
		if err != nil {
			m.backlog = nil
		}
		done := len(m.backlog) == 0
		m.mu.Unlock()
		if done {
			return
		}
	}
}
