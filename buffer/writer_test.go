package buffer

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

func TestWriterInThreeSteps(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	defer p.Close()
	w := p.Open(100)
	if len(w.Bytes()) != 100 || cap(w.Bytes()) != 100 {
		t.Errorf("Open(100) reserves %d of capacity %d", len(w.Bytes()), cap(w.Bytes()))
	}
	for _, part := range []string{"head", "er ", "body"} {
		if n, err := w.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatalf("Write(%q) gave %d, %v", part, n, err)
		}
	}
	b := w.Close(w.Len())
	if string(b.Bytes()) != "header body" || b.Len() != 11 {
		t.Errorf("wrote %q", b.Bytes())
	}
	next := p.Copy([]byte("!"))
	if j, ok := b.Join(next); !ok || string(j.Bytes()) != "header body!" {
		t.Error("the unused part of the reservation did not go back to the chunk")
	}
	b.Release(1)
	next.Release(1)
}

func TestWriteBeyondTheReservation(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	defer p.Close()
	w := p.Open(4)
	if n, err := w.Write([]byte("12")); n != 2 || err != nil {
		t.Fatalf("Write gave %d, %v", n, err)
	}
	if n, err := w.Write([]byte("3456")); n != 2 || !errors.Is(err, io.ErrShortBuffer) {
		t.Errorf("Write of 4 bytes into 2 gave %d, %v", n, err)
	}
	b := w.Close(4)
	if string(b.Bytes()) != "1234" {
		t.Errorf("wrote %q", b.Bytes())
	}
	b.Release(1)
}

func TestCloseOfNothing(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	for _, size := range []int{0, 10, 100 << 10} {
		w := p.Open(size)
		if b := w.Close(0); b.Len() != 0 || b.Bytes() != nil {
			t.Errorf("Open(%d) and Close(0) give %d bytes", size, b.Len())
		}
	}
	p.Close()
	if p.InUse() != 0 {
		t.Errorf("%d chunks in use", p.InUse())
	}
}

func TestLargeWriter(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	w := p.Open(1 << 20)
	pattern(w.Bytes(), 7)
	b := w.Close(300 << 10)
	if b.Len() != 300<<10 || !isPattern(b.Bytes(), 7) {
		t.Error("a large packet has other bytes than written")
	}
	b.Release(1)
	p.Close()
	if p.InUse() != 0 {
		t.Errorf("%d chunks in use", p.InUse())
	}
}

func TestWriterMisuse(t *testing.T) {
	open := func() (*ChunkPool, Writer) {
		p := NewChunkPool(PoolOptions{})
		return p, p.Open(10)
	}
	mustViolate(t, "a second Open", func() { p, _ := open(); p.Open(1) })
	mustViolate(t, "a Copy while a Writer is open", func() { p, _ := open(); p.Copy([]byte("x")) })
	mustViolate(t, "Close beyond the reservation", func() { _, w := open(); w.Close(11) })
	mustViolate(t, "Close with a negative size", func() { _, w := open(); w.Close(-1) })
	mustViolate(t, "a second Close", func() { _, w := open(); w.Close(1); w.Close(1) })
	mustViolate(t, "Close of a copied Writer", func() { _, w := open(); v := w; w.Close(1); v.Close(1) })
	mustViolate(t, "Close after Abandon", func() { p, w := open(); p.Abandon(); w.Close(1) })
}

func TestAbandon(t *testing.T) {
	p := NewChunkPool(PoolOptions{})
	p.Abandon() // nothing is open
	for _, size := range []int{10, 100 << 10} {
		w := p.Open(size)
		pattern(w.Bytes(), size)
		p.Abandon()
		b := p.Copy([]byte("after"))
		if !bytes.Equal(b.Bytes(), []byte("after")) {
			t.Errorf("after an abandoned Writer of %d bytes: %q", size, b.Bytes())
		}
		b.Release(1)
	}
	p.Close()
	if p.InUse() != 0 {
		t.Errorf("%d chunks in use", p.InUse())
	}
}
