package port

import (
	"fmt"
	"net/netip"
	"strings"
)

// Addr is where a socket is: an IP address and port, or a unix path. It is
// comparable; the zero Addr is no address.
type Addr struct {
	IP   netip.AddrPort
	Path string // unix domain socket; IP is then invalid
}

// ParseAddr reads "tcp://127.0.0.1:7777", "127.0.0.1:7777", "[::1]:7777",
// ":7777" (all addresses, dual stack) or "unix:///run/raon.sock". Names are
// not resolved.
func ParseAddr(s string) (Addr, error) {
	if path, ok := strings.CutPrefix(s, "unix://"); ok {
		if path == "" {
			return Addr{}, fmt.Errorf("address %q: no path after unix://", s)
		}
		return Addr{Path: path}, nil
	}
	rest := strings.TrimPrefix(s, "tcp://")
	if strings.Contains(rest, "://") {
		return Addr{}, fmt.Errorf("address %q: scheme must be tcp:// or unix://", s)
	}
	if strings.HasPrefix(rest, ":") {
		rest = "[::]" + rest
	}
	ip, err := netip.ParseAddrPort(rest)
	if err != nil {
		return Addr{}, fmt.Errorf("address %q: want tcp://IP:PORT or unix://PATH", s)
	}
	return Addr{IP: ip}, nil
}

// IsUnix tells whether a is a unix path.
func (a Addr) IsUnix() bool { return a.Path != "" }

// IsValid tells whether a is an address at all.
func (a Addr) IsValid() bool { return a.Path != "" || a.IP.IsValid() }

// String is a in the form that ParseAddr reads.
func (a Addr) String() string {
	switch {
	case a.Path != "":
		return "unix://" + a.Path
	case a.IP.IsValid():
		return "tcp://" + a.IP.String()
	}
	return "none"
}
