package buffer

import (
	"sync"
	"testing"
)

func TestSharedPoolFromManyGoroutines(t *testing.T) {
	const goroutines, packets = 8, 1000
	s := NewSharedPool(PoolOptions{ChunkBytes: 4 << 10, KeepBytes: 64 << 10})
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			for i := range packets {
				seed := g*packets + i
				var b SendBuffer
				if i%2 == 0 {
					b = s.Copy(pattern(make([]byte, 1+seed%3000), seed))
				} else {
					b = s.Fill(3000, func(dst []byte) int { return len(pattern(dst[:1+seed%3000], seed)) })
				}
				if b.Len() != 1+seed%3000 || !isPattern(b.Bytes(), seed) {
					t.Errorf("packet %d: other bytes than written", seed)
				}
				b.Release(1)
			}
		})
	}
	group.Wait()
	s.Close()
	if s.InUse() != 0 {
		t.Errorf("%d chunks in use", s.InUse())
	}
}

func TestFillThatPanicsLeavesThePoolUsable(t *testing.T) {
	s := NewSharedPool(PoolOptions{})
	for _, size := range []int{10, 100 << 10} {
		func() {
			defer func() {
				if p := recover(); p != "mine" {
					t.Errorf("Fill panicked with %v, want the caller's own value", p)
				}
			}()
			s.Fill(size, func([]byte) int { panic("mine") })
		}()
	}
	if b := s.Fill(5, func(dst []byte) int { return copy(dst, "after") }); string(b.Bytes()) != "after" {
		t.Errorf("after a panic: %q", b.Bytes())
	} else {
		b.Release(1)
	}
	s.Close()
	if s.InUse() != 0 {
		t.Errorf("%d chunks in use", s.InUse())
	}
}

func TestFillOfNothing(t *testing.T) {
	s := NewSharedPool(PoolOptions{})
	if b := s.Fill(100, func([]byte) int { return 0 }); b.Len() != 0 {
		t.Errorf("Fill of nothing gave %d bytes", b.Len())
	}
	s.Close()
	if s.InUse() != 0 {
		t.Errorf("%d chunks in use", s.InUse())
	}
}

func TestSharedPoolAfterClose(t *testing.T) {
	p := NewSharedPool(PoolOptions{})
	p.Close()
	late := p.Copy([]byte("late"))
	later := p.Fill(4, func(dst []byte) int { return copy(dst, "more") })
	if string(late.Bytes()) != "late" || string(later.Bytes()) != "more" {
		t.Errorf("got %q and %q", late.Bytes(), later.Bytes())
	}
	late.Release(1)
	later.Release(1)
	if n := p.InUse(); n != 0 {
		t.Errorf("%d chunks left", n)
	}
}
