//go:build windows

package winsock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// file opens a file of the test's own.
func (r *rig) file(flag int) (h windows.Handle, path string) {
	r.t.Helper()
	path = filepath.Join(r.t.TempDir(), "f")
	opened, err := r.s.OpenFile(path, flag|os.O_CREATE, 0o600)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.associated(r.opened(opened)), path
}

// opened has a file closed before the folder is removed that it is in.
func (r *rig) opened(h port.Handle) windows.Handle {
	r.t.Cleanup(func() { r.close(windows.Handle(h), false) })
	return windows.Handle(h)
}

func (r *rig) write(h windows.Handle, text string, offset int64) {
	r.t.Helper()
	ov, b := record(r.t), memory(r.t, len(text))
	copy(b, text)
	_, errno := WriteFile(h, b, offset, ov)
	if n, errno := r.end(ov, errno); n != len(text) || errno != 0 {
		r.t.Errorf("writing %q at %d: %d, %v", text, offset, n, errno)
	}
}

func (r *rig) read(h windows.Handle, bytes int, offset int64) (string, syscall.Errno) {
	r.t.Helper()
	ov, b := record(r.t), memory(r.t, bytes)
	_, errno := ReadFile(h, b, offset, ov)
	n, errno := r.end(ov, errno)
	return string(b[:n]), errno
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWriteAtAndAppend(t *testing.T) {
	r := newRig(t)
	h, path := r.file(os.O_RDWR)
	for _, step := range []struct {
		text   string
		offset int64
		want   string
	}{
		{"abcdef", 0, "abcdef"},
		{"XY", 2, "abXYef"},
		{"ghi", Append, "abXYefghi"},
		{"Z", 0, "ZbXYefghi"}, // appending has moved no position
		{"j", Append, "ZbXYefghij"},
	} {
		r.write(h, step.text, step.offset)
		if got := content(t, path); got != step.want {
			t.Errorf("after writing %q at %d: %q, want %q", step.text, step.offset, got, step.want)
		}
	}
}

func TestFileOpenedForAppending(t *testing.T) {
	r := newRig(t)
	h, path := r.file(os.O_WRONLY | os.O_APPEND)
	r.write(h, "one", Append)
	r.write(h, "two", Append)
	if got := content(t, path); got != "onetwo" {
		t.Errorf("appended %q", got)
	}
}

func TestReadAndItsEnd(t *testing.T) {
	r := newRig(t)
	h, _ := r.file(os.O_RDWR)
	r.write(h, "abcdef", 0)
	for _, c := range []struct {
		offset int64
		want   string
		errno  syscall.Errno
	}{
		{0, "abcd", 0}, {1, "bcde", 0}, {4, "ef", 0},
		{6, "", windows.ERROR_HANDLE_EOF}, {100, "", windows.ERROR_HANDLE_EOF},
	} {
		if got, errno := r.read(h, 4, c.offset); got != c.want || errno != c.errno {
			t.Errorf("read at %d: %q, %v; want %q, %v", c.offset, got, errno, c.want, c.errno)
		}
	}
}

func TestFarOffsets(t *testing.T) {
	r := newRig(t)
	h, _ := r.file(os.O_RDWR)
	const far = 5<<32 + 7
	r.write(h, "far", far)
	if got, errno := r.read(h, 3, far); got != "far" || errno != 0 {
		t.Errorf("%q, %v", got, errno)
	}
	if err := Truncate(h, 0); err != nil {
		t.Error(err)
	}
}

func TestTruncateAndSync(t *testing.T) {
	r := newRig(t)
	h, path := r.file(os.O_RDWR)
	r.write(h, "abcdef", 0)
	for _, c := range []struct {
		size int64
		want string
	}{{2, "ab"}, {4, "ab\x00\x00"}} {
		if err := Truncate(h, c.size); err != nil || content(t, path) != c.want {
			t.Errorf("truncated to %q, %v; want %q", content(t, path), err, c.want)
		}
	}
	if err := Sync(h); err != nil {
		t.Error(err)
	}
	const none = windows.Handle(0x0ffffff0)
	for what, err := range map[string]error{"sync": Sync(none), "truncate": Truncate(none, 0)} {
		if !errors.Is(Error("test", what, "", err), port.ErrClosed) {
			t.Errorf("%s of nothing: %v", what, err)
		}
	}
}

func TestOpenFileErrors(t *testing.T) {
	r := newRig(t)
	dir := t.TempDir()
	exists, locked := filepath.Join(dir, "exists"), filepath.Join(dir, "locked")
	for _, path := range []string{exists, locked} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	alone, err := windows.CreateFile(windows.StringToUTF16Ptr(locked), windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer windows.CloseHandle(alone)
	for _, c := range []struct {
		path string
		flag int
		want []error
	}{
		{exists, os.O_RDWR | os.O_CREATE | os.O_EXCL, []error{fs.ErrExist, windows.ERROR_FILE_EXISTS, port.ErrFailed}},
		{filepath.Join(dir, "missing"), os.O_RDONLY, []error{fs.ErrNotExist, windows.ERROR_FILE_NOT_FOUND, port.ErrFailed}},
		{filepath.Join(dir, "missing", "f"), os.O_RDONLY, []error{fs.ErrNotExist, windows.ERROR_PATH_NOT_FOUND}},
		{"", os.O_RDONLY, []error{fs.ErrNotExist}},
		{dir, os.O_RDWR, []error{syscall.EISDIR}},
		{locked, os.O_RDWR, []error{port.ErrPermission, windows.ERROR_SHARING_VIOLATION}},
		{"a\x00b", os.O_RDONLY, []error{syscall.EINVAL}},
	} {
		_, err := r.s.OpenFile(c.path, c.flag, 0o600)
		var failed *port.Error
		if !errors.As(err, &failed) || failed.Detail != c.path {
			t.Errorf("opening %q: %v, which is no *port.Error about it", c.path, err)
		}
		for _, want := range c.want {
			if !errors.Is(err, want) {
				t.Errorf("opening %q: %v is not %v", c.path, err, want)
			}
		}
	}
}

// TestWriteToAFullDisk needs a device that some systems under Windows have.
func TestWriteToAFullDisk(t *testing.T) {
	r := newRig(t)
	opened, err := r.s.OpenFile(`Z:\dev\full`, os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("no disk that is always full: %v", err)
	}
	h := r.associated(r.opened(opened))
	ov := record(t)
	_, errno := WriteFile(h, memory(t, 1), 0, ov)
	if _, errno := r.end(ov, errno); errno != windows.ERROR_DISK_FULL || Outcome(errno) != port.ErrNoSpace {
		t.Errorf("writing to a full disk: %v (%d)", errno, errno)
	}
}

func TestWriteWithoutPermission(t *testing.T) {
	r := newRig(t)
	_, path := r.file(os.O_RDWR)
	h, err := OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	r.associated(r.opened(port.Handle(h)))
	ov := record(t)
	_, errno := WriteFile(h, memory(t, 1), 0, ov)
	if _, errno := r.end(ov, errno); errno != windows.ERROR_ACCESS_DENIED || Outcome(errno) != port.ErrPermission {
		t.Errorf("writing to a file that is open for reading: %v (%d)", errno, errno)
	}
	if !errors.Is(Error("test", "write", "", errno), fs.ErrPermission) {
		t.Errorf("%v is not fs.ErrPermission", errno)
	}
}
