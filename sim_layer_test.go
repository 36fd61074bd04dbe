package raon_test

import (
	"bytes"
	"errors"

	"github.com/raon-engine/raon"
)

// xorLayer greets with a line, then sends every byte xored with a key, and says
// goodbye with a mark of its own.
type xorLayer struct {
	key     byte
	greeted bool
	bye     bool
}

func newXORLayer(key byte) raon.Layer { return &xorLayer{key: key} }

var (
	errNotXOR  = errors.New("the peer does not speak xor")
	errPastBye = errors.New("bytes after the farewell")
)

const (
	xorHello = "xor\n"
	xorBye   = 0xff // marks the end: packets never begin with it, see xorLayer.Seal
	xorData  = 0x01
)

// Handshake sends the greeting at once and waits for the peer's.
func (x *xorLayer) Handshake(in []byte) (int, []byte, bool, error) {
	var reply []byte
	if !x.greeted {
		x.greeted = true
		reply = []byte(xorHello)
	}
	if len(in) < len(xorHello) {
		if !bytes.HasPrefix([]byte(xorHello), in) {
			return 0, nil, false, errNotXOR
		}
		return 0, reply, false, nil
	}
	if string(in[:len(xorHello)]) != xorHello {
		return 0, nil, false, errNotXOR
	}
	return len(xorHello), reply, true, nil
}

// record is a mark and one byte: simple enough to be cut anywhere.
func (x *xorLayer) Open(dst, src []byte) ([]byte, int, error) {
	used := 0
	for len(src)-used >= 2 {
		mark, b := src[used], src[used+1]
		used += 2
		switch {
		case x.bye:
			return dst, used, errPastBye
		case mark == xorBye:
			x.bye = true
		default:
			dst = append(dst, b^x.key)
		}
	}
	return dst, used, nil
}

func (x *xorLayer) Seal(dst, src []byte) ([]byte, error) {
	for _, b := range src {
		dst = append(dst, xorData, b^x.key)
	}
	return dst, nil
}

func (x *xorLayer) Finish(dst []byte) []byte { return append(dst, xorBye, 0) }

// headerLayer sends a PROXY header, announcing 192.0.2.7:4242, and changes nothing.
type headerLayer struct{}

func (*headerLayer) Handshake([]byte) (consumed int, reply []byte, ready bool, err error) {
	return 0, announcement, true, nil
}

func (*headerLayer) Open(dst, src []byte) ([]byte, int, error) {
	return append(dst, src...), len(src), nil
}
func (*headerLayer) Seal(dst, src []byte) ([]byte, error) { return append(dst, src...), nil }
func (*headerLayer) Finish(dst []byte) []byte             { return dst }
