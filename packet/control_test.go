package packet

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/raon-engine/raon"
)

func TestControlGoldenBytes(t *testing.T) {
	for _, c := range []struct {
		m    control
		want string
	}{
		{control{kind: kindHello, wire: 1, version: 0x01020304, flags: 5}, "\x01\x01\x04\x03\x02\x01\x05\x00\x00\x00"},
		{control{kind: kindPing, number: 0x01020304}, "\x02\x04\x03\x02\x01"},
		{control{kind: kindPong, number: 7}, "\x03\x07\x00\x00\x00"},
		{control{kind: kindKick, reason: raon.KickFlood, text: "slow down"}, "\x04\x0aslow down"},
		{control{kind: kindKick}, "\x04\x00"},
		{control{kind: kindAck, count: 0x0102030405060708}, "\x05\x08\x07\x06\x05\x04\x03\x02\x01"},
		{control{kind: kindHello, wire: 1, version: 2, flags: 3, shown: true, ticket: ticket{'T', 15: 'Z'}, count: 9},
			"\x01\x01\x02\x00\x00\x00\x03\x00\x00\x00T\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00Z\x09\x00\x00\x00\x00\x00\x00\x00"},
	} {
		wire := c.m.append(nil)
		got, err := parseControl(wire)
		if string(wire) != c.want || err != nil || got != c.m {
			t.Errorf("%+v: %q, read as %+v, %v; want %q", c.m, wire, got, err, c.want)
		}
	}
}

func TestControlRefuses(t *testing.T) {
	for _, p := range []string{"", "\x00", "\x01", "\x01\x01\x04", "\x01\x01\x04\x03\x02\x01\x05\x00\x00\x00\x00", "\x02\x01", "\x03", "\x04",
		"\x04\x01" + strings.Repeat("x", 256), "\x63"} {
		if _, err := parseControl([]byte(p)); !errors.Is(err, ErrControl) {
			t.Errorf("%q: %v", p, err)
		}
	}
	if m, err := parseControl([]byte("\x01\x02anything")); err != nil || m.wire != 2 {
		t.Errorf("a hello of another wire version: %+v, %v", m, err)
	}
}

func TestClipEndsAtACharacter(t *testing.T) {
	long := strings.Repeat("가", 100)
	if got := clip(long); len(got) != 255 || !utf8.ValidString(got) {
		t.Errorf("%d bytes", len(got))
	}
	if got := clip("x" + long); len(got) != 253 || !utf8.ValidString(got) {
		t.Errorf("%d bytes of %q", len(got), got)
	}
}

func FuzzControl(f *testing.F) {
	f.Add([]byte("\x01\x01\x04\x03\x02\x01\x05\x00\x00\x00"))
	f.Add([]byte("\x04\x0aslow down"))
	f.Add([]byte("\x04\x0a\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseControl(data)
		if err != nil || m.kind == kindHello && m.wire != wireVersion {
			return
		}
		if !utf8.ValidString(m.text) {
			t.Fatalf("%q", m.text)
		}
		if again := m.append(nil); (m.kind != kindKick || utf8.Valid(data[2:])) && !bytes.Equal(again, data) {
			t.Fatalf("%q became %q", data, again)
		}
	})
}
