// Package protocodec carries Protocol Buffers as the payload of packets. It is a
// package of its own so that only who uses it links their runtime.
package protocodec

import (
	"google.golang.org/protobuf/proto"

	"github.com/raon-engine/raon/packet"
)

// pointer is what *M of a generated message M is.
type pointer[M any] interface {
	*M
	proto.Message
}

// Message is the codec of a generated message, such as Message[pb.Move]. Decoding
// allocates what the message's strings, lists and submessages need; unknown
// fields are kept. An encoding is not the same bytes in every version.
func Message[M any, P pointer[M]]() packet.Codec[M] { return codec[M, P]{} }

type codec[M any, P pointer[M]] struct{}

// Encode appends m.
func (codec[M, P]) Encode(dst []byte, m *M) ([]byte, error) {
	return proto.MarshalOptions{}.MarshalAppend(dst, P(m))
}

// Decode replaces what m held.
func (codec[M, P]) Decode(src []byte, m *M) error {
	return proto.UnmarshalOptions{}.Unmarshal(src, P(m))
}

// Size is what Encode will append.
func (codec[M, P]) Size(m *M) int { return proto.Size(P(m)) }
