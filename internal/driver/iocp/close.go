//go:build windows

package iocp

import (
	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// Close cancels what the kernel has and waits until it has given back all
// records: until then their memory, and the buffers, are its own. A file
// operation on a disk that does not answer holds it up. Then handles, memory
// and the port go.
func (p *Port) Close() error {
	p.own()
	p.sockets.ForgetWaker(p)
	if p.files != nil {
		p.files.Close()
	}
	p.slots.each(p.cancelAll)
	err := p.drain()
	p.wake.close()
	p.slots.each(func(s *slot) {
		p.abandon(s)
		if !s.closed {
			_ = p.closeHandle(s, false)
		}
		if s.listener != nil {
			s.listener.release()
		}
	})
	for p.done.Len() > 0 {
		p.done.Pop().Op.Driver = port.DriverState{}
	}
	if p.timer != nil {
		p.timer.Close()
	}
	p.slots.release()
	if closed := closePort(p.port); closed != nil && err == nil {
		err = p.fail("close", closed)
	}
	return err
}

// cancelAll asks the kernel for all records of s.
func (p *Port) cancelAll(s *slot) {
	if s.wait != nil && !s.wait.Stop() {
		p.back(s, port.LaneRead)
	}
	s.wait = nil
	if s.listener != nil {
		for i, conn := range s.listener.conns {
			if conn != windows.InvalidHandle {
				_ = winsock.Cancel(s.handle, &s.listener.records[i].overlapped)
			}
		}
	}
	for lane, posted := range s.posted {
		if posted {
			_ = winsock.Cancel(s.handle, &s.records[lane])
		}
	}
}

// drain takes packets until the kernel has no record left.
func (p *Port) drain() error {
	const patienceMs = 1000
	for p.inflight > 0 {
		n, errno := winsock.Dequeue(p.port, p.entries[:], patienceMs)
		if errno != 0 {
			return p.fail("close", errno)
		}
		for i := range p.entries[:n] {
			p.discard(&p.entries[i])
		}
	}
	return nil
}

// discard takes a packet that nobody will hear of.
func (p *Port) discard(e *winsock.Entry) {
	if e.Key < keySlot {
		return
	}
	s := p.slots.at(uint32(e.Key - keySlot))
	if s == nil {
		return
	}
	if l := s.listener; l != nil {
		if i := l.find(e.Overlapped); i >= 0 {
			_ = p.sockets.CloseHandle(port.Handle(l.conns[i]), true)
			l.conns[i] = windows.InvalidHandle
			l.posted--
			p.inflight--
		}
		return
	}
	for lane := range s.records {
		if e.Overlapped == &s.records[lane] && s.posted[lane] {
			p.back(s, port.Lane(lane))
		}
	}
}

// abandon makes the ops of s the caller's again, without an event.
func (p *Port) abandon(s *slot) {
	for _, op := range s.ops {
		if op != nil {
			op.Driver = port.DriverState{}
		}
	}
	if s.file == nil {
		return
	}
	for op := s.file.first; op != nil; {
		next := op.Driver.Next
		op.Driver = port.DriverState{}
		op = next
	}
}
