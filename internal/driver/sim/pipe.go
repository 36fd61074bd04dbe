package sim

import (
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// pipe is one direction of a connection: the sender's kernel buffer, the wire
// and the receiver's kernel buffer. Positions count the bytes of the stream,
// and read <= arrived <= landed <= sent. Bytes from arrived on are the sender's
// to keep, those before it are in the receiver's buffer.
type pipe struct {
	world    *World
	from, to *stream

	ring    ring
	read    uint64 // taken by the receiver
	arrived uint64 // in the receiver's buffer
	landed  uint64 // at its door; more than arrived when the buffer is full
	sent    uint64 // taken by the sender's kernel

	flights    fifo[flight] // on the wire; none lands before those in front of it
	timer      timer        // for the first of flights
	finLanded  bool
	finArrived bool // all bytes have arrived, and no more will come
}

// flight is a segment on the wire.
type flight struct {
	at   time.Duration
	end  uint64 // the position that its bytes end at
	sign sign
}

// sign is what a segment says besides its bytes.
type sign uint8

const (
	signNone sign = iota
	signFIN
	signReset
)

func (p *pipe) init(w *World, from, to *stream) {
	p.world, p.from, p.to = w, from, to
	p.timer.owner = p
}

// room is how much the sender's buffer can take.
func (p *pipe) room() int {
	return max(0, p.from.options[port.OptSendBufferBytes]-int(p.sent-p.arrived))
}

// unread is how much the receiver can read.
func (p *pipe) unread() int { return int(p.arrived - p.read) }

// put takes bytes, for which there is room, and leaves them for launch.
func (p *pipe) put(b []byte) {
	p.ring.write(p.read, p.sent, b)
	p.sent += uint64(len(b))
}

// take fills b with bytes that have arrived.
func (p *pipe) take(b []byte) {
	p.ring.read(p.read, b)
	p.read += uint64(len(b))
	if p.landed > p.arrived {
		p.settle()
	}
}

// launch puts what was sent last on the wire. What takes no time and has
// nothing before it lands at once.
func (p *pipe) launch(s sign) {
	w := p.world
	at := w.clock.now + w.opts.Latency
	if w.chance(w.opts.Faults.Delay) {
		at += w.dice.within(w.opts.Faults.MaxDelay)
	}
	f := flight{at, p.sent, s}
	if n := p.flights.len(); n > 0 {
		if last := p.flights.at(n - 1); last.at == at && last.sign == signNone {
			*last = f // one segment
			return
		}
	} else if at <= w.clock.now {
		p.land(f)
		return
	} else {
		w.arm(&p.timer, at)
	}
	p.flights.push(f)
}

// expire lands what is due.
func (p *pipe) expire() {
	for p.flights.len() > 0 {
		if at := p.flights.at(0).at; at > p.world.clock.now {
			p.world.arm(&p.timer, at)
			return
		}
		p.land(p.flights.pop())
	}
}

// land brings a segment to the receiver's door.
func (p *pipe) land(f flight) {
	p.landed = f.end
	p.finLanded = p.finLanded || f.sign == signFIN
	p.settle()
	if f.sign == signReset {
		p.to.onReset()
	}
}

// settle moves what has landed into the receiver's buffer as far as it has
// room. A receiver that is closed drops it and answers with a reset.
func (p *pipe) settle() {
	before := p.arrived
	if p.to.closed {
		p.arrived, p.read = p.landed, p.landed
		if p.arrived > before {
			p.to.sendReset()
		}
	} else {
		limit := max(before, p.read+uint64(p.to.options[port.OptRecvBufferBytes]))
		p.arrived = min(p.landed, limit)
	}
	fin := p.finLanded && !p.finArrived && p.arrived == p.sent
	p.finArrived = p.finArrived || fin
	if p.arrived > before {
		p.from.wake(port.LaneWrite)
	}
	if p.arrived > before || fin {
		p.to.wake(port.LaneRead)
	}
}

// cut destroys what has not arrived and, if all, what has. It tells whether
// anything was destroyed.
func (p *pipe) cut(all bool) bool {
	p.stop()
	whole := p.sent
	p.sent, p.landed = p.arrived, p.arrived
	if all {
		p.sent, p.landed, p.arrived = p.read, p.read, p.read
	}
	return p.sent < whole
}

// stop takes everything off the wire.
func (p *pipe) stop() {
	p.flights.clear()
	p.world.clock.stop(&p.timer)
}
