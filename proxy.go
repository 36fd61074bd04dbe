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
// in a header ahead of the client's bytes. Source: HAProxy, doc/proxy-protocol.txt,
// section 2.2. Version 1, the text form, is refused by name.

// proxyAnnouncement is what a header says.
type proxyAnnouncement struct {
	local bool // the proxy speaks for itself: a health check
	peer  Addr // the client; the zero Addr when the proxy does not say
}

var (
	proxySignature = []byte("\r\n\r\n\x00\r\nQUIT\n")
	proxyVersion1  = []byte("PROXY ")
)

// Lengths in bytes, and values of the fields.
const (
	proxyFixed   = 16   // signature, version and command, family, length
	proxyLongest = 4096 // of the rest; addresses take 216 at most
	proxyTCP4    = 0x11
	proxyTCP6    = 0x21
	proxyUnix    = 0x31
	proxyCRC32C  = 0x03 // TLV: checksum of the header, with itself as zero
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
	a.local = b[12]&15 == 0
	tlvs, err := a.read(b[13], b[proxyFixed:n])
	if err == nil {
		err = checkProxySum(b[:n], n-len(tlvs))
	}
	if a.local {
		a.peer = Addr{}
	}
	return a, n, err
}

// read takes the addresses and returns what follows them.
func (a *proxyAnnouncement) read(family byte, b []byte) (tlvs []byte, err error) {
	size := map[byte]int{proxyTCP4: 12, proxyTCP6: 36, proxyUnix: 216}[family]
	if len(b) < size {
		return nil, fmt.Errorf("%w: %d bytes of addresses", errProxy, len(b))
	}
	switch family {
	case proxyTCP4:
		a.peer.IP = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b)), binary.BigEndian.Uint16(b[8:]))
	case proxyTCP6:
		a.peer.IP = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b)).Unmap(), binary.BigEndian.Uint16(b[32:]))
	case proxyUnix:
		path, _, _ := bytes.Cut(b[:108], []byte{0})
		a.peer.Path = string(path)
	}
	return b[size:], nil
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
