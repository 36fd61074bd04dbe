package netconn

import (
	"net"

	"github.com/raon-engine/raon"
)

// netAddr is a as the standard library has it.
func netAddr(a raon.Addr) net.Addr {
	if a.IsUnix() {
		return &net.UnixAddr{Name: a.Path, Net: "unix"}
	}
	return net.TCPAddrFromAddrPort(a.IP)
}
