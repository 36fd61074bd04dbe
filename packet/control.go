package packet

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/raon-engine/raon"
)

// The engine's own packets have id 0. A payload is a kind and a body, whose
// numbers are little-endian whatever the framing:
//
//	hello  u8 wire version, u32 version, u32 flags; or these, 16 bytes ticket, u64 count
//	ping   u32 number
//	pong   u32 number of the ping that it answers
//	kick   u8 reason, text to the end
//	ack    u64 count
//
// A count is how many packets, but for volatile ones, the sender has handled since
// the state began. A ticket in the client's hello asks for that state; one in the
// server's is for the next time.
//
// The client says hello first; the server answers with its own, or with a kick.
const controlID = 0

// controlKind is the first byte of a control payload.
type controlKind uint8

const (
	kindHello controlKind = iota + 1
	kindPing
	kindPong
	kindKick
	kindAck
)

// The flags of a hello.
const (
	flagResume  = 1 << iota // the client could resume; the server's hello has a ticket
	flagResumed             // the server has given the state back
)

// wireVersion is the version of what is described here.
const wireVersion = 1

// maxText bounds the text of a kick.
const maxText = 255

// control is one control packet.
type control struct {
	kind    controlKind
	wire    uint8  // hello
	version uint32 // hello
	flags   uint32 // hello
	shown   bool   // hello: there is a ticket
	ticket  ticket // hello
	count   uint64 // hello, ack
	number  uint32 // ping, pong
	reason  raon.KickReason
	text    string
}

// append adds the payload of c to dst.
func (c *control) append(dst []byte) []byte {
	le := binary.LittleEndian
	dst = append(dst, byte(c.kind))
	switch c.kind {
	case kindHello:
		dst = append(dst, c.wire)
		dst = le.AppendUint32(dst, c.version)
		dst = le.AppendUint32(dst, c.flags)
		if c.shown {
			dst = le.AppendUint64(append(dst, c.ticket[:]...), c.count)
		}
	case kindAck:
		dst = le.AppendUint64(dst, c.count)
	case kindPing, kindPong:
		dst = le.AppendUint32(dst, c.number)
	case kindKick:
		dst = append(dst, byte(c.reason))
		dst = append(dst, c.text[:min(len(c.text), maxText)]...)
	}
	return dst
}

// parseControl reads a control payload. A hello of another wire version may have
// another length. Errors: ErrControl.
func parseControl(p []byte) (c control, err error) {
	if len(p) == 0 {
		return c, fmt.Errorf("%w: empty", ErrControl)
	}
	c.kind = controlKind(p[0])
	p = p[1:]
	ok := false
	switch c.kind {
	case kindHello:
		ok = c.parseHello(p)
	case kindPing, kindPong:
		if ok = len(p) == 4; ok {
			c.number = binary.LittleEndian.Uint32(p)
		}
	case kindKick:
		if ok = len(p) >= 1 && len(p) <= 1+maxText; ok {
			c.reason, c.text = raon.KickReason(p[0]), strings.ToValidUTF8(string(p[1:]), "?")
		}
	case kindAck:
		if ok = len(p) == 8; ok {
			c.count = binary.LittleEndian.Uint64(p)
		}
	}
	if !ok {
		return c, fmt.Errorf("%w: kind %d with %d bytes", ErrControl, c.kind, len(p))
	}
	return c, nil
}

// The lengths of a hello's body, without and with a ticket.
const (
	helloBytes  = 9
	ticketBytes = helloBytes + 24
)

// parseHello reads the body of a hello. It tells whether it is one.
func (c *control) parseHello(p []byte) bool {
	le := binary.LittleEndian
	if len(p) == 0 {
		return false
	}
	if c.wire = p[0]; c.wire != wireVersion {
		return true
	}
	if len(p) != helloBytes && len(p) != ticketBytes {
		return false
	}
	c.version, c.flags = le.Uint32(p[1:]), le.Uint32(p[5:])
	if c.shown = len(p) == ticketBytes; c.shown {
		copy(c.ticket[:], p[helloBytes:])
		c.count = le.Uint64(p[ticketBytes-8:])
	}
	return true
}

// clip shortens text to what a kick may carry, at the end of a character.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "")
}

// sendControl queues a control packet. That it is refused shows elsewhere: the
// session ends, or its queue is full and its peer hears from it anyway.
func (c *Conn[S]) sendControl(m control) {
	h := &c.protocol.header
	w := c.session.Open(h.bytes + 2 + maxText)
	out := m.append(w.Bytes()[:h.bytes])
	h.put(out, len(out), controlID)
	if c.session.Send(w.Close(len(out)), controlID) == nil {
		c.shard.control.out.add(1)
		c.shard.control.outBytes.add(uint64(len(out)))
	}
}

// controlRate is what a peer may send of pings, pongs and the like. What is above
// is not looked at.
var controlRate = Rate{PerSecond: 20, Burst: 100}.budget(0)

// takeControl handles one control packet of n bytes.
func (c *Conn[S]) takeControl(payload []byte, n int) {
	r := &c.shard.control
	if c.unconfirmed {
		c.confirm()
	}
	m, err := parseControl(payload)
	if err == nil && m.kind != kindHello && m.kind != kindKick && !c.open {
		err = ErrNoHello
	}
	if err != nil {
		c.refuseControl(err)
		return
	}
	if (m.kind == kindPing || m.kind == kindPong) && !controlRate.take(&c.controls, c.session.Now()) {
		r.drops.add(1)
		return
	}
	r.in.add(1)
	r.inBytes.add(uint64(n))
	switch m.kind {
	case kindHello:
		c.takeHello(&m)
	case kindPing:
		c.sendControl(control{kind: kindPong, number: m.number})
		c.ack()
	case kindPong:
		c.beat.pong(m.number, c.session)
	case kindKick:
		c.session.DisconnectWith(raon.KickRecv0, &KickedError{m.reason, m.text})
	case kindAck:
		c.takeAck(m.count)
	}
}

func (c *Conn[S]) refuseControl(err error) {
	c.shard.control.errors.add(1)
	c.refuse(raon.KickPacketError, &Error{ID: controlID, Name: "control", Err: err})
}
