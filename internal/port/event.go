package port

// Event is the outcome of an Op, or one of its outcomes when More is set.
type Event struct {
	Op     *Op
	Object Object // of the attachment, or of the OpJob
	N      int    // bytes moved: by this event for Recv, in all for the rest
	Handle Handle // OpAccept: the connected socket, now the receiver's
	Addr   *Addr  // datagram OpRecv: the sender, valid until the next Poll
	Buf    Buf    // OpRecv: the bytes, lent
	Err    error  // nil, io.EOF, ErrCanceled or an *Error
	More   bool   // the op goes on; false ends it
}

// Buf is a receive buffer that a port lends. Data is what was received; the
// borrower may write to it within its length. Give it back with Port.Release.
type Buf struct {
	Data []byte
	ID   uint32 // the driver's name for it
}

// Lent tells whether b holds a buffer that must be released.
func (b Buf) Lent() bool { return b.Data != nil }
