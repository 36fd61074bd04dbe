package raon

import "github.com/raon-engine/raon/internal/port"

// The words of the port contract that applications use too.
type (
	// Addr is an IP address and port, or a unix path.
	Addr = port.Addr
	// Handle is the operating system's name of a socket or file.
	Handle = port.Handle
	// Kind says what a handle is.
	Kind = port.Kind
	// Op is one operation on a port.
	Op = port.Op
	// OpType says what an Op does.
	OpType = port.OpType
	// Event is the outcome of an Op.
	Event = port.Event
	// Buf is a receive buffer lent by a port.
	Buf = port.Buf
	// Object is a completion key: whatever is registered with a port.
	Object = port.Object
	// Option names a socket option.
	Option = port.Option
	// SessionType tells an application's roles apart.
	SessionType = port.SessionType
	// PortOptions sizes a worker's port.
	PortOptions = port.PortOptions
	// PortStats counts what a port did.
	PortStats = port.Stats
	// Caps says what a driver can do.
	Caps = port.Caps
	// Error is the error of an operation: what, by which driver, how it ended, why.
	Error = port.Error
)

// NoHandle is no handle at all.
const NoHandle = port.NoHandle

// The kinds of handles that Core.Register takes.
const (
	KindListener = port.KindListener
	KindStream   = port.KindStream
	KindFile     = port.KindFile
	KindOther    = port.KindOther
)

// The operations that an application's own objects submit.
const (
	OpAccept       = port.OpAccept
	OpConnect      = port.OpConnect
	OpPreRecv      = port.OpPreRecv
	OpRecv         = port.OpRecv
	OpSend         = port.OpSend
	OpDisconnect   = port.OpDisconnect
	OpFileWrite    = port.OpFileWrite
	OpFileRead     = port.OpFileRead
	OpFileSync     = port.OpFileSync
	OpFileTruncate = port.OpFileTruncate
	OpJob          = port.OpJob
)

// What an OpDisconnect ends.
const (
	HowShutdown = port.HowShutdown
	HowClose    = port.HowClose
	HowAbort    = port.HowAbort
)

// The session types of RAON; values from 16 on are the application's own.
const (
	SessionUnknown  = port.SessionUnknown
	SessionDirector = port.SessionDirector
	SessionAuth     = port.SessionAuth
	SessionWorld    = port.SessionWorld
	SessionGateway  = port.SessionGateway
)

// ParseAddr reads "tcp://127.0.0.1:7777", "127.0.0.1:7777", "[::1]:7777",
// ":7777" (all addresses, dual stack) or "unix:///run/raon.sock". Names are not
// resolved.
func ParseAddr(s string) (Addr, error) { return port.ParseAddr(s) }
