package raon

// Layer transforms the bytes between the wire and a Handler: encryption, proxy
// headers, capture. A session has its own, made by NewLayers; all methods run
// on its worker. A Layer does no I/O.
type Layer interface {
	// Handshake gets the peer's bytes, at first none, and returns how many it
	// consumed, what to send, and whether the layer is ready for data. It is
	// called until it is. reply is valid until the next call.
	Handshake(in []byte) (consumed int, reply []byte, ready bool, err error)

	// Open appends to dst what src holds in the clear and returns how much of
	// src it consumed. What it left comes again with more.
	Open(dst, src []byte) (plain []byte, consumed int, err error)

	// Seal appends to dst what src looks like on the wire. src ends on a packet
	// boundary.
	Seal(dst, src []byte) ([]byte, error)

	// Finish appends the farewell that tells an honest end from a cut. It is
	// called once, when the session has nothing more to send.
	Finish(dst []byte) []byte
}
