package raon_test

import (
	"encoding/binary"
	"errors"

	"github.com/raon-engine/raon"
)

// simHandler is one end of a simulated connection. It sends numbered packets,
// checks those it gets, and does to its session whatever the dice say. Packets
// are u16 size (header included), u32 sender and number, then bytes derived from
// both.
type simHandler struct {
	run    *schedule
	client bool

	ref      raon.SessionRef
	key      string // the client's address, both ends' name for the connection
	open     bool
	busy     bool // inside a callback
	over     bool // Disconnect or Abort was called on this end
	lossy    bool // this end may lose what it queued
	retained bool
	paused   bool
	finished bool            // CloseWrite was called on this end
	heard    bool            // OnFinish was called
	left     int             // bytes that OnRecv did not consume
	out      [senders]uint32 // packets accepted by Send
	in       [senders]uint32 // number of the next packet expected
	reported [senders]uint32 // packets that OnSend told of
}

// The senders of an end: its own callbacks and another goroutine. Each sends in
// an order of its own.
const (
	fromSelf = iota
	fromOther
	senders
)

const (
	simHeader    = 6
	maxSimPacket = 1500
)

func (r *schedule) newEnd(client bool) *simHandler {
	h := &simHandler{run: r, client: client}
	r.ends = append(r.ends, h)
	return h
}

func (h *simHandler) String() string {
	role := "server"
	if h.client {
		role = "client"
	}
	return role + " end of " + h.key
}

// call brackets a callback: none may run inside another.
func (h *simHandler) call(name string) func() {
	if h.busy {
		h.run.violate("%s: %s nested in a callback", h, name)
	}
	h.busy = true
	return func() { h.busy = false }
}

func (h *simHandler) Reset() {
	*h = simHandler{run: h.run, client: h.client}
}

func (h *simHandler) OnConnect(s *raon.Session, err error) {
	defer h.call("OnConnect")()
	if err != nil {
		return
	}
	if h.open {
		h.run.violate("%s: OnConnect twice", h)
	}
	h.open, h.ref = true, s.Ref()
	peer := s.PeerAddr()
	if proxy := s.ProxyAddr(); proxy.IsValid() {
		peer = proxy // the client's own address here
	}
	if h.client {
		local, err := s.LocalAddr()
		if err != nil { // the world reset it already
			return
		}
		peer = local
	}
	h.key = peer.String()
	pair := h.run.links[h.key]
	pair[b2i(!h.client)] = h
	h.run.links[h.key] = pair
	h.act(s)
}

func (h *simHandler) OnRecv(s *raon.Session, data []byte) int {
	defer h.call("OnRecv")()
	if !h.open || h.over || h.heard && len(data) != h.left { // what it left comes again at Resume
		h.run.violate("%s: OnRecv after the end", h)
	}
	if h.paused {
		h.run.violate("%s: OnRecv while paused", h)
	}
	used := 0
	for len(data)-used >= simHeader {
		n := int(binary.LittleEndian.Uint16(data[used:]))
		if n < simHeader || n > maxSimPacket {
			h.run.violate("%s: foreign bytes: a packet of %d bytes", h, n)
			return len(data)
		}
		if len(data)-used < n {
			break
		}
		h.check(data[used : used+n])
		used += n
		if h.run.rng.IntN(4) == 0 {
			break
		}
	}
	h.left = len(data) - used
	h.act(s)
	return used
}

// check verifies a packet's number and bytes.
func (h *simHandler) check(p []byte) {
	word := binary.LittleEndian.Uint32(p[2:])
	from, number := word>>31, word&^(1<<31)
	if next := h.in[from]; number < next || number > next && !h.run.drops {
		h.run.violate("%s: got packet %d of sender %d, expected %d", h, number, from, next)
	}
	h.in[from] = number + 1
	for i, b := range p[simHeader:] {
		if b != simByte(number, i) {
			h.run.violate("%s: packet %d: byte %d is wrong", h, number, i)
			return
		}
	}
}

func simByte(number uint32, i int) byte { return byte(number*31 + uint32(i)*7) }

// packet makes the sender's next packet and its id.
func (h *simHandler) packet(from int) (p []byte, id uint16) {
	number := h.out[from]
	p = make([]byte, simHeader+h.run.rng.IntN(maxSimPacket-simHeader))
	binary.LittleEndian.PutUint16(p, uint16(len(p)))
	binary.LittleEndian.PutUint32(p[2:], uint32(from)<<31|number)
	for i := range p[simHeader:] {
		p[simHeader+i] = simByte(number, i)
	}
	if h.run.plant && number == 3 {
		p[2]++ // the planted defect: a packet with the wrong number
	}
	return p, simID(from, number)
}

func simID(from int, number uint32) uint16 { return uint16(from)<<15 | uint16(number&0x7fff) }

