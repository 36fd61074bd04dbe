package packet

import (
	"errors"
	"fmt"

	"github.com/raon-engine/raon"
)

// init makes the links of p.
func (ls *links[S]) init(p *Protocol[S]) {
	ls.tickets, ls.opts = map[ticket]*link[S]{}, &p.opts.Control.Resume
	ls.expire = func(state *S) {
		if fn := p.hooks.OnExpire; fn != nil {
			fn(state)
		}
	}
	ls.settle = func(to raon.SessionRef, l *link[S]) error {
		return to.PushJob(func(s *raon.Session) { ConnOf[S](s).settled(l) })
	}
}

// Resumable tells whether the state would survive the loss of the connection.
func (c *Conn[S]) Resumable() bool { return c.link != nil && !c.link.replay.over && !c.stranger }

// beginLinked begins a server's connection that may be resumed later.
func (c *Conn[S]) beginLinked() {
	c.claimed = nil
	c.link = &link[S]{}
	c.protocol.links.admit(c.link, c.session.Ref())
	c.sendHello(flagResume)
	c.begin()
}

// claim asks for the link of the client's ticket. Where another connection has it
// still, that one is asked to give it up, and the client waits for its hello.
func (c *Conn[S]) claim(m *control) {
	l, holder := c.protocol.links.claim(m.ticket, c.session.Ref())
	if l == nil {
		c.beginLinked()
		return
	}
	c.claimed, c.shown = l, *m
	if holder == (raon.SessionRef{}) {
		c.resume(l)
		return
	}
	err := holder.PushJob(func(s *raon.Session) { ConnOf[S](s).surrender(l) })
	if errors.Is(err, raon.ErrQueueFull) {
		c.end(raon.KickRejected, "busy", err)
	} // a holder that has ended is about to release l by itself
}

// surrender gives l up to who claims it, unless the connection is ending, which
// decides what becomes of l.
func (c *Conn[S]) surrender(l *link[S]) {
	if c.link != l || c.session.Ending() || c.protocol.links.lost(l) {
		return
	}
	if fn := c.protocol.hooks.OnSuspend; fn != nil {
		fn(c, raon.KickSuperseded, nil)
	}
	if c.session.Ending() {
		return
	}
	c.end(raon.KickSuperseded, "", nil)
	c.moved = true
	c.giveUp(l)
}

// giveUp hands state and link on. The connection is left with an empty state, for
// whoever comes too late.
func (c *Conn[S]) giveUp(l *link[S]) {
	l.state = c.State
	c.State, c.link = new(S), nil
	c.protocol.links.release(l, c.session.Service().Core())
}

// settled is what a claimant gets to hear: the link is its own, or gone.
func (c *Conn[S]) settled(l *link[S]) {
	if c.claimed != l || c.link != nil || c.session.Ending() {
		return // OnDisconnect gives it back
	}
	if c.protocol.links.lost(l) {
		c.beginLinked()
		return
	}
	c.resume(l)
}

// dropClaim gives a link back that the connection has claimed and not used.
func (c *Conn[S]) dropClaim() {
	if c.claimed != nil {
		c.protocol.links.unclaim(c.claimed, c.session.Ref(), c.session.Service().Core())
	}
}

// resume goes on with l, which is the connection's now, where the client's hello
// says.
func (c *Conn[S]) resume(l *link[S]) {
	if err := l.acknowledge(c.shown.count, &c.protocol.header); err != nil {
		c.refuse(raon.KickPacketError, &Error{ID: controlID, Name: "control", Err: err})
		return // OnDisconnect gives it back
	}
	c.protocol.links.rotate(l, c.shown.ticket)
	c.claimed, c.link, c.unconfirmed = nil, l, true
	c.State, l.state = l.state, nil
	c.sendHello(flagResume | flagResumed)
	c.goOn()
}

// goOn repeats what the peer has not got, and is the moment of OnResume.
func (c *Conn[S]) goOn() {
	c.start()
	c.link.replay.each(&c.protocol.header, func(id uint16, p []byte) {
		_ = c.session.SendBytes(p, id) // a queue that is full ends the connection, which can be resumed again
	})
	if fn := c.protocol.hooks.OnResume; fn != nil {
		fn(c)
	}
}

// helloBack is the server's answer to a client.
func (c *Conn[S]) helloBack(m *control) {
	if m.flags&flagResumed != 0 {
		c.resumed(m)
		return
	}
	if c.link != nil { // of the last connection, and the server knows it no more
		c.protocol.links.expire(c.State)
		c.State, c.link, c.kept = new(S), nil, false
	}
	if m.flags&flagResume != 0 && m.shown {
		c.link = &link[S]{ticket: m.ticket}
	}
	c.begin()
}

// resumed goes on with what the client has kept.
func (c *Conn[S]) resumed(m *control) {
	l := c.link
	err := fmt.Errorf("%w: resumed, and nothing was asked for", ErrControl)
	if l != nil && m.shown {
		err = l.acknowledge(m.count, &c.protocol.header)
	}
	if err != nil {
		c.refuseControl(err)
		return
	}
	l.ticket, c.kept = m.ticket, false
	c.goOn()
	c.sendControl(control{kind: kindAck, count: l.received}) // by which the server learns that the ticket has come
}

// confirm is when a client that has resumed is heard: it has its new ticket.
func (c *Conn[S]) confirm() {
	c.unconfirmed = false
	c.protocol.links.confirm(c.link)
}

// resumable tells whether the end of the connection was the network's doing, and
// the state can wait for the next one.
func (c *Conn[S]) resumable(reason raon.KickReason, err error) bool {
	if !c.Resumable() {
		return false
	}
	switch reason {
	case raon.KickRecv0:
		var said *KickedError
		return !errors.As(err, &said)
	case raon.KickCompletionError, raon.KickSendError, raon.KickIdle, raon.KickSlowConsumer, raon.KickHalfCloseTimeout:
		return true
	}
	return false
}

// suspend parks the state; a client keeps its own. Should the hook panic, the state
// ends.
func (c *Conn[S]) suspend(reason raon.KickReason, err error) {
	l, told := c.link, false
	defer func() {
		if !told {
			c.forgetLink()
		}
	}()
	if fn := c.protocol.hooks.OnSuspend; fn != nil {
		fn(c, reason, err)
	}
	told = true
	if c.server {
		c.giveUp(l)
	} else {
		c.kept = true
	}
}

// forgetLink makes the state one that cannot be had again.
func (c *Conn[S]) forgetLink() {
	if c.link != nil && c.server {
		c.protocol.links.forget(c.link)
	}
}
