package packet

import (
	"fmt"
	"time"

	"github.com/raon-engine/raon"
)

// handler is the raon.Handler of one pooled session.
type handler[S any] struct{ conn Conn[S] }

// sendHandler is a handler whose protocol wants OnSend.
type sendHandler[S any] struct{ handler[S] }

func (h *handler[S]) connection() *Conn[S] { return &h.conn }

// OnConnect begins a connection.
func (h *handler[S]) OnConnect(s *raon.Session, err error) {
	c := &h.conn
	c.session, c.shard = s, c.protocol.shardOf(s)
	c.server = s.Service().Serves()
	if err != nil {
		if fn := c.protocol.hooks.OnConnectFailed; fn != nil {
			fn(c, err)
		}
		return
	}
	if c.protocol.opts.Control.On {
		c.beginControl()
		return
	}
	c.begin()
}

// OnRecv handles every whole packet in data, until one of them ends or holds the
// session.
func (h *handler[S]) OnRecv(s *raon.Session, data []byte) int {
	c := &h.conn
	used := 0
	c.beat.heard = s.Now()
	began := c.protocol.clock()
	for used < len(data) {
		f, n, err := c.protocol.header.next(data[used:], c.limit())
		if err != nil {
			c.shard.badFrame.add(1)
			c.refuse(raon.KickPacketError, c.protocol.error(f.ID, err))
			return used
		}
		if n == 0 {
			return used
		}
		began = c.take(f, n, began)
		used += n
		if s.Ending() || s.Held() {
			return used
		}
	}
	return used
}

// clock is the time since the Protocol was made, for measuring handlers.
func (t *table) clock() time.Duration { return time.Since(t.began) }

// take handles one packet of n bytes. It gives the time when it was done.
func (c *Conn[S]) take(f Frame, n int, began time.Duration) time.Duration {
	if c.protocol.opts.Control.On && (f.ID == controlID || !c.open) {
		c.takeEarly(f, n)
		return began
	}
	if c.unconfirmed {
		c.confirm()
	}
	e := c.protocol.lookup(f.ID)
	if e == nil {
		c.shard.unknown.add(1)
		c.refuse(raon.KickPacketError, &Error{ID: f.ID, Err: ErrUnknownID})
		return began
	}
	if c.link != nil && !e.spec.Volatile {
		c.heardPacket(n)
	}
	r := &c.shard.rows[e.row]
	err := e.admits(f.Payload)
	if err == nil && c.stranger && !e.spec.BeforeAuth {
		err = ErrNotAuthenticated
	}
	if err != nil {
		c.fault(e, err)
		return began
	}
	if !c.afford(e) {
		return began
	}
	r.in.add(1)
	r.inBytes.add(uint64(n))
	if err := e.handle(c, f.Payload); err != nil {
		c.fault(e, fmt.Errorf("%w: %w", ErrDecode, err))
	}
	c.ackIfDue()
	ended := c.protocol.clock()
	r.spent.add(ended - began)
	return ended
}

// takeEarly handles control packets, and what comes before the hello: from a
// client that is a fault; a server's broadcasts may overtake its hello, and are
// left out.
func (c *Conn[S]) takeEarly(f Frame, n int) {
	if f.ID == controlID {
		c.takeControl(f.Payload, n)
	} else if c.server {
		c.refuse(raon.KickPacketError, c.protocol.error(f.ID, ErrNoHello))
	}
}

// admits tells what is wrong with a packet that its codec has not seen yet.
func (e *entry[S]) admits(payload []byte) error {
	if e.handle == nil {
		return ErrDirection
	}
	if n := len(payload); n < e.spec.MinBytes || n > e.spec.MaxBytes {
		return fmt.Errorf("%w: %d bytes of payload, want %d to %d", ErrSize, n, e.spec.MinBytes, e.spec.MaxBytes)
	}
	return nil
}

// afford takes a packet from the budgets. It tells whether it may be handled.
func (c *Conn[S]) afford(e *entry[S]) bool {
	now := c.session.Now()
	for _, b := range [...]*budget{&c.protocol.total, &e.budget} {
		if b.slot < 0 || b.take(&c.budgets[b.slot], now) {
			continue
		}
		c.shard.rows[e.row].drops.add(1)
		if !b.drop {
			c.refuse(raon.KickFlood, &Error{ID: e.spec.ID, Name: e.spec.Name, Err: ErrFlood})
		}
		return false
	}
	return true
}

// fault refuses a packet of a message in the table.
func (c *Conn[S]) fault(e *entry[S], err error) {
	c.shard.rows[e.row].errors.add(1)
	c.refuse(raon.KickPacketError, &Error{ID: e.spec.ID, Name: e.spec.Name, Err: err})
}

// OnDisconnect ends a connection. A client's that ends before its server's hello
// has failed to connect.
func (h *handler[S]) OnDisconnect(_ *raon.Session, reason raon.KickReason, err error) {
	c := &h.conn
	hooks := &c.protocol.hooks
	c.dropClaim()
	switch {
	case c.moved:
	case c.open && c.resumable(reason, err):
		c.suspend(reason, err)
	case c.open:
		c.forgetLink()
		if hooks.OnDisconnect != nil {
			hooks.OnDisconnect(c, reason, err)
		}
	case !c.server && hooks.OnConnectFailed != nil:
		if err == nil {
			err = fmt.Errorf("%w: %v", ErrNoHello, reason)
		}
		hooks.OnConnectFailed(c, err)
	}
}

// OnDrain tells the peer that the service ends.
func (h *handler[S]) OnDrain(*raon.Session) {
	if c := &h.conn; c.open && c.protocol.opts.Control.On {
		c.end(raon.KickShutdown, "", nil)
	}
}

// OnSend tells the application which packet has left.
func (h *sendHandler[S]) OnSend(_ *raon.Session, n int, packetID uint16) {
	if p := h.conn.protocol; packetID != controlID || !p.opts.Control.On {
		p.hooks.OnSend(&h.conn, packetID, n)
	}
}

// Reset forgets the last connection when the session goes back to its pool.
func (h *handler[S]) Reset() { h.conn.reset() }
