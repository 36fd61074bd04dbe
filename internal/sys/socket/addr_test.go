//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// longest is the longest path that a socket can have.
var longest = strings.Repeat("p", len(unix.RawSockaddrUnix{}.Path)-1)

func TestRawAddrRoundTrip(t *testing.T) {
	for text, want := range map[string]string{
		"tcp://127.0.0.1:7777":        "tcp://127.0.0.1:7777",
		"tcp://0.0.0.0:0":             "tcp://0.0.0.0:0",
		"tcp://[::]:258":              "tcp://[::]:258",
		"tcp://[2001:db8::1]:65535":   "tcp://[2001:db8::1]:65535",
		"tcp://[fe80::1%7]:1":         "tcp://[fe80::1%7]:1",
		"tcp://[::ffff:192.0.2.1]:80": "tcp://192.0.2.1:80",
		"unix:///run/raon.sock":       "unix:///run/raon.sock",
		"unix://" + longest:           "unix://" + longest,
	} {
		addr, err := port.ParseAddr(text)
		if err != nil {
			t.Fatal(err)
		}
		var raw RawAddr
		if err := raw.Set(&addr); err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := raw.Addr().String(); got != want {
			t.Errorf("%s came back as %s, want %s", text, got, want)
		}
	}
}

func TestRawAddrReusedHoldsNothingOld(t *testing.T) {
	var raw RawAddr
	for _, path := range []string{"/a/long/path", "/b"} {
		if err := raw.Set(&port.Addr{Path: path}); err != nil {
			t.Fatal(err)
		}
		if got := raw.Addr().Path; got != path {
			t.Errorf("got %q, want %q", got, path)
		}
	}
}

func TestRawAddrRefusesWhatIsNoAddress(t *testing.T) {
	zone, err := port.ParseAddr("[fe80::1%no-such-device]:1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		addr port.Addr
		want error
	}{
		{port.Addr{}, unix.EAFNOSUPPORT},
		{port.Addr{Path: longest + "p"}, unix.EINVAL},
		{zone, unix.ENODEV},
	} {
		var raw RawAddr
		if err := raw.Set(&c.addr); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.addr, err, c.want)
		}
	}
}
