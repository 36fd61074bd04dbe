package port

import (
	"io/fs"
	"time"
)

// Limits of the contract, the same on every driver.
const (
	MaxGather = 64       // slices in one OpSend or OpFileWrite
	SendChunk = 64 << 10 // bytes handed to the kernel at a time
	PassBytes = 64 << 10 // bytes one Poll returns from one attachment

	AcceptRetry = 100 * time.Millisecond // after ErrTooManyFiles
)

// Port is one worker's completion queue. See the package documentation for
// the promises; every method but Wake belongs to the thread that made the port.
type Port interface {
	// Attach binds h to the port for good and makes key the Object of its
	// events. On an error the handle is still the caller's. The port owns an
	// attached handle until an OpDisconnect or Detach.
	Attach(h Handle, kind Kind, key Object) (Ref, error)

	// Detach undoes Attach without closing: the handle is the caller's again.
	// It panics when an operation is pending. A port whose operating system
	// cannot undo an association (Windows before 8.1, Wine) returns
	// ErrNotSupported and changes nothing.
	Detach(ref Ref) (Handle, error)

	// Submit starts op. It never blocks and never calls back.
	Submit(op *Op)

	// Cancel asks a pending op to end. It does nothing when op is not pending.
	Cancel(op *Op)

	// Poll submits, waits up to wait and fills out with completions.
	Poll(out []Event, wait time.Duration) (n int, err error)

	// Wake makes Poll return. Any thread.
	Wake()

	// Release gives back a lent receive buffer.
	Release(b Buf)

	// Now is the port's monotonic clock, as of the last return from Poll. The
	// simulation's is virtual. Only differences mean something.
	Now() time.Duration

	// Stats are the port's counters so far.
	Stats() Stats

	// Close ends the port. No other method but Wake may be called afterwards.
	Close() error
}

// Sender is a Port on a system where a send that fits costs one call and no
// waiting. It is an offer: Submit does the same, with an event in Poll.
type Sender interface {
	// TrySend gives the kernel what it takes of b at once, in one call. No Send may be
	// pending on ref. What is left, all of it perhaps, is for Submit; so is finding
	// out what is wrong with ref. An error is the one that a Send's event would have.
	// On the port's thread; b is the caller's again.
	TrySend(ref Ref, b []byte) (n int, err error)
}

// Driver makes handles and ports. All methods may be called by any goroutine,
// but a port belongs to the thread that NewPort ran on.
type Driver interface {
	// Name is the driver's name in options, logs and metrics: "epoll".
	Name() string
	Caps() Caps
	NewPort(opts PortOptions) (Port, error)

	// Listen makes a listening socket, non-blocking and not inherited.
	Listen(addr Addr, opts ListenOptions) (Handle, error)
	// Socket makes a stream socket that can connect to addr.
	Socket(addr Addr) (Handle, error)
	// OpenFile opens path with the flags of package os.
	OpenFile(path string, flag int, perm fs.FileMode) (Handle, error)

	// SetOption and Option write and read one socket option. An option that the
	// system lacks gives ErrNotSupported.
	SetOption(h Handle, opt Option, value int) error
	Option(h Handle, opt Option) (int, error)

	// LocalAddr and PeerAddr ask the system for a socket's two ends.
	LocalAddr(h Handle) (Addr, error)
	PeerAddr(h Handle) (Addr, error)

	// CloseHandle closes a handle that is attached to no port. abort makes a
	// connected peer see a reset.
	CloseHandle(h Handle, abort bool) error
}

// Caps says what a driver can do beyond the contract. Tests ask Caps, never the
// operating system; what is missing returns ErrNotSupported.
type Caps struct {
	Unix         bool // unix domain sockets
	IPv6         bool // this machine has IPv6
	ReusePort    bool // several listeners share a port and its load
	UserTimeout  bool // UserTimeoutMs
	KeepAliveSet bool // idle, interval and count of keep-alive can be set
	Datagram     bool // KindDatagram
	Files        bool // KindFile and the file operations
	Detach       bool // what was attached can be detached, streams and listeners included
	FileLimit    bool // handles count against a limit that the process can lower
	Virtual      bool // time and network are simulated
}

// PortOptions sizes a port. Zero means the default given.
type PortOptions struct {
	Slots           int // attachments at most; default 65,536
	RecvBuffers     int // receive buffers that can be lent at once; default is the driver's
	RecvBufferBytes int // size of each; default is the driver's
	SubmitEntries   int // io_uring: SQ size; default 1,024
	CompleteEntries int // io_uring: CQ size; default 16,384
	PostedAccepts   int // IOCP: accepts posted ahead for each listener, 64 at most; default 16
}

// ListenOptions shapes a listening socket.
type ListenOptions struct {
	Backlog   int  // default 1,024; the system may cap it (somaxconn)
	ReusePort bool // share the port with other listeners of this user
	V6Only    bool // an IPv6 wildcard listener takes IPv6 only; default dual stack
}

// Stats counts what a port did since it was made.
type Stats struct {
	Polls    uint64 // calls of Poll
	Waits    uint64 // polls that let the thread sleep
	Enters   uint64 // system calls that submit or reap (io_uring_enter, epoll_wait)
	Submits  uint64 // of those, the ones that submitted operations (io_uring)
	Syscalls uint64 // all other system calls on the I/O path
	Events   uint64 // events returned
	Wakes    uint64 // wakes that needed a system call
	Starved  uint64 // times a Recv found no buffer
	Rearms   uint64 // streams armed again by the driver
	Stale    uint64 // completions of an older generation, dropped

	Attached   int // attachments now
	Pending    int // operations now pending
	Lent       int // receive buffers now lent
	SlotMemory int // bytes of the slot table now allocated
}
