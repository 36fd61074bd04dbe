package porttest

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// fileReadWrite writes, reads and syncs at offsets; reads end at the end of the
// file.
func fileReadWrite(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	path := l.tempFile(t)
	if path == "" {
		return
	}
	f := l.open(path)
	f.succeeded(f.write(0, []byte("hello"), nil, []byte(" world")))
	f.succeeded(f.sync())
	f.succeeded(f.write(6, []byte("W")), f.write(13, []byte("!")))
	if got, want := f.content(), []byte("hello World\x00\x00!"); !bytes.Equal(got, want) {
		l.fatalf("the file has %q, want %q", got, want)
	}
	b := make([]byte, 10)
	k := f.read(9, b)
	f.succeeded(k)
	if got := b[:k.n]; string(got) != "ld\x00\x00!" {
		l.fatalf("a read over the end gave %q", got)
	}
	for _, offset := range []int64{14, 1000} {
		k = f.read(offset, b)
		l.ended("a read", k)
		if !errors.Is(k.err, io.EOF) || k.n != 0 {
			l.fatalf("a read at %d of 14 gave %d bytes and %v", offset, k.n, k.err)
		}
	}
}

// fileTruncate cuts a file and extends it.
func fileTruncate(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	path := l.tempFile(t)
	if path == "" {
		return
	}
	f := l.open(path)
	f.succeeded(f.write(0, []byte("0123456789")), f.truncate(4), f.truncate(6), f.write(port.Append, []byte("x")))
	if got, want := f.content(), "0123\x00\x00x"; string(got) != want {
		l.fatalf("the file has %q, want %q", got, want)
	}
	f.succeeded(f.truncate(0))
	if got := f.content(); len(got) != 0 {
		l.fatalf("the file has %q, want nothing", got)
	}
}

// fileWhole writes 4 MiB at once, then gathers the most and the emptiest.
func fileWhole(t *testing.T, cfg *Config) {
	const total = 4 << 20
	l := newLoop(t, cfg)
	path := l.tempFile(t)
	if path == "" {
		return
	}
	f := l.open(path)
	p := pattern{seed: l.seed()}
	f.succeeded(f.write(0, p.take(total)))
	bufs := make([][]byte, port.MaxGather)
	for i := range bufs {
		bufs[i] = p.take(i % 7 * 1000)
	}
	f.succeeded(f.write(port.Append, bufs...), f.write(port.Append), f.write(port.Append, nil, []byte{}))
	f.holds(p.seed, p.pos)
	op := port.Op{Type: port.OpFileWrite, Target: f.ref, Bufs: make([][]byte, port.MaxGather+1)}
	l.panics("a FileWrite of MaxGather+1 slices", func() { l.p.Submit(&op) })
}

// fileErrors opens and uses files in ways that fail.
func fileErrors(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	path := l.tempFile(t)
	if path == "" {
		return
	}
	_, err := l.drv.OpenFile(path, os.O_RDONLY, 0)
	l.is("OpenFile of nothing", err, fs.ErrNotExist)
	l.checkError(err)
	l.open(path).close(port.HowClose)
	_, err = l.drv.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	l.is("OpenFile with O_EXCL", err, fs.ErrExist)

	h, err := l.drv.OpenFile(path, os.O_RDONLY, 0)
	l.ok("OpenFile", err)
	f := &file{}
	l.attach(f, port.KindFile, h)
	k := f.write(0, []byte("x"))
	l.ended("a write", k)
	if k.err == nil {
		l.fatalf("a file that was opened for reading was written to")
	}
}
