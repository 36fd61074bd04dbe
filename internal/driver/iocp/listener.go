//go:build windows

package iocp

import (
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/driver/fifo"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// acceptRecord is what the kernel has of one accept that is posted. It is
// outside the Go heap.
type acceptRecord struct {
	overlapped windows.Overlapped
	addrs      [winsock.AddrBytes]byte
}

// listener is what an attachment of KindListener has besides its slot: accepts
// posted ahead, each with the socket that the connection will get.
type listener struct {
	records []acceptRecord
	memory  []byte           // of the records
	conns   []windows.Handle // by record; windows.InvalidHandle: not posted
	posted  int

	accepted fifo.Queue[windows.Handle] // for Poll to return, as many as records at most
	broken   error                      // the listener is of no use any more
	told     bool                       // that handles ran out, at toldAt
	toldAt   time.Duration
	waits    bool // in Port.full
}

// listen prepares the accepts of a listener, and posts none.
func (p *Port) listen(s *slot) error {
	memory, err := winsock.Alloc(p.accepts * int(unsafe.Sizeof(acceptRecord{})))
	if err != nil {
		return err
	}
	l := &listener{memory: memory, conns: make([]windows.Handle, p.accepts)}
	l.records = unsafe.Slice((*acceptRecord)(unsafe.Pointer(unsafe.SliceData(memory))), p.accepts)
	for i := range l.conns {
		l.conns[i] = windows.InvalidHandle
	}
	s.listener = l
	return nil
}

// release frees the records. The kernel must have none of them.
func (l *listener) release() {
	winsock.Free(l.memory)
	l.records, l.memory = nil, nil
}

// find is the index of the record that a packet names, -1 when it is not one
// that is posted.
func (l *listener) find(ov *windows.Overlapped) int {
	offset := uintptr(unsafe.Pointer(ov)) - uintptr(unsafe.Pointer(unsafe.SliceData(l.records)))
	i := int(offset / unsafe.Sizeof(acceptRecord{}))
	if uint(i) < uint(len(l.records)) && ov == &l.records[i].overlapped && l.conns[i] != windows.InvalidHandle {
		return i
	}
	return -1
}

// takeAccept takes a packet of an accept: a connection, one that died before it
// was accepted, or the end of the accept itself.
func (p *Port) takeAccept(s *slot, ov *windows.Overlapped) {
	l := s.listener
	i := l.find(ov)
	if i < 0 {
		p.stats.Stale++
		return
	}
	conn := l.conns[i]
	l.conns[i] = windows.InvalidHandle
	l.posted--
	p.inflight--
	p.judge(s, conn, winsock.Status(ov))
	p.readers.push(s)
}

// cancelAccepts asks the kernel to end what is posted; the op ends when all of
// it has come back.
func (p *Port) cancelAccepts(s *slot) {
	l := s.listener
	for i, conn := range l.conns {
		if conn != windows.InvalidHandle {
			p.stats.Syscalls++
			_ = winsock.Cancel(s.handle, &l.records[i].overlapped)
		}
	}
	p.readers.push(s)
}

// closeAccepted closes connections that nobody took.
func (p *Port) closeAccepted(l *listener) {
	for l.accepted.Len() > 0 {
		_ = p.sockets.CloseHandle(port.Handle(l.accepted.Pop()), true)
	}
}
