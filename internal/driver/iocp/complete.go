//go:build windows

package iocp

import (
	"syscall"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/sys/winsock"
)

// take takes one packet: the record that it names is the port's again.
func (p *Port) take(e *winsock.Entry) {
	if e.Key < keySlot {
		return // a wake or the timer: that it came is all it says
	}
	s := p.slots.at(uint32(e.Key - keySlot))
	switch {
	case s == nil:
		p.stats.Stale++
	case s.listener != nil:
		p.takeAccept(s, e.Overlapped)
	default:
		p.takeLane(s, e)
	}
}

// takeLane takes a packet of the record of a lane.
func (p *Port) takeLane(s *slot, e *winsock.Entry) {
	lane := port.LaneRead
	if e.Overlapped == &s.records[port.LaneWrite] {
		lane = port.LaneWrite
	}
	if e.Overlapped != &s.records[lane] || !s.posted[lane] {
		p.stats.Stale++
		return
	}
	p.back(s, lane)
	errno := winsock.Status(e.Overlapped)
	switch {
	case s.kind == port.KindFile:
		p.fileDone(s, int(e.Bytes), errno)
	case s.kind == port.KindOther:
		p.waitDone(s, errno)
	case lane == port.LaneRead:
		p.readDone(s, errno)
	case s.ops[lane].Type == port.OpConnect:
		p.connectDone(s, errno)
	default:
		p.sendDone(s, int(e.Bytes), errno)
	}
}

// given notes that the kernel has the lane's record.
func (p *Port) given(s *slot, lane port.Lane) {
	s.posted[lane] = true
	p.inflight++
}

// back notes that the kernel has given the lane's record back.
func (p *Port) back(s *slot, lane port.Lane) {
	s.posted[lane] = false
	p.inflight--
}

// pends tells whether a packet will come, from what a call returned.
func (p *Port) pends(errno syscall.Errno) bool {
	return errno == winsock.Pending || errno == 0 && !p.skips
}
