package porttest

import (
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// fileAppends submits many appends at once: they end and stand in the file in
// the order submitted. A read after them sees them.
func fileAppends(t *testing.T, cfg *Config) {
	const appends = 200
	l := newLoop(t, cfg)
	path := l.tempFile(t)
	if path == "" {
		return
	}
	f := l.open(path)
	p := pattern{seed: l.seed()}
	rng := rand.New(rand.NewPCG(5, appends))
	var ks []*task
	for range appends {
		ks = append(ks, f.write(port.Append, p.take(1+rng.IntN(5000))))
	}
	b := make([]byte, 100)
	ks = append(ks, f.read(int64(p.pos)-100, b), f.sync())
	f.succeeded(ks...)
	for i := range ks[1:] {
		if ks[i].rank > ks[i+1].rank {
			l.fatalf("operation %d of a file ended after number %d", i, i+1)
		}
	}
	tail := pattern{seed: p.seed, pos: p.pos - 100}
	if i := tail.match(b); i >= 0 {
		l.fatalf("a read submitted after the appends differs at byte %d", i)
	}
	f.holds(p.seed, p.pos)
}

// fileMany appends to many files at once.
func fileMany(t *testing.T, cfg *Config) {
	const files, appends = 64, 16
	l := newLoop(t, cfg)
	path := l.tempFile(t)
	if path == "" {
		return
	}
	var open [files]*file
	var patterns [files]pattern
	for i := range open {
		open[i] = l.open(path + strconv.Itoa(i))
		patterns[i].seed = l.seed()
	}
	var ks []*task
	for range appends {
		for i, f := range open {
			ks = append(ks, f.write(port.Append, patterns[i].take(777)))
		}
	}
	open[0].succeeded(ks...)
	for i, f := range open {
		f.holds(patterns[i].seed, patterns[i].pos)
	}
}

// fileEnded closes a file, and cancels, with operations pending: each ends
// once, and what ended well is in the file.
func fileEnded(t *testing.T, cfg *Config) {
	const appends = 64
	l := newLoop(t, cfg)
	path := l.tempFile(t)
	if path == "" {
		return
	}
	for round, name := range []string{"closed", "polled", "canceled"} {
		path := path + name
		f := l.open(path)
		p := pattern{seed: l.seed()}
		var ks []*task
		for range appends {
			ks = append(ks, f.write(port.Append, p.take(4000)))
		}
		ks = append(ks, f.sync())
		l.turns(min(round, 1))
		if name == "canceled" {
			for _, k := range ks {
				l.p.Cancel(&k.op)
			}
			l.ended("canceled file operations", ks...)
		}
		f.disconnect(port.HowClose)
		l.ended("file operations and disconnect", append(ks, &f.end)...)
		l.ok("disconnect of a file", f.end.err)
		l.last(&f.attachment, ks...)
		l.checkWritten(path, p.seed, ks)
	}
}

// checkWritten compares a file with what the appends ks say of it.
func (l *loop) checkWritten(path string, seed uint64, ks []*task) {
	l.t.Helper()
	got := l.open(path).content()
	p := pattern{seed: seed}
	for _, k := range ks {
		if k.err != nil {
			l.is("a file operation that was ended", k.err, port.ErrCanceled)
		}
		total := k.total()
		if k.n > len(got) {
			l.fatalf("%s is shorter than its writes", filepath.Base(path))
		}
		from := p
		if i := from.match(got[:k.n]); i >= 0 {
			l.fatalf("%s differs from its writes", filepath.Base(path))
		}
		got, p.pos = got[k.n:], p.pos+total
	}
	if len(got) != 0 {
		l.fatalf("%s has %d bytes more than were written", filepath.Base(path), len(got))
	}
}

// fileFull fills a disk: the write that does not fit tells how much did, and
// there is room again after a truncate.
func fileFull(t *testing.T, cfg *Config) {
	if cfg.SmallDisk == nil {
		t.Skip("Config.SmallDisk is not set")
	}
	l := newLoop(t, cfg)
	dir := cfg.SmallDisk(t, l.drv)
	f := l.open(filepath.Join(dir, "full"))
	p := pattern{seed: l.seed()}
	var full *task
	for full == nil {
		if p.pos > 8<<20 {
			l.fatalf("a small disk took %d bytes", p.pos)
		}
		next := p
		k := f.write(port.Append, next.take(100_001))
		l.ended("a write", k)
		if p.pos += k.n; k.err != nil {
			full = k
		}
	}
	l.is("a write to a full disk", full.err, port.ErrNoSpace)
	f.holds(p.seed, p.pos)
	f.succeeded(f.truncate(0), f.write(port.Append, []byte("room")))
	if got := f.content(); string(got) != "room" {
		l.fatalf("the file has %q after the disk was full", got)
	}
	f.succeeded(f.truncate(0))
}
