package porttest

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// file is an open file, attached.
type file struct{ attachment }

// tempFile is the path of a file that does not exist yet; without the
// capability it is "", and OpenFile has said so.
func (l *loop) tempFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if !l.drv.Caps().Files {
		_, err := l.drv.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		l.is("OpenFile without Files", err, port.ErrNotSupported)
		return ""
	}
	return path
}

// open opens or creates path for reading and writing.
func (l *loop) open(path string) *file {
	l.t.Helper()
	h, err := l.drv.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	l.ok("OpenFile", err)
	f := &file{}
	l.attach(f, port.KindFile, h)
	return f
}

// do submits op to f.
func (f *file) do(op port.Op) *task {
	f.l.t.Helper()
	k := &task{op: op, owner: &f.attachment}
	k.op.Target = f.ref
	f.l.submit(k)
	return k
}

func (f *file) write(offset int64, bufs ...[]byte) *task {
	f.l.t.Helper()
	return f.do(port.Op{Type: port.OpFileWrite, Offset: offset, Bufs: bufs})
}

func (f *file) read(offset int64, b []byte) *task {
	f.l.t.Helper()
	return f.do(port.Op{Type: port.OpFileRead, Offset: offset, Bufs: [][]byte{b}})
}

func (f *file) sync() *task {
	f.l.t.Helper()
	return f.do(port.Op{Type: port.OpFileSync})
}

func (f *file) truncate(size int64) *task {
	f.l.t.Helper()
	return f.do(port.Op{Type: port.OpFileTruncate, Offset: size})
}

// succeeded waits for ks, which must end without an error.
func (f *file) succeeded(ks ...*task) {
	f.l.t.Helper()
	f.l.ended("file operations", ks...)
	for _, k := range ks {
		f.l.ok(k.op.Type.String(), k.err)
	}
}

// content reads f from its beginning to its end.
func (f *file) content() []byte {
	f.l.t.Helper()
	var all []byte
	b := make([]byte, 100_000)
	for {
		k := f.read(int64(len(all)), b)
		f.l.ended("a read", k)
		if errors.Is(k.err, io.EOF) {
			return all
		}
		f.l.ok("read", k.err)
		all = append(all, b[:k.n]...)
	}
}

// holds fails unless f consists of n bytes of the pattern of seed.
func (f *file) holds(seed uint64, n int) {
	f.l.t.Helper()
	want := pattern{seed: seed}
	got := f.content()
	if i := want.match(got); i >= 0 || len(got) != n {
		f.l.fatalf("the file has %d bytes, want %d; byte %d is the first wrong one", len(got), n, i)
	}
}
