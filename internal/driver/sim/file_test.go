package sim

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// open is an attached file.
func (r *rig) open(path string, flag int) port.Ref {
	r.t.Helper()
	h, err := r.drv.OpenFile(path, flag, 0o600)
	r.ok(err)
	return r.attach(h, port.KindFile, path)
}

func write(ref port.Ref, at int64, s ...string) *port.Op {
	op := &port.Op{Type: port.OpFileWrite, Target: ref, Offset: at}
	for _, b := range s {
		op.Bufs = append(op.Bufs, []byte(b))
	}
	return op
}

// holds fails the test unless the file has exactly this in it.
func (r *rig) holds(path, want string) {
	r.t.Helper()
	if got, ok := r.w.File(path); !ok || string(got) != want {
		r.t.Errorf("%s holds %q, %v, want %q", path, got, ok, want)
	}
}

func TestFileWrites(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	ref := r.open("/f", os.O_RDWR|os.O_CREATE)
	for _, c := range []struct {
		op   *port.Op
		want string
	}{
		{write(ref, 0, "abc", "", "def"), "abcdef"},
		{write(ref, 2, "XY"), "abXYef"},
		{write(ref, port.Append, "gh"), "abXYefgh"},
		{write(ref, 10, "z"), "abXYefgh\x00\x00z"},
		{&port.Op{Type: port.OpFileTruncate, Target: ref, Offset: 3}, "abX"},
		{&port.Op{Type: port.OpFileTruncate, Target: ref, Offset: 5}, "abX\x00\x00"},
		{&port.Op{Type: port.OpFileSync, Target: ref}, "abX\x00\x00"},
	} {
		if ev := r.do(c.op); ev.Err != nil {
			t.Errorf("%v: %v", c.op.Type, ev.Err)
		}
		r.holds("/f", c.want)
	}
	appending := r.open("/f", os.O_WRONLY|os.O_APPEND)
	r.do(write(appending, 0, "end"))
	r.holds("/f", "abX\x00\x00end")
	r.open("/f", os.O_WRONLY|os.O_TRUNC)
	r.holds("/f", "")
}

func TestFileReads(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	ref := r.open("/f", os.O_RDWR|os.O_CREATE)
	r.do(write(ref, 0, "0123456789"))
	for _, c := range []struct {
		size int
		at   int64
		want string
		err  error
	}{
		{4, 0, "0123", nil}, {4, 8, "89", nil}, {4, 10, "", io.EOF}, {4, 99, "", io.EOF}, {0, 99, "", nil},
	} {
		buf := make([]byte, c.size)
		ev := r.do(&port.Op{Type: port.OpFileRead, Target: ref, Offset: c.at, Bufs: [][]byte{buf}})
		if got := string(buf[:ev.N]); got != c.want || ev.Err != c.err {
			t.Errorf("reading %d at %d: %q, %v, want %q, %v", c.size, c.at, got, ev.Err, c.want, c.err)
		}
	}
}

func TestFileErrors(t *testing.T) {
	r := newRig(t, Options{Virtual: true})
	reader := r.open("/f", os.O_RDONLY|os.O_CREATE)
	writer := r.open("/f", os.O_WRONLY)
	for _, c := range []struct {
		op   *port.Op
		want error
	}{
		{write(reader, 0, "x"), port.ErrClosed},
		{&port.Op{Type: port.OpFileRead, Target: writer, Bufs: [][]byte{make([]byte, 1)}}, port.ErrClosed},
		{&port.Op{Type: port.OpFileTruncate, Target: reader}, port.ErrFailed},
		{&port.Op{Type: port.OpFileTruncate, Target: writer, Offset: -1}, port.ErrFailed},
		{write(writer, -2, "x"), port.ErrFailed},
		{write(writer, 1<<62, "x"), port.ErrNoSpace},
		{&port.Op{Type: port.OpFileTruncate, Target: writer, Offset: 1 << 62}, port.ErrNoSpace},
		{&port.Op{Type: port.OpRecv, Target: writer}, port.ErrNotSupported},
		{r.disconnect(writer, port.HowShutdown), port.ErrNotSupported},
	} {
		if ev := r.do(c.op); !errors.Is(ev.Err, c.want) {
			t.Errorf("%v: %v, want %v", c.op.Type, ev.Err, c.want)
		}
	}
	if _, err := r.drv.OpenFile("/none", os.O_RDWR, 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening what does not exist: %v", err)
	}
	if _, err := r.drv.OpenFile("/f", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0); !errors.Is(err, fs.ErrExist) {
		t.Errorf("opening what exists with O_EXCL: %v", err)
	}
}

func TestFullDisk(t *testing.T) {
	r := newRig(t, Options{Virtual: true, DiskBytes: 10})
	ref := r.open("/f", os.O_RDWR|os.O_CREATE)
	if ev := r.do(write(ref, 0, "1234", "567890AB")); !errors.Is(ev.Err, port.ErrNoSpace) || ev.N != 10 {
		t.Errorf("writing 12 bytes on a disk of 10: %d and %v", ev.N, ev.Err)
	}
	r.holds("/f", "1234567890")
	if ev := r.do(write(ref, 3, "xyz")); ev.Err != nil {
		t.Errorf("overwriting on a full disk: %v", ev.Err)
	}
	r.do(&port.Op{Type: port.OpFileTruncate, Target: ref, Offset: 2})
	if ev := r.do(write(r.open("/g", os.O_RDWR|os.O_CREATE), 0, "12345678")); ev.Err != nil {
		t.Errorf("writing after a truncate: %v", ev.Err)
	}
}

// The operations of a file end in the order submitted, whatever they suffer,
// and canceled ones too.
func TestFileOrder(t *testing.T) {
	r := newRig(t, Options{Virtual: true, Seed: 1, Faults: Faults{FileShortWrite: .7, FileDelay: .5}})
	ref := r.open("/f", os.O_RDWR|os.O_CREATE)
	ops := make([]*port.Op, 30)
	var want strings.Builder
	for i := range ops {
		text := strings.Repeat(string(rune('a'+i)), 10+i)
		ops[i] = write(ref, port.Append, text[:3], text[3:])
		r.p.Submit(ops[i])
		if i == 20 {
			r.p.Cancel(ops[20])
		} else {
			want.WriteString(text)
		}
	}
	for next := 0; next < len(ops); {
		for _, ev := range r.poll(time.Minute) {
			if ev.Op != ops[next] || ev.Err != nil != (next == 20) {
				t.Fatalf("number %d: %+v", next, ev)
			}
			next++
		}
	}
	r.holds("/f", want.String())
	if r.p.Now() == 0 {
		t.Error("nothing was delayed")
	}
}

func TestDiskFaults(t *testing.T) {
	for want, f := range map[error]Faults{
		port.ErrFailed:  {FileError: 1},
		port.ErrNoSpace: {FileNoSpace: 1},
	} {
		r := newRig(t, Options{Virtual: true, Faults: f})
		if ev := r.do(write(r.open("/f", os.O_RDWR|os.O_CREATE), 0, "x")); !errors.Is(ev.Err, want) {
			t.Errorf("got %v, want %v", ev.Err, want)
		}
	}
}
