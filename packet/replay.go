package packet

// replay keeps whole packets until the peer has acknowledged them, oldest first.
// Its memory is its own and exactly bounded: references to a worker's chunks would
// keep whole chunks alive for one small packet.
type replay struct {
	buf  []byte
	head int  // where the oldest packet begins
	over bool // something was left out
}

// keptReplay is the memory kept while nothing waits.
const keptReplay = 4 << 10

// add keeps a packet. It tells whether there was room for all of them; from then
// on nothing is kept any more.
func (r *replay) add(p []byte, most int) bool {
	if r.over || len(r.buf)-r.head+len(p) > most {
		*r = replay{over: true}
		return false
	}
	if r.head > 0 && len(r.buf)+len(p) > cap(r.buf) {
		r.buf = r.buf[:copy(r.buf, r.buf[r.head:])]
		r.head = 0
	}
	r.buf = append(r.buf, p...)
	return true
}

// undo takes the last packet, of n bytes, back.
func (r *replay) undo(n int) {
	if !r.over {
		r.buf = r.buf[:len(r.buf)-n]
	}
}

// forget drops the oldest packets.
func (r *replay) forget(packets uint64, h *header) {
	for ; packets > 0 && r.head < len(r.buf); packets-- {
		r.head += int(h.whole(r.buf[r.head:]))
	}
	if r.head < len(r.buf) {
		return
	}
	r.buf, r.head = r.buf[:0], 0
	if cap(r.buf) > keptReplay {
		r.buf = nil
	}
}

// each calls fn for every packet that is kept, oldest first.
func (r *replay) each(h *header, fn func(id uint16, p []byte)) {
	for at := r.head; at < len(r.buf); {
		n := int(h.whole(r.buf[at:]))
		fn(h.idOf(r.buf[at:]), r.buf[at:at+n])
		at += n
	}
}
