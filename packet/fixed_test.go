package packet_test

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/raon-engine/raon/packet"
)

type vector struct{ X, Y float32 }

type name [4]byte

// everything has a field of each kind.
type everything struct {
	Flag  bool
	I8    int8
	U8    uint8
	I16   int16
	U16   uint16
	I32   int32
	U32   uint32
	I64   int64
	U64   uint64
	F32   float32
	F64   float64
	Name  name
	Path  [2]vector
	Inner struct{ A uint16 }
}

func sample() everything {
	return everything{
		Flag: true, I8: -2, U8: 0xfe, I16: -3, U16: 0xfeed, I32: -4, U32: 0xfeedface, I64: -5, U64: 1<<63 + 1,
		F32: 1.5, F64: -math.Pi, Name: name{'r', 'a', 'o', 'n'}, Path: [2]vector{{1, 2}, {3, 4}}, Inner: struct{ A uint16 }{7},
	}
}

func TestFixedGoldenBytes(t *testing.T) {
	m := sample()
	got, err := packet.Fixed[everything]().Encode([]byte("x"), &m)
	want := "x\x01\xfe\xfe\xfd\xff\xed\xfe\xfc\xff\xff\xff\xce\xfa\xed\xfe" +
		"\xfb\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x80" +
		"\x00\x00\xc0\x3f\x18\x2d\x44\x54\xfb\x21\x09\xc0raon" +
		"\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40\x00\x00\x80\x40\x07\x00"
	if err != nil || string(got) != want {
		t.Errorf("got  %x, %v\nwant %x", got, err, want)
	}
}

func TestFixedRoundTrip(t *testing.T) {
	c := packet.Fixed[everything]()
	m := sample()
	wire, err := c.Encode(nil, &m)
	if err != nil {
		t.Fatal(err)
	}
	got := everything{U8: 99, Path: [2]vector{{9, 9}, {9, 9}}} // left by another packet
	if err := c.Decode(wire, &got); err != nil || got != m {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFixedRefuses(t *testing.T) {
	c := packet.Fixed[everything]()
	m := sample()
	wire, err := c.Encode(nil, &m)
	if err != nil {
		t.Fatal(err)
	}
	if c.Decode(wire[1:], &m) == nil || c.Decode(append(wire, 0), &m) == nil {
		t.Error("another size is taken")
	}
	wire[0] = 2
	if c.Decode(wire, &m) == nil {
		t.Error("a bool of 2 is taken")
	}
}

// unfit has a field of each kind that has no fixed layout.
type unfit struct {
	hidden int32
	Text   string
	Any    any
	List   []byte
	Word   int
	Ref    *int32
	Deep   [2]struct{ Map map[int]int }
}

func TestFixedFaultsAllAtOnce(t *testing.T) {
	_ = unfit{}.hidden
	p := packet.NewProtocol(packet.Options{}, packet.Hooks[player]{})
	packet.Define(p, packet.Spec{ID: 1, Name: "unfit"}, packet.Fixed[unfit]())
	packet.Define(p, packet.Spec{ID: 2, Name: "number"}, packet.Fixed[int32]())
	_, err := p.Handlers()
	for _, want := range []string{"unfit.hidden", "unfit.Text", "unfit.Any", "unfit.List", "unfit.Word", "unfit.Ref", "unfit.Deep[].Map", "Fixed[int32]"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not mention %q", err, want)
		}
	}
}

func TestFixedAllocatesNothing(t *testing.T) {
	c := packet.Fixed[everything]()
	m, wire := sample(), make([]byte, 0, 200)
	allocs := testing.AllocsPerRun(100, func() {
		out, err := c.Encode(wire, &m)
		if err == nil {
			err = c.Decode(out, &m)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations for one packet", allocs)
	}
}

// FuzzFixed reads arbitrary bytes. What is taken is written as it was, but for
// signalling NaNs.
func FuzzFixed(f *testing.F) {
	c := packet.Fixed[everything]()
	m := sample()
	wire, err := c.Encode(nil, &m)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wire)
	f.Fuzz(func(t *testing.T, data []byte) {
		var m, again everything
		if c.Decode(data, &m) != nil {
			return
		}
		wire, err := c.Encode(nil, &m)
		if err != nil || len(wire) != len(data) || c.Decode(wire, &again) != nil {
			t.Fatalf("%x became %x, %v", data, wire, err)
		}
		if m == again && !bytes.Equal(wire, data) {
			t.Fatalf("%x became %x", data, wire)
		}
	})
}

func ExampleFixed() {
	type Move struct {
		X, Y  float32
		Speed uint16
	}
	codec := packet.Fixed[Move]()
	wire, _ := codec.Encode(nil, &Move{X: 1, Y: -1, Speed: 300}) // Fixed cannot fail to encode
	var m Move
	err := codec.Decode(wire, &m)
	fmt.Println(len(wire), m, err)
	// Output: 10 {1 -1 300} <nil>
}
