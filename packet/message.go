package packet

import (
	"fmt"

	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/internal/invariant"
)

// Message is one message of a Protocol, for sending. It does not change; any
// goroutine may use it. A Message of direction In cannot be sent.
type Message[M any] struct {
	table *table
	spec  Spec
	row   int
	codec Codec[M]
	sizer Sizer[M] // nil: MaxBytes
}

// entry is one message as it comes in, or the notice that it does not.
type entry[S any] struct {
	spec   *Spec
	row    int
	budget budget
	handle func(c *Conn[S], payload []byte) error // nil: it goes out only
}

// Define adds a message that this end sends. What is wrong with it, Handlers
// tells.
func Define[S, M any](p *Protocol[S], spec Spec, codec Codec[M]) *Message[M] {
	msg, ok := newMessage(p, &spec, codec, false)
	if ok && p.header.id {
		p.enter(msg.row, budget{slot: -1}, nil)
	}
	return msg
}

// Handle adds a message that the peer sends, and with Direction Both this end
// too. fn gets each as a callback of its session; m is borrowed until it returns.
// What is wrong, Handlers tells.
func Handle[S, M any](p *Protocol[S], spec Spec, codec Codec[M], fn func(c *Conn[S], m *M)) *Message[M] {
	if fn == nil {
		p.fault(fmt.Errorf("message %d %q: no handler", spec.ID, spec.Name))
	}
	msg, ok := newMessage(p, &spec, codec, true)
	if !ok {
		return msg
	}
	b := spec.Rate.budget(p.budgets)
	if b.slot >= 0 {
		p.budgets++
	}
	row := msg.row
	p.enter(row, b, func(c *Conn[S], payload []byte) error {
		m := c.shard.scratch[row].(*M)
		if err := codec.Decode(payload, m); err != nil {
			return err
		}
		fn(c, m)
		return nil
	})
	return msg
}

func newMessage[S, M any](p *Protocol[S], spec *Spec, codec Codec[M], handled bool) (*Message[M], bool) {
	invariant.Check(codec != nil, "packet: a message without a codec")
	row, ok := p.add(*spec, codec, handled, func() any { return new(M) })
	if ok {
		*spec = p.rows[row].spec
	}
	msg := &Message[M]{table: &p.table, spec: *spec, row: row, codec: codec}
	msg.sizer, _ = codec.(Sizer[M])
	return msg, ok
}

// enter makes the message of that row one that may come in.
func (p *Protocol[S]) enter(row int, b budget, handle func(*Conn[S], []byte) error) {
	spec := p.rows[row].spec
	page := &p.pages[spec.ID>>8]
	if *page == nil {
		*page = new([256]*entry[S])
	}
	(*page)[spec.ID&0xff] = &entry[S]{spec: &spec, row: row, budget: b, handle: handle}
}

// lookup is the message of that id, nil when there is none.
func (p *Protocol[S]) lookup(id uint16) *entry[S] {
	page := p.pages[id>>8]
	if page == nil {
		return nil
	}
	return page[id&0xff]
}

// ID is the message's id, for what sends an encoded packet.
func (msg *Message[M]) ID() uint16 { return msg.spec.ID }

// Opener reserves memory for a packet: a *raon.Session, in its own callbacks, or a
// *buffer.ChunkPool.
type Opener interface {
	Open(size int) buffer.Writer
}

// Encode makes the whole packet, header included, with one reference: to be given
// to Broadcast, or sent to many by SendBuffer, encoded once. Errors: *Error with
// ErrSize or ErrEncode.
func (msg *Message[M]) Encode(to Opener, m *M) (buffer.SendBuffer, error) {
	room, err := msg.room(m)
	if err != nil {
		return buffer.SendBuffer{}, err
	}
	w := to.Open(room)
	n, err := msg.write(w.Bytes(), m)
	return w.Close(n), err
}

// EncodeShared is Encode for goroutines that are no workers: pool is
// Core.Buffers. The pool is locked while the codec works.
func (msg *Message[M]) EncodeShared(pool *buffer.SharedPool, m *M) (buffer.SendBuffer, error) {
	room, err := msg.room(m)
	if err != nil {
		return buffer.SendBuffer{}, err
	}
	b := pool.Fill(room, func(dst []byte) (n int) {
		n, err = msg.write(dst, m)
		return n
	})
	return b, err
}

// room is how many bytes the packet takes at most.
func (msg *Message[M]) room(m *M) (int, error) {
	invariant.Check(msg.spec.Direction&Out != 0, "packet: a message that only comes in is sent")
	if msg.sizer == nil {
		return msg.table.header.bytes + msg.spec.MaxBytes, nil
	}
	n := msg.sizer.Size(m)
	if n > msg.spec.MaxBytes {
		return 0, msg.tooLong(n)
	}
	return msg.table.header.bytes + n, nil
}

// write puts the packet into dst, which has room for it, and gives its size.
func (msg *Message[M]) write(dst []byte, m *M) (int, error) {
	h := &msg.table.header
	out, err := msg.codec.Encode(dst[:h.bytes], m)
	if err != nil {
		return 0, &Error{msg.spec.ID, msg.spec.Name, fmt.Errorf("%w: %w", ErrEncode, err)}
	}
	payload := len(out) - h.bytes
	if payload < msg.spec.MinBytes || len(out) > len(dst) {
		return 0, msg.tooLong(payload)
	}
	if &out[0] != &dst[0] { // the codec did not append in place
		copy(dst, out)
	}
	h.put(dst, len(out), msg.spec.ID)
	return len(out), nil
}

func (msg *Message[M]) tooLong(n int) error {
	return &Error{msg.spec.ID, msg.spec.Name,
		fmt.Errorf("%w: %d bytes, want %d to %d", ErrSize, n, msg.spec.MinBytes, msg.spec.MaxBytes)}
}

// Send encodes m and queues it for c's peer. It leaves with everything else of
// this turn, in the order sent. Errors: as Encode and raon.Session.Send.
func Send[S, M any](c *Conn[S], msg *Message[M], m *M) error {
	invariant.Check(msg.table == &c.protocol.table, "packet: a message of another Protocol is sent")
	buf, err := msg.Encode(c.session, m)
	if err != nil {
		c.shard.rows[msg.row].errors.add(1)
		return err
	}
	return c.send(buf, msg.row, msg.spec.ID)
}

// SendBuffer queues what Encode made, and takes over one reference of it, also
// when it fails. Errors: as raon.Session.Send.
func SendBuffer[S, M any](c *Conn[S], msg *Message[M], buf buffer.SendBuffer) error {
	invariant.Check(msg.table == &c.protocol.table, "packet: a message of another Protocol is sent")
	return c.send(buf, msg.row, msg.spec.ID)
}

// Scratch is memory of c's worker for an outgoing message, zeroed, so that
// sending allocates nothing. It is good until the next Scratch of the message and
// at most until the callback returns.
func Scratch[S, M any](c *Conn[S], msg *Message[M]) *M {
	m := c.shard.outgoing[msg.row].(*M)
	var zero M
	*m = zero
	return m
}
