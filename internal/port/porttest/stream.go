package porttest

import (
	"errors"
	"io"

	"github.com/raon-engine/raon/internal/port"
)

// stream is one end of a connection.
type stream struct {
	attachment
	recv, send task
	connect    task
	in         pattern // what the peer sends
	out        pattern // what this end sends
	eof        bool    // the peer has finished
	keep       bool    // buffers are kept until giveBack
	kept       []port.Buf
	onData     func(data []byte) // after each receive; may be nil
}

// newStream attaches h.
func (l *loop) newStream(h port.Handle) *stream {
	l.t.Helper()
	s := &stream{}
	l.attach(s, port.KindStream, h)
	s.recv.owner, s.send.owner, s.connect.owner = &s.attachment, &s.attachment, &s.attachment
	return s
}

// socket makes and attaches a socket that can connect to addr.
func (l *loop) socket(addr port.Addr) *stream {
	l.t.Helper()
	h, err := l.drv.Socket(addr)
	l.ok("Socket", err)
	return l.newStream(h)
}

// dial submits the Connect.
func (s *stream) dial(addr port.Addr) {
	s.l.t.Helper()
	s.connect.op = port.Op{Type: port.OpConnect, Target: s.ref, Addr: &addr}
	s.l.submit(&s.connect)
}

// read submits the Recv.
func (s *stream) read() {
	s.l.t.Helper()
	s.recv.op = port.Op{Type: port.OpRecv, Target: s.ref}
	s.l.submit(&s.recv)
}

// prepare submits a PreRecv.
func (s *stream) prepare() {
	s.l.t.Helper()
	s.recv.op = port.Op{Type: port.OpPreRecv, Target: s.ref}
	s.l.submit(&s.recv)
}

// write submits a Send of the next n bytes of the pattern.
func (s *stream) write(n int) {
	s.l.t.Helper()
	next := s.out
	s.gather(next.take(n))
}

// gather submits a Send of bufs, which hold the pattern's next bytes.
func (s *stream) gather(bufs ...[]byte) {
	s.l.t.Helper()
	s.send.op = port.Op{Type: port.OpSend, Target: s.ref, Bufs: bufs}
	s.l.submit(&s.send)
}

// HandleCompletion takes what was received, and notes what was sent.
func (s *stream) HandleCompletion(ev *port.Event) {
	switch {
	case ev.Op == &s.send.op:
		s.out.pos += ev.N
	case ev.Op != &s.recv.op || ev.Op.Type != port.OpRecv:
	case ev.Err != nil:
		s.eof = errors.Is(ev.Err, io.EOF)
	default:
		s.take(ev)
	}
}

// take compares what was received, and gives the buffer back if it may.
func (s *stream) take(ev *port.Event) {
	s.l.t.Helper()
	if i := s.in.match(ev.Buf.Data); i >= 0 {
		s.l.fatalf("a foreign, lost or repeated byte: number %d of what this connection received", s.in.pos+i)
	}
	if s.onData != nil {
		s.onData(ev.Buf.Data)
	}
	if s.keep {
		s.kept = append(s.kept, ev.Buf)
	} else {
		s.l.p.Release(ev.Buf)
	}
}

// giveBack releases the buffers kept, and keeps no more.
func (s *stream) giveBack() {
	s.keep = false
	s.releaseFirst(len(s.kept))
}

// releaseFirst gives the first n buffers kept back.
func (s *stream) releaseFirst(n int) {
	for _, b := range s.kept[:n] {
		s.l.p.Release(b)
	}
	s.kept = s.kept[n:]
}

// received waits until n bytes have come in all.
func (s *stream) received(n int) {
	s.l.t.Helper()
	s.l.until("bytes to arrive", func() bool { return s.in.pos >= n || !s.recv.pending })
	if s.in.pos < n {
		s.l.fatalf("recv ended with %v after %d of %d bytes", s.recv.err, s.in.pos, n)
	}
}

// sent waits for the end of the Send, which must be a success.
func (s *stream) sent() {
	s.l.t.Helper()
	s.l.ended("the send", &s.send)
	s.l.ok("send", s.send.err)
}

// finished waits for the peer's FIN, after n bytes in all.
func (s *stream) finished(n int) {
	s.l.t.Helper()
	s.l.ended("EOF", &s.recv)
	if !s.eof || s.in.pos != n {
		s.l.fatalf("recv ended with %v after %d bytes, want EOF after %d", s.recv.err, s.in.pos, n)
	}
}

// set sets a socket option.
func (s *stream) set(opt port.Option, value int) {
	s.l.t.Helper()
	s.l.ok("SetOption "+opt.String(), s.l.drv.SetOption(s.handle, opt, value))
}

// shutdown ends the sending half.
func (s *stream) shutdown() {
	s.l.t.Helper()
	s.close(port.HowShutdown)
}
