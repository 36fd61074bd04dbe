package port

// OpType says what an Op does. RAON knew these as IO_TYPE.
type OpType uint8

// The operations. The order is part of logs and metrics: append only.
const (
	OpNone         OpType = iota
	OpAccept              // listener: a stream of connected sockets
	OpConnect             // stream: connect to Addr
	OpPreRecv             // wait until there is something to read
	OpRecv                // stream, datagram: a stream of lent buffers
	OpSend                // stream, datagram: gather and send, whole
	OpDisconnect          // end the attachment, or its sending half
	OpFileWrite           // file: write at Offset, or Append
	OpFileRead            // file: read at Offset into Bufs[0]
	OpFileSync            // file: make what was written durable
	OpFileTruncate        // file: cut or extend to Offset bytes
	OpJob                 // no I/O: come back from the next Poll

	opTypes // how many there are
)

var opNames = [opTypes]string{
	"none", "accept", "connect", "pre-recv", "recv", "send", "disconnect",
	"file-write", "file-read", "file-sync", "file-truncate", "job",
}

// String is the word for t in logs and errors.
func (t OpType) String() string {
	if t >= opTypes {
		return "invalid"
	}
	return opNames[t]
}

// Lane is the part of an attachment that an operation occupies while it is
// pending. A lane holds one operation at a time, LaneFile any number.
type Lane uint8

// The lanes. LaneRead, LaneWrite and LaneEnd index arrays of three.
const (
	LaneRead  Lane = iota // Accept, PreRecv, Recv
	LaneWrite             // Connect, Send
	LaneEnd               // Disconnect
	LaneFile              // FileWrite, FileRead, FileSync, FileTruncate
	LaneNone              // Job: needs no attachment
)

// Lanes is how many lanes of a socket hold one operation each.
const Lanes = 3

var laneOf = [opTypes]Lane{
	LaneNone, LaneRead, LaneWrite, LaneRead, LaneRead, LaneWrite, LaneEnd,
	LaneFile, LaneFile, LaneFile, LaneFile, LaneNone,
}

// Lane is the lane that operations of type t occupy.
func (t OpType) Lane() Lane { return laneOf[t] }

// How says what an OpDisconnect ends.
type How uint8

// The ways to end.
const (
	HowShutdown How = iota + 1 // send FIN; receiving goes on
	HowClose                   // cancel the rest, await it, close
	HowAbort                   // the same, and the peer sees a reset
)

// Append as the Offset of an OpFileWrite means the end of the file.
const Append int64 = -1

// Op is one operation. The fields above the line are the caller's and must not
// change while the op is pending; Driver is the driver's and is left alone by
// the caller. The zero Op may be filled in and submitted; an ended Op may be
// submitted again.
type Op struct {
	Type   OpType
	How    How      // OpDisconnect only
	Target Ref      // what to work on; unused by OpJob
	Bufs   [][]byte // OpSend, OpFileWrite: at most MaxGather; OpFileRead: one
	Addr   *Addr    // OpConnect: where to; datagram OpSend: to whom
	Offset int64    // file operations: position, Append, or new size
	Object Object   // OpJob only: who gets the completion

	// Done counts the bytes moved so far. The driver writes it; the caller may
	// read it on the port's thread while the op is pending.
	Done int

	Driver DriverState
}

// DriverState is the part of an Op in which its driver keeps its own state
// while the op is pending, so that no driver needs a record per operation.
type DriverState struct {
	Next  *Op    // the driver's intrusive lists
	Index uint32 // position in a gather list
	Skip  uint32 // bytes of Bufs[Index] already moved
	Flags uint8
}
