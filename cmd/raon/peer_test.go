package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon/cmd/raon/internal/frame"
)

// peer is a client without the engine: it sees the bytes on the wire.
type peer struct {
	net.Conn
	frames frameSource // what it sends
}

func dial(t *testing.T, addr string) *peer {
	t.Helper()
	network, address, _ := strings.Cut(addr, "://")
	c, err := net.DialTimeout(network, address, patience)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	p := &peer{Conn: c, frames: newFrameSource(1, 100)}
	t.Cleanup(func() { p.close() })
	return p
}

func (p *peer) close() { _ = p.Conn.Close() } // may be closed already

func (p *peer) send(t *testing.T, b []byte) {
	t.Helper()
	if _, err := p.Write(b); err != nil {
		t.Fatal(err)
	}
}

// exchange sends n frames and reads them back.
func (p *peer) exchange(t *testing.T, n int) {
	t.Helper()
	for range n {
		f := p.frames.next()
		p.send(t, f)
		got := make([]byte, len(f))
		if _, err := io.ReadFull(p, got); err != nil || !bytes.Equal(got, f) {
			t.Fatalf("sent % x, got % x, %v", f, got, err)
		}
	}
}

// wantEnd fails t unless the server ends the stream, cleanly and between two
// frames: others in a room may have sent some.
func (p *peer) wantEnd(t *testing.T) {
	t.Helper()
	rest, err := io.ReadAll(p)
	if err != nil {
		t.Errorf("the stream ends with %v", err)
	}
	for len(rest) > 0 {
		n, err := frame.Next(rest, frame.MaxBytes)
		if n == 0 {
			t.Fatalf("the stream ends with % x, %v; want whole frames", rest, err)
		}
		rest = rest[n:]
	}
	p.close()
}

// frameSource makes a sequence of frames of all sizes. The same seed makes the
// same frames.
type frameSource struct {
	rng      *rand.Rand
	maxBytes int
}

func newFrameSource(seed uint64, maxBytes int) frameSource {
	return frameSource{rng: rand.New(rand.NewPCG(seed, 7)), maxBytes: maxBytes}
}

func (s frameSource) next() []byte {
	f := make([]byte, frame.HeaderBytes+s.rng.IntN(s.maxBytes-frame.HeaderBytes+1))
	for i := range f {
		f[i] = byte(s.rng.Uint32())
	}
	frame.PutHeader(f, uint16(s.rng.Uint32()))
	return f
}
