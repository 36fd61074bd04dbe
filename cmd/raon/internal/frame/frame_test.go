package frame

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestNext(t *testing.T) {
	const maxBytes = 100
	full := make([]byte, maxBytes+10)
	PutHeader(full[:maxBytes], 7)
	cases := []struct {
		name string
		data []byte
		want int
		bad  int // size told by the SizeError; -1 for none
	}{
		{"empty", nil, 0, -1},
		{"one byte", []byte{9}, 0, -1},
		{"size only", []byte{9, 0}, 0, -1},
		{"header only, payload missing", []byte{9, 0, 1, 0}, 0, -1},
		{"smallest", []byte{4, 0, 1, 0}, 4, -1},
		{"smallest with more behind", []byte{4, 0, 1, 0, 200, 200}, 4, -1},
		{"one payload byte", []byte{5, 0, 1, 0, 42}, 5, -1},
		{"largest", full, maxBytes, -1},
		{"largest, last byte missing", full[:maxBytes-1], 0, -1},
		{"size zero", []byte{0, 0}, 0, 0},
		{"size three", []byte{3, 0, 1, 0}, 0, 3},
		{"one above the limit", []byte{maxBytes + 1, 0}, 0, maxBytes + 1},
		{"high byte counts", []byte{4, 1, 0, 0}, 0, 260},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Next(c.data, maxBytes)
			if got != c.want {
				t.Errorf("size %d, want %d", got, c.want)
			}
			checkSizeError(t, err, c.bad, maxBytes)
		})
	}
}

func checkSizeError(t *testing.T, err error, bad, maxBytes int) {
	t.Helper()
	var sizeErr *SizeError
	switch {
	case bad < 0 && err != nil:
		t.Errorf("error %v, want none", err)
	case bad >= 0 && !errors.As(err, &sizeErr):
		t.Errorf("error %v, want a SizeError", err)
	case bad >= 0 && (sizeErr.Bytes != bad || sizeErr.MaxBytes != maxBytes):
		t.Errorf("error %+v, want size %d of %d", sizeErr, bad, maxBytes)
	}
}

func TestSizeErrorNamesTheBound(t *testing.T) {
	small := (&SizeError{Bytes: 3, MaxBytes: 100}).Error()
	if want := "frame size 3 is below the 4 bytes of a header"; small != want {
		t.Errorf("%q, want %q", small, want)
	}
	large := (&SizeError{Bytes: 101, MaxBytes: 100}).Error()
	if want := "frame size 101 is above the limit of 100 bytes"; large != want {
		t.Errorf("%q, want %q", large, want)
	}
}

func TestFields(t *testing.T) {
	f := []byte{0, 0, 0, 0, 'h', 'i'}
	PutHeader(f, 0x1234)
	if !bytes.Equal(f, []byte{6, 0, 0x34, 0x12, 'h', 'i'}) {
		t.Fatalf("frame % x", f)
	}
	if ID(f) != 0x1234 || string(Payload(f)) != "hi" {
		t.Errorf("id %#x, payload %q", ID(f), Payload(f))
	}
}

// FuzzNext cuts any stream twice, whole and split at a random place: both must
// give the same frames and the same error, and never a frame beyond the data.
func FuzzNext(f *testing.F) {
	f.Add([]byte{4, 0, 1, 0, 6, 0, 2, 0, 'h', 'i'}, uint16(100), uint16(5))
	f.Add([]byte{3, 0}, uint16(100), uint16(1))
	f.Add([]byte{255, 255, 0}, uint16(65535), uint16(2))
	f.Fuzz(func(t *testing.T, stream []byte, limit, split uint16) {
		maxBytes := max(int(limit), HeaderBytes)
		whole, wholeErr := cut(stream, maxBytes)
		at := min(int(split), len(stream))
		first, err := cut(stream[:at], maxBytes)
		used := total(first)
		rest := stream[used:]
		second := []int(nil)
		if err == nil {
			second, err = cut(rest, maxBytes)
		}
		if got := append(first, second...); !slices.Equal(got, whole) {
			t.Errorf("frames %v split at %d, %v whole", got, at, whole)
		}
		if (err == nil) != (wholeErr == nil) {
			t.Errorf("error %v split, %v whole", err, wholeErr)
		}
		if total(whole) > len(stream) {
			t.Errorf("frames of %d bytes from %d", total(whole), len(stream))
		}
	})
}

func cut(data []byte, maxBytes int) (sizes []int, err error) {
	for {
		n, err := Next(data, maxBytes)
		if err != nil || n == 0 {
			return sizes, err
		}
		sizes = append(sizes, n)
		data = data[n:]
	}
}

func total(sizes []int) (sum int) {
	for _, n := range sizes {
		sum += n
	}
	return sum
}
