package packet

// Codec writes and reads the payload of one message. One Codec serves all
// sessions on all workers at once, so it keeps no state of its own.
type Codec[M any] interface {
	// Encode appends m's payload to dst, as append does. It must not send.
	Encode(dst []byte, m *M) ([]byte, error)

	// Decode reads all of src into m, which may hold what an earlier packet left:
	// every field has to be set. src is borrowed until the message's handler
	// returns, and so is whatever of it m refers to.
	Decode(src []byte, m *M) error
}

// Sizer is a Codec that can tell beforehand how many bytes Encode will append at
// most. Without it, room for the message's MaxBytes is reserved.
type Sizer[M any] interface {
	Size(m *M) int
}

// exact is a Codec of messages that all have the same size.
type exact interface {
	// layout is the size, or why there is none: a fault of registration.
	layout() (bytes int, fault error)
}

// Raw takes and gives payloads as they are. What a handler gets is borrowed from
// the receive buffer until it returns.
func Raw() Codec[[]byte] { return raw{} }

type raw struct{}

func (raw) Encode(dst []byte, m *[]byte) ([]byte, error) { return append(dst, *m...), nil }
func (raw) Decode(src []byte, m *[]byte) error           { *m = src; return nil }
func (raw) Size(m *[]byte) int                           { return len(*m) }
