package packet

import (
	"fmt"

	"github.com/raon-engine/raon"
)

// beginControl starts a connection with Control: the client speaks first.
func (c *Conn[S]) beginControl() {
	c.deadline = c.session.Now() + c.protocol.opts.Control.HelloTimeout
	if !c.server {
		var flags uint32
		if c.protocol.opts.Control.Resume.On {
			flags = flagResume
		}
		c.sendHello(flags)
	}
	c.schedule()
}

// sendHello sends this end's half, with the ticket that the client has for the
// server, or gets from it.
func (c *Conn[S]) sendHello(flags uint32) {
	m := control{kind: kindHello, wire: wireVersion, version: c.protocol.opts.Control.Version, flags: flags}
	if l := c.link; l != nil {
		m.shown, m.ticket, m.count = true, l.ticket, l.received
		l.told, l.untold = l.received, 0
	}
	c.sendControl(m)
}

// takeHello is the moment from which both ends know each other.
func (c *Conn[S]) takeHello(m *control) {
	if c.open || c.claimed != nil {
		c.refuseControl(fmt.Errorf("%w: another hello", ErrControl))
		return
	}
	if why := c.unfit(m); why != "" {
		c.end(raon.KickRejected, why, &Error{ID: controlID, Name: "control", Err: fmt.Errorf("%w: %s", ErrControl, why)})
		return
	}
	c.peerVersion = m.version
	switch {
	case !c.server:
		c.helloBack(m)
	case !c.protocol.opts.Control.Resume.On || m.flags&flagResume == 0:
		c.sendHello(0)
		c.begin()
	case m.shown:
		c.claim(m)
	default:
		c.beginLinked()
	}
}

// unfit says what is wrong with the peer's version, "" for nothing. The server
// judges what the application speaks; the client takes its word.
func (c *Conn[S]) unfit(m *control) string {
	o := &c.protocol.opts.Control
	if m.wire != wireVersion {
		return fmt.Sprintf("wire version %d, want %d", m.wire, wireVersion)
	}
	if c.server && (m.version < o.Oldest || m.version > o.Version) {
		return fmt.Sprintf("version %d, want %d to %d", m.version, o.Oldest, o.Version)
	}
	return ""
}

// begin is the moment of OnConnect.
func (c *Conn[S]) begin() {
	if c.server && c.protocol.opts.Auth.Required {
		c.stranger = true
	}
	c.start()
	if fn := c.protocol.hooks.OnConnect; fn != nil {
		fn(c)
	}
}

// start opens the connection for packets and begins its deadlines.
func (c *Conn[S]) start() {
	c.open, c.deadline = true, 0
	now := c.session.Now()
	c.beat.begin(now, c.protocol.opts.Control.PingInterval)
	if c.stranger {
		c.deadline = now + c.protocol.opts.Auth.Timeout
	}
	c.schedule()
}

// Authenticated ends the time in which the peer is a stranger: its deadline, its
// smaller packets, and that only messages with BeforeAuth are taken. The session's
// own deadline, raon.SessionOptions.AuthTimeout, ends too.
func (c *Conn[S]) Authenticated() {
	c.session.Authenticated()
	if c.stranger {
		c.stranger, c.deadline = false, 0
	}
}

// PeerVersion is what the peer's hello gave as its version; 0 without Control.
func (c *Conn[S]) PeerVersion() uint32 { return c.peerVersion }

// limit is the largest packet taken now.
func (c *Conn[S]) limit() int {
	if c.stranger || c.server && !c.open {
		return c.protocol.opts.Auth.MaxBytes
	}
	return c.protocol.header.max
}
