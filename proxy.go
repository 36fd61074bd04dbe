package raon

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"net/netip"
)

// The PROXY protocol, version 2: a proxy tells the address of the client behind it
// in a header ahead of the client's bytes. Source: HAProxy, doc/proxy-protocol.txt
// (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt), section 2.2.
// Version 1, the text form of section 2.1, is refused by name: it has no length
// ahead, and nobody has to send it.

// proxyAnnouncement is what a header says.
type proxyAnnouncement struct {
	local bool // the proxy speaks for itself: a health check
	known bool // it says who the client is
	peer  Addr // the client; the zero Addr is a unix socket without a name
}

var (
	proxySignature = []byte("\r\n\r\n\x00\r\nQUIT\n")
	proxyVersion1  = []byte("PROXY ")
)

// Lengths in bytes, and values of the fields.
const (
	proxyFixed   = 16   // signature, version and command, family, length
	proxyLongest = 4096 // of the rest; addresses take 216 at most, certificates' names some more
	proxyCRC32C  = 0x03 // TLV: checksum of the header, with itself as zero
)

// proxyAddresses is how many bytes of addresses a family and protocol have.
// Combinations that are not there have none that mean anything.
var proxyAddresses = map[byte]int{
	proxyUnspec: 0,
	proxyTCP4:   12, proxyUDP4: 12,
	proxyTCP6: 36, proxyUDP6: 36,
	proxyUnix: 216, proxyUnixDatagram: 216,
}

// Families, in the high four bits, and protocols.
const (
	proxyUnspec       = 0x00
	proxyTCP4         = 0x11
	proxyUDP4         = 0x12
	proxyTCP6         = 0x21
	proxyUDP6         = 0x22
	proxyUnix         = 0x31
	proxyUnixDatagram = 0x32

	proxyLastFamily   = 3
	proxyLastProtocol = 2
)

var errProxy = errors.New("no PROXY protocol header of version 2")

// parseProxy reads a header. n is its length, 0 when there is not all of it yet.
func parseProxy(b []byte) (a proxyAnnouncement, n int, err error) {
	head := min(len(b), len(proxySignature))
	if !bytes.Equal(b[:head], proxySignature[:head]) {
		if m := min(len(b), len(proxyVersion1)); m > 2 && bytes.Equal(b[:m], proxyVersion1[:m]) {
			return a, 0, fmt.Errorf("%w: version 1 is not supported", errProxy)
		}
		return a, 0, errProxy
	}
	if len(b) < proxyFixed {
		return a, 0, nil
	}
	rest := int(binary.BigEndian.Uint16(b[14:]))
	if b[12]>>4 != 2 || b[12]&15 > 1 || rest > proxyLongest {
		return a, 0, fmt.Errorf("%w: version and command %#x, %d bytes", errProxy, b[12], rest)
	}
	n = proxyFixed + rest
	if len(b) < n {
		return a, 0, nil
	}
	if b[12]&15 == 0 { // whatever else it says is to be discarded, the family included
		return proxyAnnouncement{local: true}, n, nil
	}
	a, err = readProxied(b[:n])
	return a, n, err
}

// readProxied reads a whole header of the command PROXY. What is announced as
// anything but a stream is as if unspecified.
func readProxied(header []byte) (a proxyAnnouncement, err error) {
	family, b := header[13], header[proxyFixed:]
	if family>>4 > proxyLastFamily || family&15 > proxyLastProtocol {
		return a, fmt.Errorf("%w: family and protocol %#x", errProxy, family)
	}
	size, ok := proxyAddresses[family]
	if !ok {
		return a, nil // nobody can tell where its TLVs begin
	}
	if len(b) < size {
		return a, fmt.Errorf("%w: %d bytes of addresses", errProxy, len(b))
	}
	if err := checkProxySum(header, proxyFixed+size); err != nil {
		return a, err
	}
	a.read(family, b)
	return a, nil
}

// read takes the client's address. There are enough bytes for it.
func (a *proxyAnnouncement) read(family byte, b []byte) {
	a.known = true
	switch family {
	case proxyTCP4:
		a.peer.IP = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b)), binary.BigEndian.Uint16(b[8:]))
	case proxyTCP6:
		a.peer.IP = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b)).Unmap(), binary.BigEndian.Uint16(b[32:]))
	case proxyUnix:
		path, _, _ := bytes.Cut(b[:108], []byte{0})
		a.peer.Path = string(path)
	default:
		a.known = false
	}
}

// checkProxySum walks the TLVs from byte at on and checks the sum, if there is one.
func checkProxySum(header []byte, at int) error {
	for at < len(header) {
		if len(header)-at < 3 {
			return fmt.Errorf("%w: a TLV is cut off", errProxy)
		}
		kind, n := header[at], int(binary.BigEndian.Uint16(header[at+1:]))
		at += 3
		if n > len(header)-at {
			return fmt.Errorf("%w: a TLV is cut off", errProxy)
		}
		if kind == proxyCRC32C {
			return checkCRC32C(header, at, n)
		}
		at += n
	}
	return nil
}

func checkCRC32C(header []byte, at, n int) error {
	if n != 4 {
		return fmt.Errorf("%w: a checksum of %d bytes", errProxy, n)
	}
	zeroed := bytes.Clone(header)
	copy(zeroed[at:], make([]byte, 4))
	if got := crc32.Checksum(zeroed, crc32.MakeTable(crc32.Castagnoli)); got != binary.BigEndian.Uint32(header[at:]) {
		return fmt.Errorf("%w: wrong checksum", errProxy)
	}
	return nil
}
