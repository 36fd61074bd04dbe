package raon

import (
	"fmt"

	"github.com/raon-engine/raon/internal/port"
)

// layerStack is a session's layers, outermost (next to the wire) first. While
// shaking is less than their number, layers[shaking] is shaking hands through
// the ones outside it.
type layerStack struct {
	layers  []Layer
	kept    []tail // per layer: what it has not consumed
	shaking int
}

// layerScratch is the worker's memory for passing bytes through layers.
type layerScratch struct {
	open [2][]byte
	seal [2][]byte
	in   []byte
}

func newLayerStack(layers []Layer) *layerStack {
	return &layerStack{layers: layers, kept: make([]tail, len(layers))}
}

// shakeHands passes what has arrived to the layer that is shaking hands, until
// it wants more, and goes on to the next one with what that layer left. in is
// in the clear as far as the layers outside it are concerned.
func (s *Session) shakeHands(in []byte) {
	l := s.layers
	for l.shaking < len(l.layers) {
		if !s.shakeOne(in) {
			return
		}
		var err error
		if in, err = s.openThrough(nil, l.shaking); err != nil {
			s.kick(KickLayerError, err)
			return
		}
	}
	s.open()
	if len(in) > 0 && !s.has(flagDisconnectDue) {
		s.deliver(in)
	}
}

// shakeOne gives the current layer its bytes. It tells whether that layer is
// ready, and the next one the current.
func (s *Session) shakeOne(in []byte) bool {
	l := s.layers
	kept := &l.kept[l.shaking]
	kept.append(&s.worker.tails, in)
	was := s.enterLayers()
	consumed, reply, ready, err := l.layers[l.shaking].Handshake(kept.bytes())
	s.leaveLayers(was)
	if err != nil {
		s.kick(KickLayerError, fmt.Errorf("handshake: %w", err))
		return false
	}
	kept.consume(&s.worker.tails, consumed)
	if len(reply) > 0 {
		s.sendRaw(reply, l.shaking)
	}
	if ready {
		l.shaking++
	}
	return ready
}

// openLayers passes wire bytes inwards.
func (s *Session) openLayers(wire []byte) {
	l := s.layers
	data, err := s.openThrough(wire, l.shaking)
	if err != nil {
		s.kick(KickLayerError, err)
		return
	}
	if l.shaking < len(l.layers) {
		s.shakeHands(data)
		return
	}
	if len(data) > 0 {
		s.deliver(data)
	}
}

// open passes data through the first n layers. The result is valid until the
// next call on this worker.
func (l *layerStack) open(w *worker, data []byte, n int) ([]byte, error) {
	for i := range n {
		src := data
		kept := &l.kept[i]
		if kept.len() > 0 {
			kept.append(&w.tails, data)
			src = kept.bytes()
		}
		if len(src) == 0 {
			return nil, nil
		}
		plain, consumed, err := l.layers[i].Open(w.layers.open[i%2][:0], src)
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		w.layers.open[i%2] = plain
		if kept.len() > 0 {
			kept.consume(&w.tails, consumed)
		} else if consumed < len(src) {
			kept.append(&w.tails, src[consumed:])
		}
		data = plain
	}
	return data, nil
}

// seal passes data outwards through the layers from inner-1 to 0. The result is
// valid until the next call on this worker.
func (l *layerStack) seal(w *worker, data []byte, inner int) ([]byte, error) {
	for i := inner - 1; i >= 0; i-- {
		sealed, err := l.layers[i].Seal(w.layers.seal[i%2][:0], data)
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		w.layers.seal[i%2] = sealed
		data = sealed
	}
	return data, nil
}

// enterLayers and leaveLayers bracket calls of the session's layers as enter and
// leave do callbacks, but may be inside one: a Flush there seals.
func (s *Session) enterLayers() (was *Session) { return s.worker.current.Swap(s) }
func (s *Session) leaveLayers(was *Session)    { s.worker.current.Store(was) }

func (s *Session) openThrough(data []byte, n int) ([]byte, error) {
	was := s.enterLayers()
	plain, err := s.layers.open(s.worker, data, n)
	s.leaveLayers(was)
	return plain, err
}

func (s *Session) sealThrough(data []byte, inner int) ([]byte, error) {
	was := s.enterLayers()
	wire, err := s.layers.seal(s.worker, data, inner)
	s.leaveLayers(was)
	return wire, err
}

// sendRaw queues bytes that a layer itself sends: they pass the layers outside
// it only. They go out before anything of the handler's.
func (s *Session) sendRaw(b []byte, from int) {
	wire, err := s.sealThrough(b, from)
	if err != nil {
		s.kick(KickLayerError, err)
		return
	}
	s.queue.push(&s.worker.blocks, entry{buf: s.worker.chunks.Copy(wire), raw: true})
	s.touch()
}

// sealNext seals the oldest packets, up to SendChunk bytes of them, into one
// run. Raw entries go as they are, on their own.
func (s *Session) sealNext() [][]byte {
	f := &s.flight
	w := s.worker
	if s.queue.oldest().raw {
		e := s.queue.oldest()
		f.entries, f.plain = 1, e.buf.Len()
		f.one[0] = e.buf.Bytes()
		return f.one[:]
	}
	plain := w.layers.in[:0]
	for c := s.queue.walk(); len(plain) < port.SendChunk; {
		e := c.next()
		if e == nil || e.raw {
			break
		}
		plain = append(plain, e.buf.Bytes()...)
		f.entries++
	}
	if cap(plain) <= 4*port.SendChunk { // one huge packet must not pin its memory
		w.layers.in = plain
	}
	wire, err := s.sealThrough(plain, len(s.layers.layers))
	if err != nil {
		s.kick(KickLayerError, err)
		return nil
	}
	f.plain = len(plain)
	f.sealed = w.chunks.Copy(wire)
	f.one[0] = f.sealed.Bytes()
	return f.one[:]
}

// sendFarewell queues the layers' farewells, once. It tells whether there is
// something to flush before the FIN.
func (s *Session) sendFarewell() bool {
	if s.layers == nil || s.has(flagFinished) {
		return false
	}
	s.set(flagFinished)
	for i := len(s.layers.layers) - 1; i >= 0; i-- {
		was := s.enterLayers()
		b := s.layers.layers[i].Finish(nil)
		s.leaveLayers(was)
		if len(b) > 0 {
			s.sendRaw(b, i)
		}
	}
	s.startSend()
	return s.queue.count > 0
}

// settleHandshake sends what the layers have to say.
func (s *Session) settleHandshake() {
	if s.has(flagDisconnectDue) {
		s.beginClose()
		return
	}
	s.startSend()
	s.updateReading()
}
