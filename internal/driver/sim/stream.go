package sim

import (
	"io"

	"github.com/raon-engine/raon/internal/port"
)

// stream is one end of a connection, or a socket that may become one.
type stream struct {
	resourceBase
	state   streamState
	options options
	local   port.Addr
	peer    port.Addr
	unix    bool
	mate    *stream // the other end; nil until connected
	in, out *pipe

	shut      bool // FIN was sent
	closed    bool // no handle refers to it, nor a backlog
	resetSent bool
	broken    error // what a reset left to be told: an outcome of package port

	dialing dialing
}

type streamState uint8

const (
	streamFresh streamState = iota
	streamConnecting
	streamOpen
	streamDead // was reset, or reset its peer
)

// link is what two connected streams share, and the accepted one itself, so
// that a connection is one allocation.
type link struct {
	server   stream
	up, down pipe
}

// join connects client with a new stream that has the listener's options.
func (w *World) join(client *stream, l *listener) *stream {
	k := &link{}
	server := &k.server
	server.world, server.handle = w, port.NoHandle
	server.options = l.options
	server.local, server.peer = client.peer, client.local
	server.unix = client.unix
	server.state, client.state = streamOpen, streamOpen
	server.mate, client.mate = client, server
	k.up.init(w, client, server)
	k.down.init(w, server, client)
	client.in, client.out = &k.down, &k.up
	server.in, server.out = &k.up, &k.down
	w.net.links++
	return server
}

// readable is what a poll for input says. A socket that was never connected is
// readable in the sense that reading it fails at once.
func (s *stream) readable() bool {
	switch s.state {
	case streamFresh, streamDead:
		return true
	case streamConnecting:
		return false
	}
	return s.in.unread() > 0 || s.in.finArrived
}

// readEnd is what a reader gets once there are no bytes: io.EOF, an error, or
// nil when more may come. A reset is told once.
func (s *stream) readEnd(op *port.Op) error {
	switch {
	case s.state == streamFresh:
		return failOp(op, port.ErrClosed, errNotConnected)
	case s.in == nil:
		return nil
	case s.in.finArrived:
		return io.EOF
	case s.broken != nil:
		return failOp(op, s.takeBroken(), nil)
	case s.state == streamDead:
		return io.EOF
	}
	return nil
}

// writeEnd is why s takes no more bytes, nil when it does.
func (s *stream) writeEnd(op *port.Op) error {
	switch {
	case s.state == streamFresh:
		return failOp(op, port.ErrReset, errBrokenPipe) // as Linux says it
	case s.broken != nil:
		return failOp(op, s.takeBroken(), nil)
	case s.shut, s.state == streamDead:
		return failOp(op, port.ErrReset, errBrokenPipe)
	}
	return nil
}

func (s *stream) takeBroken() error {
	err := s.broken
	s.broken = nil
	return err
}

// connected tells whether s has a peer, in the sense of getpeername(2).
func (s *stream) connected() bool {
	return s.state == streamOpen && !(s.in.finArrived && s.out.finArrived)
}

// shutdown sends FIN after what was sent before.
func (s *stream) shutdown(op *port.Op) error {
	if !s.connected() {
		return failOp(op, port.ErrClosed, errNotConnected)
	}
	if !s.shut {
		s.shut = true
		s.out.launch(signFIN)
	}
	return nil
}

// close ends s, with a reset if abort, if there is unread input, or if
// OptLingerS is zero.
func (s *stream) close(abort bool) {
	if s.closed {
		return
	}
	s.closed = true
	if s.mate == nil {
		s.hangUp()
		return
	}
	abort = abort || s.in.unread() > 0 || s.options[port.OptLingerS] == 0
	switch {
	case s.mate.closed:
		s.in.stop()
		s.out.stop()
		s.world.net.links--
	case !s.connected():
	case abort:
		s.sendReset()
	case !s.shut:
		s.shut = true
		s.out.launch(signFIN)
	}
}

// sendReset ends the connection for the peer, once.
func (s *stream) sendReset() {
	if s.resetSent {
		return
	}
	s.resetSent = true
	s.state = streamDead
	s.out.launch(signReset)
}

// onReset ends the connection at this end. As in Linux, a peer that had sent
// FIN before leaves no error to tell but to those who write, unless bytes were
// destroyed that the FIN promised.
func (s *stream) onReset() {
	if s.closed || s.state == streamDead {
		return
	}
	s.state = streamDead
	s.out.stop()
	lost := s.in.cut(s.world.chance(s.world.opts.Faults.ResetDiscards))
	s.in.finArrived = s.in.finArrived && !lost
	if !s.in.finArrived {
		s.broken = port.ErrReset
	}
	s.wake(port.LaneRead)
	s.wake(port.LaneWrite)
}

// sever resets both ends, as something between them may.
func (s *stream) sever() {
	if s.state == streamOpen {
		s.onReset()
		s.mate.onReset()
	}
}
