package main

import (
	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/bench/wire"
)

// quiet is the part of a handler that has nothing to do.
type quiet struct{}

func (quiet) OnConnect(*raon.Session, error)                     {}
func (quiet) OnDisconnect(*raon.Session, raon.KickReason, error) {}

// echo sends every frame back.
type echo struct{ quiet }

func (echo) OnRecv(s *raon.Session, data []byte) int {
	return frames(s, data, func(frame []byte) error { return s.SendBytes(frame, wire.ID(frame)) })
}

// room sends every frame to every session.
type room struct{ quiet }

func (room) OnRecv(s *raon.Session, data []byte) int {
	return frames(s, data, func(frame []byte) error {
		w := s.Open(len(frame))
		copy(w.Bytes(), frame)
		return s.Broadcast(w.Close(len(frame)), wire.ID(frame))
	})
}

// frames answers the whole frames in data and returns their length. One that
// is malformed ends the session, one that could not be answered waits.
func frames(s *raon.Session, data []byte, answer func(frame []byte) error) int {
	whole := wire.Complete(data)
	if whole < 0 {
		s.Disconnect(raon.KickPacketError)
		return len(data)
	}
	used := 0
	for used < whole {
		size := wire.Size(data[used:])
		if answer(data[used:used+size]) != nil {
			break
		}
		used += size
	}
	return used
}
