package packet

import (
	"errors"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/internal/invariant"
)

// Conn is one connection, as its callbacks see it. Like the Session that it
// belongs to it is pooled, and valid in that session's callbacks and jobs only;
// whoever wants to reach it from elsewhere keeps Ref, and comes back with ConnOf.
type Conn[S any] struct {
	// State is the application's, zeroed for each connection.
	State *S

	session  *raon.Session
	protocol *Protocol[S]
	shard    *shard
	budgets  []time.Duration // see budget
	controls time.Duration   // the budget of control packets

	server   bool // of a service that listens
	open     bool // OnConnect has been called
	stranger bool // and Authenticated is still to come

	link        *link[S] // with Resume: what outlives the connection
	claimed     *link[S] // until it is the connection's
	shown       control  // the hello that claimed it
	moved       bool     // another connection has taken the state over
	kept        bool     // a client's state waits here for the next connection
	unconfirmed bool     // the client may not know its new ticket yet

	peerVersion uint32
	deadline    time.Duration // for the hello, or for Authenticated; 0 is none
	beat        heartbeat
	alarm       raon.Timer
	wake        func(*raon.Session) // look
}

func (c *Conn[S]) init(p *Protocol[S]) {
	c.protocol, c.State = p, new(S)
	c.budgets = make([]time.Duration, p.budgets)
	c.wake = c.look
}

// ConnOf is the connection that s belongs to: for jobs that got a Session from a
// SessionRef or Service.ForEach. The service's handlers have to be a
// Protocol[S]'s.
func ConnOf[S any](s *raon.Session) *Conn[S] {
	h, ok := s.Handler().(interface{ connection() *Conn[S] })
	invariant.Check(ok, "packet: ConnOf a session with another handler, or another state")
	return h.connection()
}

// Session is the session underneath. Its Send, SendBytes and Broadcast take whole
// packets, such as Message.Encode makes.
func (c *Conn[S]) Session() *raon.Session { return c.session }

// Ref is the handle on the connection for other goroutines, and for keeping.
func (c *Conn[S]) Ref() raon.SessionRef { return c.session.Ref() }

// Kick ends the connection gracefully: what was sent before still arrives. With
// Control the peer gets reason and text too, as a KickedError; of the text, 255
// bytes. OnDisconnect and the log get both on this end.
func (c *Conn[S]) Kick(reason raon.KickReason, text string) {
	var cause error
	if text != "" {
		cause = errors.New(text)
	}
	if c.protocol.opts.Control.On {
		c.end(reason, text, cause)
		return
	}
	c.session.DisconnectWith(reason, cause)
}

// end ends the connection gracefully, after telling the peer why.
func (c *Conn[S]) end(reason raon.KickReason, text string, cause error) {
	if c.session.Ending() {
		return
	}
	if c.protocol.opts.Control.On {
		c.sendControl(control{kind: kindKick, reason: reason, text: clip(text)})
		c.session.DisconnectWith(reason, cause)
		return
	}
	c.session.AbortWith(reason, cause)
}

// send queues a whole packet.
func (c *Conn[S]) send(buf buffer.SendBuffer, row int, id uint16) error {
	n := buf.Len()
	counted := c.link != nil && n > 0 && !c.protocol.rows[row].spec.Volatile
	if counted {
		c.counts(buf.Bytes())
	}
	if err := c.session.Send(buf, id); err != nil {
		if counted {
			c.uncounts(n)
		}
		return err
	}
	r := &c.shard.rows[row]
	r.out.add(1)
	r.outBytes.add(uint64(n))
	return nil
}

// refuse ends the session for what its peer sent. Who has not said hello is not
// told why.
func (c *Conn[S]) refuse(reason raon.KickReason, err *Error) {
	if !c.open {
		c.session.AbortWith(reason, err)
		return
	}
	c.end(reason, err.Error(), err)
}

// reset forgets the connection, but for what a client keeps for the next one.
func (c *Conn[S]) reset() {
	next := Conn[S]{State: c.State, protocol: c.protocol, budgets: c.budgets, wake: c.wake}
	clear(c.budgets)
	switch {
	case c.kept:
		next.kept, next.link = true, c.link
	default:
		var zero S
		*next.State = zero
	}
	*c = next
}
