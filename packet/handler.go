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
	if err != nil {
		if fn := c.protocol.hooks.OnConnectFailed; fn != nil {
			fn(c, err)
		}
		return
	}
	c.open = true
	if fn := c.protocol.hooks.OnConnect; fn != nil {
		fn(c)
	}
}

// OnRecv handles every whole packet in data, until one of them ends or holds the
// session.
func (h *handler[S]) OnRecv(s *raon.Session, data []byte) int {
	c := &h.conn
	used := 0
	began := c.protocol.clock()
	for used < len(data) {
		f, n, err := c.protocol.header.next(data[used:], c.protocol.header.max)
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
	e := c.protocol.lookup(f.ID)
	if e == nil {
		c.shard.unknown.add(1)
		c.refuse(raon.KickPacketError, &Error{ID: f.ID, Err: ErrUnknownID})
		return began
	}
	r := &c.shard.rows[e.row]
	if err := e.admits(f.Payload); err != nil {
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
	ended := c.protocol.clock()
	r.spent.add(ended - began)
	return ended
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

// OnDisconnect ends a connection.
func (h *handler[S]) OnDisconnect(_ *raon.Session, reason raon.KickReason, err error) {
	c := &h.conn
	if fn := c.protocol.hooks.OnDisconnect; fn != nil && c.open {
		fn(c, reason, err)
	}
}

// OnSend tells the application which packet has left.
func (h *sendHandler[S]) OnSend(_ *raon.Session, n int, packetID uint16) {
	h.conn.protocol.hooks.OnSend(&h.conn, packetID, n)
}

// Reset forgets the last connection when the session goes back to its pool.
func (h *handler[S]) Reset() { h.conn.reset() }
