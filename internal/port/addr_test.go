package port

import (
	"net/netip"
	"strings"
	"testing"
)

// ip is an Addr of an IP address and port.
func ip(s string) Addr { return Addr{IP: netip.MustParseAddrPort(s)} }

func TestParseAddr(t *testing.T) {
	tests := []struct {
		text   string
		want   Addr
		string string // what String makes of want
	}{
		{"tcp://127.0.0.1:7777", ip("127.0.0.1:7777"), "tcp://127.0.0.1:7777"},
		{"127.0.0.1:0", ip("127.0.0.1:0"), "tcp://127.0.0.1:0"},
		{"[::1]:65535", ip("[::1]:65535"), "tcp://[::1]:65535"},
		{"tcp://[::1]:1", ip("[::1]:1"), "tcp://[::1]:1"},
		{"[fe80::1%eth0]:9", ip("[fe80::1%eth0]:9"), "tcp://[fe80::1%eth0]:9"},
		{":7777", ip("[::]:7777"), "tcp://[::]:7777"},
		{"tcp://:7777", ip("[::]:7777"), "tcp://[::]:7777"},
		{"unix:///run/raon.sock", Addr{Path: "/run/raon.sock"}, "unix:///run/raon.sock"},
		{"unix://raon.sock", Addr{Path: "raon.sock"}, "unix://raon.sock"},
	}
	for _, test := range tests {
		got, err := ParseAddr(test.text)
		if err != nil || got != test.want {
			t.Errorf("ParseAddr(%q) = %v, %v, want %v", test.text, got, err, test.want)
		}
		if !got.IsValid() || got.IsUnix() != (got.Path != "") {
			t.Errorf("ParseAddr(%q): IsValid %v, IsUnix %v", test.text, got.IsValid(), got.IsUnix())
		}
		if got.String() != test.string {
			t.Errorf("ParseAddr(%q).String() = %q, want %q", test.text, got, test.string)
		}
	}
}

func TestParseAddrRejects(t *testing.T) {
	for _, text := range []string{
		"", ":", "7777", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:http",
		"::1:80", "[::1]", "localhost:80", "tcp://", "unix://", "udp://127.0.0.1:1", "http://127.0.0.1:1",
		"tcp://unix:///x", "tcp://tcp://127.0.0.1:1", " 127.0.0.1:1", "256.0.0.1:1",
	} {
		got, err := ParseAddr(text)
		if err == nil || got != (Addr{}) {
			t.Errorf("ParseAddr(%q) = %v, %v, want no address and an error", text, got, err)
			continue
		}
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error for %q does not tell the text: %v", text, err)
		}
	}
}

func TestNoAddr(t *testing.T) {
	var none Addr
	if none.IsValid() || none.IsUnix() || none.String() != "none" {
		t.Errorf("the zero Addr: IsValid %v, IsUnix %v, %q", none.IsValid(), none.IsUnix(), none)
	}
}

// FuzzParseAddr holds what was parsed to being read again as the same.
func FuzzParseAddr(f *testing.F) {
	for _, text := range []string{"tcp://127.0.0.1:7777", "[::1]:1", ":1", "unix:///a", "[fe80::1%x]:2",
		"[::ffff:1.2.3.4]:5", "unix://tcp://", "tcp://:0", "://", "[::%]:1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		addr, err := ParseAddr(text)
		if err != nil {
			if addr != (Addr{}) {
				t.Fatalf("ParseAddr(%q) = %v with the error %v", text, addr, err)
			}
			return
		}
		if !addr.IsValid() {
			t.Fatalf("ParseAddr(%q) gave an invalid address without an error", text)
		}
		again, err := ParseAddr(addr.String())
		if err != nil || again != addr {
			t.Fatalf("ParseAddr(%q) = %v, which reads as %v, %v", text, addr, again, err)
		}
	})
}
