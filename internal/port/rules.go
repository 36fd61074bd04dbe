package port

import "github.com/raon-engine/raon/internal/invariant"

// Check panics when op makes no sense wherever it goes. It changes nothing, so
// that a driver may call it first. Whether op is pending, and whether its lane
// is free, the driver knows.
func (op *Op) Check() {
	switch op.Type {
	case OpSend, OpFileWrite:
		invariant.Check(len(op.Bufs) <= MaxGather, "submitted too many slices")
	case OpFileRead:
		invariant.Check(len(op.Bufs) == 1, "submitted a file read without its one buffer")
	case OpConnect:
		invariant.Check(op.Addr != nil, "submitted a connect without an address")
	case OpDisconnect:
		invariant.Check(op.How >= HowShutdown && op.How <= HowAbort, "submitted a disconnect without How")
	default:
		invariant.Check(op.Type > OpNone && op.Type <= OpJob, "submitted an op of no type")
	}
}

// Takes tells whether an op of type t makes sense for handles of kind k. One
// that does not ends with ErrNotSupported.
func (k Kind) Takes(t OpType) bool {
	switch t {
	case OpDisconnect:
		return true
	case OpAccept:
		return k == KindListener
	case OpConnect, OpRecv, OpSend:
		return k == KindStream
	case OpPreRecv:
		return k != KindFile
	}
	return k == KindFile
}
