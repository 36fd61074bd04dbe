package port

// Handle is the operating system's name of a socket or file: a descriptor, a
// SOCKET, a HANDLE; in the simulation a number. Whoever holds an unattached
// Handle closes it; an attached one is closed by OpDisconnect.
type Handle uintptr

// NoHandle is no handle at all.
const NoHandle = ^Handle(0)

// Kind says what an attached handle is.
type Kind uint8

// The kinds of handles.
const (
	KindListener Kind = iota + 1
	KindStream
	KindDatagram
	KindFile
	KindOther // an application's own waitable handle: OpPreRecv and OpDisconnect only
)

// Ref addresses one attachment of one port: the slot's index and the slot's
// generation, which changes each time the slot is used anew. The zero Ref is
// never valid.
type Ref uint64

// MakeRef joins a slot index and a generation. Generations begin at 1.
func MakeRef(slot, generation uint32) Ref { return Ref(generation)<<32 | Ref(slot) }

// Slot is the index of the slot in the port's table.
func (r Ref) Slot() uint32 { return uint32(r) }

// Generation tells uses of one slot apart.
func (r Ref) Generation() uint32 { return uint32(r >> 32) }

// SessionType tells an application's roles apart in logs and metrics. Values
// from 16 on are the application's own.
type SessionType uint8

// The session types of RAON.
const (
	SessionUnknown SessionType = iota
	SessionDirector
	SessionAuth
	SessionWorld
	SessionGateway
)

// Object is the completion key: whatever is registered with a port. RAON
// called it IocpObject. All its methods run on the port's thread.
type Object interface {
	// SessionType labels the object in logs and metrics.
	SessionType() SessionType
	// Handle is the attached handle, NoHandle when there is none.
	Handle() Handle
	// HandleCompletion takes one event. The event is valid until it returns;
	// a Buf in it may be kept longer, until it is released.
	HandleCompletion(ev *Event)
}
