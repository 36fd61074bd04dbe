package lend

import (
	"testing"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/leak"
	"github.com/raon-engine/raon/internal/port"
)

func TestMain(m *testing.M) { leak.Main(m) }

// borrow lends n bytes that have read as their content.
func borrow(t *testing.T, b *Slabs, n int) port.Buf {
	t.Helper()
	space := b.Space(port.PassBytes)
	if len(space) < n {
		t.Fatalf("space for %d bytes, want %d", len(space), n)
	}
	return b.Lend(n)
}

func TestSmallReadsPackDensely(t *testing.T) {
	b := New(port.PortOptions{})
	var bufs []port.Buf
	for range (slabBytes - readAtLeast) / loanAlign {
		bufs = append(bufs, borrow(t, &b, 1))
	}
	if len(b.slabs) != 1 || b.lent != len(bufs) {
		t.Errorf("%d loans of one byte took %d slabs", b.lent, len(b.slabs))
	}
	for i := range bufs[1:] {
		if &bufs[i].Data[:cap(bufs[i].Data)][0] == &bufs[i+1].Data[0] {
			t.Fatal("two loans share memory")
		}
	}
	for _, buf := range bufs {
		b.Release(buf)
	}
	if b.lent != 0 || b.left() != slabBytes {
		t.Errorf("%d lent, %d free after all came back", b.lent, b.left())
	}
}

func TestLoansEndWhereTheyEnd(t *testing.T) {
	b := New(port.PortOptions{})
	buf := borrow(t, &b, 10)
	if len(buf.Data) != 10 || cap(buf.Data) != 10 {
		t.Errorf("a loan of 10 bytes has %d, and could be appended to up to %d", len(buf.Data), cap(buf.Data))
	}
	b.Release(buf)
}

func TestMemoryIsBounded(t *testing.T) {
	for _, c := range []struct {
		opts         port.PortOptions
		loans, bytes int
	}{
		{port.PortOptions{}, slabsMost * slabBytes / port.PassBytes, slabsMost * slabBytes},
		{port.PortOptions{RecvBuffers: 1, RecvBufferBytes: 1}, 1, 1},
		{port.PortOptions{RecvBuffers: 2, RecvBufferBytes: 100}, 2, 200},
		{port.PortOptions{RecvBuffers: 64}, 64, 64 * port.PassBytes},
		{port.PortOptions{RecvBuffers: 65, RecvBufferBytes: 4096}, 64, 3 * slabBytes},
		{port.PortOptions{RecvBufferBytes: 512 << 10}, slabsMost * 8, slabsMost * 512 << 10},
	} {
		b := New(c.opts)
		loans := 0
		for b.Room() {
			space := b.Space(port.PassBytes)
			if len(space) == 0 {
				t.Fatalf("%+v: there is room, but no space", c.opts)
			}
			b.Lend(len(space))
			loans++
		}
		if space := b.Space(1); space != nil || loans < c.loans || loans > b.loansMost {
			t.Errorf("%+v: %d loans, want %d, then %d bytes", c.opts, loans, c.loans, len(space))
		}
		total := 0
		for _, s := range b.slabs {
			total += len(s.memory)
		}
		if total > c.bytes {
			t.Errorf("%+v: %d bytes, want %d at most", c.opts, total, c.bytes)
		}
	}
}

func TestReleasingTwicePanics(t *testing.T) {
	b := New(port.PortOptions{})
	first, second := borrow(t, &b, 100), borrow(t, &b, 100)
	b.Release(first)
	for _, wrong := range []port.Buf{first, {Data: []byte{1}, ID: 1 << 30}, {Data: second.Data, ID: second.ID + 1}} {
		func() {
			defer func() {
				if _, ok := recover().(invariant.Violation); !ok {
					t.Errorf("releasing %d while %d is lent did not panic", wrong.ID, second.ID)
				}
			}()
			b.Release(wrong)
		}()
	}
	b.Release(second)
	if b.lent != 0 {
		t.Errorf("%d lent", b.lent)
	}
}
