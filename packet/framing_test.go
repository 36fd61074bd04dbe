package packet_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/raon-engine/raon/packet"
)

// framings are all the shapes there are.
func framings() (all []packet.Framing) {
	for i := range 16 {
		f := packet.Framing{BigEndian: i&1 != 0, SizeExcludesHeader: i&2 != 0, NoID: i&4 != 0, MaxBytes: 300}
		if f.SizeBytes = 2; i&8 != 0 {
			f.SizeBytes = 4
		}
		all = append(all, f)
	}
	return all
}

func TestFramingGoldenBytes(t *testing.T) {
	for _, c := range []struct {
		f    packet.Framing
		want string
	}{
		{packet.Framing{}, "\x06\x00\x34\x12ab"},
		{packet.Framing{BigEndian: true}, "\x00\x06\x12\x34ab"},
		{packet.Framing{SizeExcludesHeader: true}, "\x02\x00\x34\x12ab"},
		{packet.Framing{SizeBytes: 4}, "\x08\x00\x00\x00\x34\x12ab"},
		{packet.Framing{SizeBytes: 4, BigEndian: true, SizeExcludesHeader: true}, "\x00\x00\x00\x02\x12\x34ab"},
		{packet.Framing{NoID: true}, "\x04\x00ab"},
		{packet.Framing{NoID: true, SizeExcludesHeader: true, BigEndian: true}, "\x00\x02ab"},
		{packet.Framing{NoID: true, SizeBytes: 4}, "\x06\x00\x00\x00ab"},
	} {
		got, err := c.f.Append([]byte("before"), 0x1234, []byte("ab"))
		if err != nil || string(got) != "before"+c.want {
			t.Errorf("%+v: %q, %v, want %q", c.f, got, err, c.want)
		}
	}
}

func TestFramingRoundTrip(t *testing.T) {
	for _, f := range framings() {
		var stream []byte
		var err error
		for id := range uint16(3) {
			if stream, err = f.Append(stream, 0x1200+id, bytes.Repeat([]byte{byte(id)}, int(id)*10)); err != nil {
				t.Fatal(err)
			}
		}
		for id := range uint16(3) {
			frame, n, err := f.Next(stream)
			wantID := 0x1200 + id
			if f.NoID {
				wantID = 0
			}
			if err != nil || frame.ID != wantID || !bytes.Equal(frame.Payload, bytes.Repeat([]byte{byte(id)}, int(id)*10)) {
				t.Errorf("%+v: packet %d: %v %v", f, id, frame, err)
			}
			for cut := range n {
				if _, n, err := f.Next(stream[:cut]); n != 0 || err != nil {
					t.Errorf("%+v: %d of %d bytes gave %d, %v", f, cut, len(stream), n, err)
				}
			}
			stream = stream[n:]
		}
		if len(stream) != 0 {
			t.Errorf("%+v: %d bytes are left", f, len(stream))
		}
	}
}

func TestFramingBounds(t *testing.T) {
	for _, f := range framings() {
		header, err := f.Append(nil, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Append(nil, 1, make([]byte, f.MaxBytes-len(header))); err != nil {
			t.Errorf("%+v: a packet of MaxBytes: %v", f, err)
		}
		if _, err := f.Append(nil, 1, make([]byte, f.MaxBytes-len(header)+1)); !errors.Is(err, packet.ErrSize) {
			t.Errorf("%+v: a packet of MaxBytes+1: %v, want ErrSize", f, err)
		}
		long := f
		long.MaxBytes = f.MaxBytes + 1
		above, err := long.Append(nil, 1, make([]byte, long.MaxBytes-len(header)))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := f.Next(above[:f.SizeBytes]); !errors.Is(err, packet.ErrSize) {
			t.Errorf("%+v: the size of a packet of MaxBytes+1: %v, want ErrSize at once", f, err)
		}
	}
}

// TestSizeBelowItsHeader has sizes that cannot even hold what they count.
func TestSizeBelowItsHeader(t *testing.T) {
	for size := range byte(4) {
		if _, _, err := (packet.Framing{}).Next([]byte{size, 0}); !errors.Is(err, packet.ErrSize) {
			t.Errorf("size %d: %v, want ErrSize", size, err)
		}
	}
	if _, n, err := (packet.Framing{}).Next([]byte{4, 0, 1, 0}); n != 4 || err != nil {
		t.Errorf("an empty packet: %d, %v", n, err)
	}
}

func TestFramingFaultsAllAtOnce(t *testing.T) {
	_, _, err := (packet.Framing{SizeBytes: 3, MaxBytes: -1}).Next(nil)
	for _, want := range []string{"SizeBytes 3", "MaxBytes -1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not mention %q", err, want)
		}
	}
	for _, f := range []packet.Framing{{MaxBytes: 1 << 16}, {MaxBytes: 1<<16 + 4, SizeExcludesHeader: true}, {MaxBytes: 3}, {SizeBytes: 4, MaxBytes: 1<<30 + 1}} {
		if _, err := f.Append(nil, 1, nil); err == nil {
			t.Errorf("%+v: no fault", f)
		}
	}
	for _, f := range []packet.Framing{{MaxBytes: 1<<16 - 1}, {MaxBytes: 1<<16 + 3, SizeExcludesHeader: true}, {MaxBytes: 4}} {
		if _, err := f.Append(nil, 1, nil); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

// FuzzNext cuts arbitrary bytes. Whatever comes out has to be what Append makes.
func FuzzNext(f *testing.F) {
	f.Add(uint8(0), []byte("\x06\x00\x34\x12ab\x06\x00"))
	f.Add(uint8(11), []byte("\x00\x00\x00\x02\x12\x34abc"))
	f.Add(uint8(8), []byte("\xff\xff\xff\xff\xff\xff"))
	all := framings()
	f.Fuzz(func(t *testing.T, shape uint8, data []byte) {
		framing := all[int(shape)%len(all)]
		for {
			frame, n, err := framing.Next(data)
			if err != nil && !errors.Is(err, packet.ErrSize) || n < 0 || n > len(data) {
				t.Fatalf("%d of %d bytes, %v", n, len(data), err)
			}
			if n == 0 {
				return
			}
			again, err := framing.Append(nil, frame.ID, frame.Payload)
			if err != nil || !bytes.Equal(again, data[:n]) {
				t.Fatalf("%x cut from %x and put together again is %x, %v", frame, data[:n], again, err)
			}
			data = data[n:]
		}
	})
}

func ExampleFraming() {
	f := packet.Framing{BigEndian: true}
	stream, err := f.Append(nil, 1001, []byte("hello"))
	fmt.Printf("%v %v\n", stream, err)
	frame, n, err := f.Next(stream)
	fmt.Println(frame.ID, string(frame.Payload), n, err)
	// Output:
	// [0 9 3 233 104 101 108 108 111] <nil>
	// 1001 hello 9 <nil>
}
