package raon

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

const signature = "0d0a0d0a000d0a515549540a"

// proxyGolden are headers byte for byte, after the protocol's document.
var proxyGolden = map[string]struct {
	hex   string
	peer  string
	local bool
	fault string // words of the error, "" is none
}{
	"tcp4":               {signature + "2111000c" + "c0a80001" + "0a000001" + "d431" + "01bb", "192.168.0.1:54321", false, ""},
	"tcp6":               {signature + "21210024" + "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "d431" + "01bb", "[2001:db8::1]:54321", false, ""},
	"unix":               {signature + "213100d8" + hex.EncodeToString(append([]byte("/run/client"), make([]byte, 205)...)), "/run/client", false, ""},
	"local":              {signature + "20000000", "", true, ""},
	"local of no family": {signature + "20f70002" + "abcd", "", true, ""},
	"local too short":    {signature + "20110001" + "00", "", true, ""},
	"udp4":               {signature + "2112000c" + "c0a80001" + "0a000001" + "d431" + "01bb", "", false, ""},
	"tcp6 mapped":        {signature + "21210024" + "00000000000000000000ffffc0000207" + "00000000000000000000ffff7f000001" + "1092" + "01bb", "192.0.2.7:4242", false, ""},
	"unix datagram":      {signature + "213200d8" + strings.Repeat("41", 216), "", false, ""},
	"inet unspec":        {signature + "21100003" + "ffffff", "", false, ""},
	"family 4":           {signature + "21410000", "", false, "0x41"},
	"protocol 3":         {signature + "2113000c" + "c0a80001" + "0a000001" + "d431" + "01bb", "", false, "0x13"},
	"longest":            {signature + "21111000" + "c0a80001" + "0a000001" + "d431" + "01bb" + "040ff1" + strings.Repeat("00", 0xff1), "192.168.0.1:54321", false, ""},
	"one too long":       {signature + "21111001", "", false, "4097 bytes"},
	"local addr":         {signature + "2011000c" + "c0a80001" + "0a000001" + "d431" + "01bb", "", true, ""},
	"unspec":             {signature + "21000003" + "050000", "", false, ""},
	"tlv":                {signature + "21110011" + "c0a80001" + "0a000001" + "d431" + "01bb" + "0500026869", "192.168.0.1:54321", false, ""},
	"crc":                {signature + "21110013" + "c0a80001" + "0a000001" + "d431" + "01bb" + "030004" + "f22aae4d", "192.168.0.1:54321", false, ""},
	"bad crc":            {signature + "21110013" + "c0a80001" + "0a000001" + "d431" + "01bb" + "030004" + "00000000", "", false, "wrong checksum"},
	"long crc":           {signature + "21110014" + "c0a80001" + "0a000001" + "d431" + "01bb" + "0300050000000000", "", false, "checksum of 5 bytes"},
	"cut tlv":            {signature + "21110010" + "c0a80001" + "0a000001" + "d431" + "01bb" + "05000968", "", false, "cut off"},
	"short":              {signature + "21110004" + "c0a80001", "", false, "4 bytes of addresses"},
	"version 1":          {hex.EncodeToString([]byte("PROXY TCP4 1.2.3.4")), "", false, "version 1"},
	"version 3":          {signature + "3111000c", "", false, "0x31"},
	"command 2":          {signature + "2211000c", "", false, "0x22"},
	"too long":           {signature + "2111ffff", "", false, "65535 bytes"},
	"a request":          {hex.EncodeToString([]byte("GET / HTTP/1.1")), "", false, "no PROXY"},
}

func TestProxyGoldenBytes(t *testing.T) {
	for name, c := range proxyGolden {
		b, err := hex.DecodeString(c.hex)
		if err != nil {
			t.Fatal(err)
		}
		a, n, err := parseProxy(append(b, "and what follows"...))
		if c.fault != "" {
			if !errors.Is(err, errProxy) || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: %v, want %q", name, err, c.fault)
			}
			continue
		}
		got := ""
		if a.known {
			got = strings.TrimPrefix(strings.TrimPrefix(a.peer.String(), "tcp://"), "unix://")
		}
		if err != nil || n != len(b) || a.local != c.local || got != c.peer {
			t.Errorf("%s: %q local %v, %d bytes of %d, %v", name, got, a.local, n, len(b), err)
		}
		for cut := range b { // in any number of pieces
			if _, n, err := parseProxy(b[:cut]); n != 0 || err != nil {
				t.Errorf("%s cut at %d: %d, %v", name, cut, n, err)
			}
		}
	}
}

func FuzzProxy(f *testing.F) {
	for _, c := range proxyGolden {
		b, err := hex.DecodeString(c.hex)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, n, err := parseProxy(b)
		if n > len(b) || n > proxyFixed+proxyLongest || a.local && a.known || a.peer.IsValid() && !a.known {
			t.Fatalf("%+v, %d bytes of %d, %v", a, n, len(b), err)
		}
		if err == nil && n == 0 && len(b) >= proxyFixed+proxyLongest {
			t.Fatalf("%d bytes and no end of the header", len(b))
		}
		if err != nil || n == 0 {
			return
		}
		for cut := range n {
			if _, m, err := parseProxy(b[:cut]); m != 0 || err != nil {
				t.Fatalf("cut at %d of %d: %d, %v", cut, n, m, err)
			}
		}
		again, m, err := parseProxy(bytes.Clone(b[:n]))
		if again != a || m != n || err != nil {
			t.Fatalf("%+v, %d, %v; alone %+v, %d", a, n, err, again, m)
		}
	})
}
