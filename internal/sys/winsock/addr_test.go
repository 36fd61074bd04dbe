//go:build windows

package winsock

import (
	"errors"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

func TestRawAddrRoundTrip(t *testing.T) {
	for text, want := range map[string]string{
		"tcp://127.0.0.1:7777":        "tcp://127.0.0.1:7777",
		"tcp://0.0.0.0:0":             "tcp://0.0.0.0:0",
		"tcp://[::]:258":              "tcp://[::]:258",
		"tcp://[2001:db8::1]:65535":   "tcp://[2001:db8::1]:65535",
		"tcp://[fe80::1%7]:1":         "tcp://[fe80::1%7]:1",
		"tcp://[::ffff:192.0.2.1]:80": "tcp://192.0.2.1:80",
	} {
		if got := rawAddr(t, mustAddr(t, text)).Addr().String(); got != want {
			t.Errorf("%s came back as %s, want %s", text, got, want)
		}
	}
}

func TestRawAddrReusedHoldsNothingOld(t *testing.T) {
	var raw RawAddr
	for _, text := range []string{"tcp://[2001:db8::1%3]:65535", "tcp://127.0.0.1:1", "tcp://[::1]:2"} {
		addr := mustAddr(t, text)
		if err := raw.Set(&addr); err != nil {
			t.Fatal(err)
		}
		if got := raw.Addr().String(); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	raw.Any.Addr.Family = windows.AF_UNSPEC
	if raw.Addr().IsValid() {
		t.Errorf("no family is %v", raw.Addr())
	}
}

func TestRawAddrRefusesWhatIsNoAddress(t *testing.T) {
	for _, c := range []struct {
		addr port.Addr
		want error
	}{
		{port.Addr{}, windows.WSAEAFNOSUPPORT},
		{port.Addr{Path: "p"}, windows.WSAEAFNOSUPPORT},
		{mustAddr(t, "[fe80::1%no-such-device]:1"), windows.WSAEADDRNOTAVAIL},
	} {
		var raw RawAddr
		if err := raw.Set(&c.addr); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.addr, err, c.want)
		}
	}
}
