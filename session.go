package raon

import (
	"sync/atomic"
	"time"

	"github.com/raon-engine/raon/buffer"
	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/wheel"
)

// Session is one connection, as its worker sees it. It is valid inside its own
// callbacks and jobs, and until its OnDisconnect also inside those of other
// sessions on the same worker; nothing in it is synchronised. Other goroutines,
// and whoever wants to remember it, take Ref. Sessions are pooled:
// after OnDisconnect the same Session may begin another connection.
type Session struct {
	service *Service
	handler Handler
	onSend  SendHandler // handler, if it is one

	word sessionWord // generation, references, liveness: for SessionRef

	worker *worker
	share  *share
	id     uint64
	place  int // index in share.live
	ref    port.Ref
	handle Handle
	peer   Addr

	announced atomic.Pointer[Addr] // by a proxy, for whom this stands

	recvOp port.Op
	sendOp port.Op // also connects
	endOp  port.Op

	state   sessionState
	flags   sessionFlags
	reason  KickReason
	err     error
	retains int // user's Retains

	memberships []membership  // audiences that it is in; the first is the service's
	alone       [1]membership // memory of the first

	queue  sendQueue
	flight flight
	run    *buffer.Chunk // the queue's own memory while it is backlogged
	tail   tail          // received and not yet consumed
	layers *layerStack   // nil without layers

	timers   *Timer  // armed by the application
	lane     *lane   // of OffloadInOrder
	redial   *redial // of a service that reconnects
	timer    wheel.Timer
	alarm    time.Duration // when timer fires, while it is pending
	began    time.Duration // when it was connected
	deadline time.Duration // of the state: connect, close, half close; 0 is none
	progress time.Duration // when the kernel last took a byte, or the queue began to fill
	doneSeen int           // sendOp.Done at the last look
	heard    time.Duration // when something was last received
	opening  time.Duration // when OnConnect was

	readingSince time.Duration // when OnRecv was last let go on, or while it is held stopped

	nextDirty *Session

	stats   sessionCounters
	foreign atomic.Int64 // bytes in the worker's inbox for this session
}

// sessionState is where a session is in its life:
//
//	pooled -> acquired -> connecting | accepted -> (handshaking) -> connected
//	       -> disconnecting -> closing -> pooled
type sessionState uint8

const (
	statePooled sessionState = iota
	stateAcquired
	stateConnecting
	stateHandshaking
	stateConnected
	stateDisconnecting // flushing, then FIN, then discarding what the peer sends
	stateClosing       // the port is cancelling and closing
	stateLeaving       // ended, and still on the worker's list
)

// sessionFlags are facts beside the state.
type sessionFlags uint32

const (
	flagDirty         sessionFlags = 1 << iota // in the worker's dirty list
	flagRecvArmed                              // recvOp is pending
	flagRecvCancel                             // and has been cancelled
	flagSending                                // sendOp is pending as a send
	flagPaused                                 // by the user
	flagHigh                                   // the queue is above its high-water mark
	flagHighTold                               // and OnHighWater has been called
	flagEOF                                    // the peer has finished
	flagFINSent                                // and so have we
	flagEndPending                             // endOp is pending
	flagRedeliver                              // the tail is due to OnRecv again
	flagBacklogged                             // a send was in flight at a turn's end
	flagDraining                               // end once what was read is handled
	flagOpened                                 // OnConnect succeeded
	flagClient                                 // it connects
	flagDialing                                // and takes one of the share's dials
	flagAbort                                  // close by reset
	flagDisconnectDue                          // Disconnect was called; settle acts on it
	flagFinished                               // the layers have said farewell
	flagAdmitted                               // being queued: another goroutine's, admitted already
	flagProxied                                // a PROXY header is due
	flagGated                                  // it has a place at the gate
	flagFinishTold                             // OnFinish has been called
	flagCloseWrite                             // CloseWrite was called
	flagTarget                                 // peer is where to connect to
	flagKnown                                  // Authenticated was called, or need not be
)

func (s *Session) has(f sessionFlags) bool { return s.flags&f != 0 }
func (s *Session) set(f sessionFlags)      { s.flags |= f }
func (s *Session) clear(f sessionFlags)    { s.flags &^= f }

// ID is the connection's number, unique in this process and never used again.
func (s *Session) ID() uint64 { return s.id }

// Service is the service that the session belongs to.
func (s *Session) Service() *Service { return s.service }

// SessionType labels the session in logs and metrics.
func (s *Session) SessionType() SessionType { return s.service.sessionType }

// Handle is the socket. It belongs to the session's port.
func (s *Session) Handle() Handle { return s.handle }

// Worker is the index of the worker that the session is pinned to.
func (s *Session) Worker() int { return s.worker.index }

// PeerAddr is the other end's address: the client's, if a proxy has announced it.
func (s *Session) PeerAddr() Addr {
	if a := s.announced.Load(); a != nil {
		return *a
	}
	return s.peer
}

// LocalAddr asks the system for this end's address.
func (s *Session) LocalAddr() (Addr, error) { return s.share.ground.driver.LocalAddr(s.handle) }

// Ref is the handle on this session for other goroutines, and for keeping.
func (s *Session) Ref() SessionRef { return SessionRef{s, s.word.generation()} }

// Queued is the number of bytes sent and not yet taken by the kernel.
func (s *Session) Queued() int {
	s.catchUp()
	return s.queue.bytes
}

// Draining tells whether the session is on its way out: nothing more is read.
func (s *Session) Draining() bool {
	return s.has(flagDraining|flagDisconnectDue) || s.state >= stateDisconnecting
}

// Open reserves size bytes of the worker's memory for a packet: write, then
// Close(actual) gives the SendBuffer for Send or Broadcast. Close it before
// anything else is sent by this worker.
func (s *Session) Open(size int) buffer.Writer { return s.worker.chunks.Open(size) }

// SetOption sets a socket option.
func (s *Session) SetOption(opt Option, value int) error {
	return s.share.ground.driver.SetOption(s.handle, opt, value)
}

// Option reads a socket option.
func (s *Session) Option(opt Option) (int, error) {
	return s.share.ground.driver.Option(s.handle, opt)
}

// PushJob runs fn on the session's worker after this callback, in the order
// pushed. It runs only if the connection still lives then.
func (s *Session) PushJob(fn func()) error {
	return s.Ref().PushJob(func(*Session) { fn() })
}

// runJob runs one posted job as a callback of the session.
func (s *Session) runJob(fn func(*Session)) {
	s.enter()
	fn(s)
	s.leave()
	s.touch()
}

// enter and leave bracket every callback, for the guard and the watchdog.
func (s *Session) enter() { s.worker.current.Store(s) }
func (s *Session) leave() { s.worker.current.Store(nil) }

// touch puts the session on the worker's list for the end of the turn.
func (s *Session) touch() {
	if !s.has(flagDirty) {
		s.set(flagDirty)
		s.worker.dirty.push(s)
	}
}

// sessionList is a queue of sessions linked through nextDirty.
type sessionList struct {
	head, tail *Session
	n          int
}

func (l *sessionList) empty() bool { return l.n == 0 }
func (l *sessionList) len() int    { return l.n }

func (l *sessionList) push(s *Session) {
	if l.tail == nil {
		l.head = s
	} else {
		l.tail.nextDirty = s
	}
	l.tail = s
	l.n++
}

func (l *sessionList) pop() *Session {
	s := l.head
	l.head = s.nextDirty
	if l.head == nil {
		l.tail = nil
	}
	s.nextDirty = nil
	s.clear(flagDirty)
	l.n--
	return s
}
