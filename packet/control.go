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
//	hello  u8 wire version, u32 version, u32 flags
//	ping   u32 number
//	pong   u32 number of the ping that it answers
//	kick   u8 reason, text to the end
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
	le := binary.LittleEndian
	if len(p) == 0 {
		return c, fmt.Errorf("%w: empty", ErrControl)
	}
	c.kind = controlKind(p[0])
	p = p[1:]
	ok := false
	switch c.kind {
	case kindHello:
		if ok = len(p) == 9 || len(p) > 0 && p[0] != wireVersion; ok {
			c.wire = p[0]
		}
		if len(p) == 9 {
			c.version, c.flags = le.Uint32(p[1:]), le.Uint32(p[5:])
		}
	case kindPing, kindPong:
		if ok = len(p) == 4; ok {
			c.number = le.Uint32(p)
		}
	case kindKick:
		if ok = len(p) >= 1 && len(p) <= 1+maxText; ok {
			c.reason, c.text = raon.KickReason(p[0]), strings.ToValidUTF8(string(p[1:]), "?")
		}
	}
	if !ok {
		return c, fmt.Errorf("%w: kind %d with %d bytes", ErrControl, c.kind, len(p))
	}
	return c, nil
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
	m, err := parseControl(payload)
	if err == nil && m.kind != kindHello && m.kind != kindKick && !c.open {
		err = ErrNoHello
	}
	if err != nil {
		c.refuseControl(err)
		return
	}
	if m.kind != kindHello && m.kind != kindKick && !controlRate.take(&c.controls, c.session.Now()) {
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
	case kindPong:
		c.beat.pong(m.number, c.session)
	case kindKick:
		c.session.DisconnectWith(raon.KickRecv0, &KickedError{m.reason, m.text})
	}
}

func (c *Conn[S]) refuseControl(err error) {
	c.shard.control.errors.add(1)
	c.refuse(raon.KickPacketError, &Error{ID: controlID, Name: "control", Err: err})
}
