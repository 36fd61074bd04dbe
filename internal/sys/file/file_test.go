//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package file

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func open(t *testing.T) (fd int, content func() string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_CLOEXEC, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd, func() string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

func slices(texts ...string) (bufs [][]byte) {
	for _, text := range texts {
		bufs = append(bufs, []byte(text))
	}
	return bufs
}

func TestWriteAtAndAppend(t *testing.T) {
	fd, content := open(t)
	var w Writer
	for _, step := range []struct {
		bufs   [][]byte
		offset int64
		want   string
	}{
		{slices("abc", "", "def"), 0, "abcdef"},
		{slices("XY"), 2, "abXYef"},
		{slices("gh", "i"), Append, "abXYefghi"},
		{slices("", ""), Append, "abXYefghi"},
		{slices("Z"), 0, "ZbXYefghi"}, // appending has moved no position
	} {
		total := len(bytes.Join(step.bufs, nil))
		if n, err := w.Write(fd, step.bufs, step.offset); n != total || err != nil {
			t.Errorf("writing %q at %d: %d, %v", step.bufs, step.offset, n, err)
		}
		if got := content(); got != step.want {
			t.Errorf("after writing %q at %d: %q, want %q", step.bufs, step.offset, got, step.want)
		}
	}
}

func TestWriteMoreSlicesThanOneCallTakes(t *testing.T) {
	fd, content := open(t)
	var bufs [][]byte
	for i := range 200 {
		bufs = append(bufs, []byte{byte(i)})
	}
	bufs = append(bufs, bytes.Repeat([]byte("large"), 40_000), []byte("small"))
	bufs = append(bufs, bufs...)
	all := string(bytes.Join(bufs, nil))
	for _, offset := range []int64{0, Append} {
		if n, err := new(Writer).Write(fd, bufs, offset); n != len(all) || err != nil {
			t.Fatal(n, err)
		}
	}
	if content() != all+all {
		t.Error("the file has something else")
	}
}

func TestReadTruncateSync(t *testing.T) {
	fd, content := open(t)
	if _, err := new(Writer).Write(fd, slices("abcdef"), 0); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 4)
	if n, err := Read(fd, p, 1); n != 4 || err != nil || string(p) != "bcde" {
		t.Errorf("read %d, %v, %q", n, err, p)
	}
	if n, err := Read(fd, p, 4); n != 2 || err != nil || string(p[:n]) != "ef" {
		t.Errorf("read over the end: %d, %v, %q", n, err, p[:n])
	}
	if n, err := Read(fd, p, 100); n != 0 || err != nil {
		t.Errorf("read after the end: %d, %v", n, err)
	}
	if err := Truncate(fd, 2); err != nil || content() != "ab" {
		t.Errorf("truncated to %q, %v", content(), err)
	}
	if err := Sync(fd); err != nil {
		t.Error(err)
	}
	if err := Sync(-1); err != unix.EBADF {
		t.Errorf("syncing nothing: %v", err)
	}
}