// act does something to the session, or nothing.
func (h *simHandler) act(s *raon.Session) {
	if h.run.over {
		if h.retained {
			h.retained = false
			s.Release()
		}
		return
	}
	rng := h.run.rng
	for range rng.IntN(2) * rng.IntN(4) {
		h.send(s)
	}
	switch rng.IntN(12) {
	case 0:
		h.paused = true
		s.Pause()
		_ = s.PushJob(func() { h.job(s) }) // a full inbox is an answer: the session stays paused
	case 1:
		h.resume(s)
	case 2:
		s.Flush()
	case 3:
		_ = s.PushJob(func() { h.job(s) })
	case 4:
		if !h.retained {
			h.retained = true
			s.Retain()
		}
	case 5:
		if rng.IntN(4) == 0 {
			h.finished = true
			s.CloseWrite()
		}
	}
	h.maybeEnd(s)
	if h.retained && rng.IntN(4) == 0 {
		h.retained = false
		s.Release()
	}
}

// maybeEnd ends the session in one of the ways there are, more often in a wild
// schedule than in a calm one.
func (h *simHandler) maybeEnd(s *raon.Session) {
	switch h.run.rng.IntN(h.run.calm) {
	case 0, 1, 2:
		h.over = true
		s.Disconnect(raon.KickDisconnect)
	case 3:
		h.over, h.lossy = true, true
		s.Abort(raon.KickUnknown)
	case 4:
		h.over, h.lossy = true, true
		panic("a handler's own")
	}
}

func (h *simHandler) job(s *raon.Session) {
	defer h.call("job")()
	h.resume(s)
	h.act(s)
}

func (h *simHandler) resume(s *raon.Session) {
	h.paused = false
	s.Resume()
}

// send queues a packet by one of the ways there are.
func (h *simHandler) send(s *raon.Session) {
	var err error
	p, id := h.packet(fromSelf)
	before := s.Draining()
	switch h.run.rng.IntN(3) {
	case 0:
		err = s.SendBytes(p, id)
	case 1:
		w := s.Open(len(p))
		copy(w.Bytes(), p)
		err = s.Send(w.Close(len(p)), id)
	case 2:
		w := s.Open(maxSimPacket)
		n, _ := w.Write(p) // it fits
		err = s.SendDroppable(w.Close(n), id)
	}
	switch {
	case err == nil:
		h.out[fromSelf]++
	case errors.Is(err, raon.ErrSessionClosed) && h.finished:
	case errors.Is(err, raon.ErrSessionClosed) && (before || s.Draining()):
		h.over, h.lossy = true, true
	case !errors.Is(err, raon.ErrQueueFull):
		h.run.violate("%s: send: %v", h, err)
	}
}

// sendForeign sends as another goroutine would.
func (h *simHandler) sendForeign() {
	if !h.open || h.over || h.run.drops {
		return
	}
	p, id := h.packet(fromOther)
	switch err := h.ref.SendBytes(p, id); {
	case err == nil:
		h.out[fromOther]++
		h.lossy = true // accepted by the inbox; a Disconnect may still come first
	case errors.Is(err, raon.ErrSessionClosed):
		h.lossy = true
	case !errors.Is(err, raon.ErrQueueFull):
		h.run.violate("%s: foreign send: %v", h, err)
	}
}

func (h *simHandler) allowLoss() { h.lossy = true }

func (h *simHandler) OnSend(s *raon.Session, n int, packetID uint16) {
	defer h.call("OnSend")()
	from := int(packetID >> 15)
	if want := simID(from, h.reported[from]); !h.run.drops && packetID != want {
		h.run.violate("%s: OnSend of packet %#x, expected %#x", h, packetID, want)
	}
	h.reported[from]++
}

// OnFinish comes once, after the last OnRecv.
func (h *simHandler) OnFinish(s *raon.Session) {
	defer h.call("OnFinish")()
	if !h.open || h.heard {
		h.run.violate("%s: OnFinish of a connection that is not open, or twice", h)
	}
	h.heard = true
	h.act(s)
}

// OnDisconnect checks the promise of a clean end: whoever sees the peer's FIN
// has got everything that the peer's Send accepted.
func (h *simHandler) OnDisconnect(s *raon.Session, reason raon.KickReason, err error) {
	defer h.call("OnDisconnect")()
	if !h.open {
		h.run.violate("%s: OnDisconnect without OnConnect, or twice", h)
	}
	if peer := h.run.links[h.key][b2i(h.client)]; peer != nil && peer.key == h.key && !peer.lossy {
		h.checkEnd(peer, reason, err)
	}
	h.open = false
	h.over = true
}

// checkEnd holds the end of the connection against what the peer did, which was
// nothing rough.
func (h *simHandler) checkEnd(peer *simHandler, reason raon.KickReason, err error) {
	switch reason {
	case raon.KickRecv0:
		if h.in != peer.out && !h.run.drops {
			h.run.violate("%s: clean end after %v of %v packets", h, h.in, peer.out)
		}
	case raon.KickCompletionError, raon.KickSendError:
		if h.run.kind {
			h.run.violate("%s: %v (%v), but the peer ended politely", h, reason, err)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
