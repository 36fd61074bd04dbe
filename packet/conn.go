package packet

import (
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
	open     bool            // OnConnect has been called
}

func (c *Conn[S]) init(p *Protocol[S]) {
	c.protocol, c.State = p, new(S)
	c.budgets = make([]time.Duration, p.budgets)
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

// Kick ends the connection gracefully: what was sent before still arrives. text
// is for the log and OnDisconnect.
func (c *Conn[S]) Kick(reason raon.KickReason, text string) {
	c.session.DisconnectWith(reason, kickError(text))
}

// kickError is the cause of an end that the application gave in words.
func kickError(text string) error {
	if text == "" {
		return nil
	}
	return &kicked{text}
}

type kicked struct{ text string }

// Error is the application's text.
func (k *kicked) Error() string { return k.text }

// send queues a whole packet.
func (c *Conn[S]) send(buf buffer.SendBuffer, row int, id uint16) error {
	n := buf.Len()
	if err := c.session.Send(buf, id); err != nil {
		return err
	}
	r := &c.shard.rows[row]
	r.out.add(1)
	r.outBytes.add(uint64(n))
	return nil
}

// refuse ends the session for what its peer sent.
func (c *Conn[S]) refuse(reason raon.KickReason, err *Error) {
	c.session.AbortWith(reason, err)
}

// reset forgets the connection.
func (c *Conn[S]) reset() {
	var zero S
	*c.State = zero
	clear(c.budgets)
	c.session, c.shard, c.open = nil, nil, false
}
