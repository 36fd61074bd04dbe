package netconn

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/raon-engine/raon"
)

// Bounds of a Conn, in bytes.
const (
	RecvBytes  = 64 << 10 // received and not yet read
	WriteBytes = 64 << 10 // written and not yet taken by the kernel
	writePiece = 16 << 10 // of a large Write, at once
)

// retry is how soon a command that a flooded worker refused is given again.
const retry = time.Millisecond

// Conn is a session as a net.Conn. Any number of goroutines may call its methods;
// one Write's bytes stay together. The engine's limits hold: a peer that takes no
// byte for StallTimeout, if one is set, is cut.
type Conn struct {
	ref           raon.SessionRef
	local, remote net.Addr

	writing chan struct{} // holds one token: a Write is under way

	mu      sync.Mutex
	changed sync.Cond
	in      []byte // received; read from from on
	from    int
	inErr   error // after in: io.EOF, or how the connection ended
	paused  bool  // the session does not read, for want of room
	out     int   // bytes written that the kernel has not taken
	outErr  error // how the connection ended; net.ErrClosed after CloseWrite
	closed  bool

	readBy, writeBy deadline
}

// deadline is when waiting ends. The zero deadline never comes.
type deadline struct {
	at    time.Time
	timer *time.Timer // wakes who waits
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func newConn(s *raon.Session) *Conn {
	c := &Conn{ref: s.Ref(), remote: netAddr(s.PeerAddr()), writing: make(chan struct{}, 1)}
	local, _ := s.LocalAddr() // a socket that was reset already shows as none
	c.local = netAddr(local)
	c.changed.L = &c.mu
	return c
}

// Session is the session under the Conn.
func (c *Conn) Session() raon.SessionRef { return c.ref }

// LocalAddr and RemoteAddr are the ends' addresses.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is the peer's address.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// Read waits for bytes. Errors: io.EOF after the peer's end, os.ErrDeadlineExceeded,
// net.ErrClosed, or how the connection broke.
func (c *Conn) Read(p []byte) (n int, err error) {
	c.mu.Lock()
	n, err = c.read(p)
	resume := c.wantsResume()
	c.mu.Unlock()
	if resume {
		c.resume()
	}
	return n, c.wrap("read", err)
}

// read is Read with the lock held.
func (c *Conn) read(p []byte) (int, error) {
	for {
		switch {
		case c.closed:
			return 0, net.ErrClosed
		case c.readBy.passed():
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		case c.from < len(c.in):
			n := copy(p, c.in[c.from:])
			c.from += n
			if c.from == len(c.in) {
				c.in, c.from = c.in[:0], 0
			}
			return n, nil
		case c.inErr != nil:
			return 0, c.inErr
		}
		c.changed.Wait()
	}
}

// wantsResume tells whether the session is to read on, and notes that it does. The
// lock is held.
func (c *Conn) wantsResume() bool {
	if !c.paused || len(c.in)-c.from > RecvBytes/2 {
		return false
	}
	c.paused = false
	return true
}

// resume has the session read on.
func (c *Conn) resume() {
	c.command((*raon.Session).Resume)
}

// take keeps what was received, as far as there is room, and returns how much that
// was. On the session's worker.
func (c *Conn) take(s *raon.Session, data []byte) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return len(data)
	}
	if c.from > 0 { // at most RecvBytes to move, and not for every Read
		c.in = c.in[:copy(c.in, c.in[c.from:])]
		c.from = 0
	}
	n := min(RecvBytes-len(c.in), len(data))
	c.in = append(c.in, data[:n]...)
	if len(c.in) == RecvBytes {
		c.paused = true
		s.Pause()
	}
	c.changed.Broadcast()
	return n
}

// Write queues p and returns when all of it is within the bounds of what waits for
// the kernel. n is what will be sent, also when a deadline comes first. Errors:
// os.ErrDeadlineExceeded, net.ErrClosed, or how the connection broke.
func (c *Conn) Write(p []byte) (n int, err error) {
	if err := c.lockWriting(); err != nil {
		return 0, c.wrap("write", err)
	}
	defer c.unlockWriting()
	for {
		piece := p[n:min(len(p), n+writePiece)]
		if err := c.reserve(len(piece)); err != nil {
			return n, c.wrap("write", err)
		}
		if len(piece) == 0 {
			return n, nil
		}
		if err := c.send(piece); err != nil {
			return n, c.wrap("write", err)
		}
		if n += len(piece); n == len(p) {
			return n, nil
		}
	}
}

// lockWriting waits for its turn to write.
func (c *Conn) lockWriting() error {
	select {
	case c.writing <- struct{}{}:
		return nil
	default:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if err := c.writeError(); err != nil {
			return err
		}
		select {
		case c.writing <- struct{}{}:
			return nil
		default:
		}
		c.changed.Wait()
	}
}

func (c *Conn) unlockWriting() {
	<-c.writing
	c.wake()
}

// writeError is why nothing can be written. The lock is held.
func (c *Conn) writeError() error {
	switch {
	case c.closed:
		return net.ErrClosed
	case c.writeBy.passed():
		return os.ErrDeadlineExceeded
	}
	return c.outErr
}

// reserve waits until n bytes more may wait for the kernel.
func (c *Conn) reserve(n int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if err := c.writeError(); err != nil {
			return err
		}
		if n == 0 || c.out == 0 || c.out+n <= WriteBytes {
			c.out += n
			return nil
		}
		c.changed.Wait()
	}
}

// send hands a piece to the session. A worker with no room for it is asked again,
// until the deadline.
func (c *Conn) send(piece []byte) error {
	for {
		err := c.ref.SendBytes(piece, 0)
		if err == nil {
			return nil
		}
		c.mu.Lock()
		if gone := c.writeError(); gone != nil {
			err = gone
		}
		if !errors.Is(err, raon.ErrQueueFull) {
			c.out -= len(piece)
			c.mu.Unlock()
			return err
		}
		c.mu.Unlock()
		c.waitRetry()
	}
}

// sent is told what the kernel has taken. On the session's worker.
func (c *Conn) sent(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out -= n
	c.changed.Broadcast()
}

// finished is the peer's end, and ended the connection's. On the session's worker.
func (c *Conn) finished() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inErr == nil {
		c.inErr = io.EOF
	}
	c.changed.Broadcast()
}

func (c *Conn) ended(reason raon.KickReason, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := cause
	if err == nil {
		err = &EndError{reason}
	}
	if c.inErr == nil {
		if c.inErr = err; reason == raon.KickRecv0 {
			c.inErr = io.EOF
		}
	}
	if c.outErr == nil {
		c.outErr = err
	}
	c.changed.Broadcast()
}

// EndError says why the engine ended a connection without an operating error.
type EndError struct{ Reason raon.KickReason }

func (e *EndError) Error() string { return "connection ended: " + e.Reason.String() }

// Close ends the connection: what was written is flushed, then the peer gets a
// FIN. Everyone who waits in the Conn returns. Errors: net.ErrClosed.
func (c *Conn) Close() error {
	c.mu.Lock()
	was := c.closed
	c.closed = true
	c.in, c.from = nil, 0
	c.readBy.set(c, time.Time{})
	c.writeBy.set(c, time.Time{})
	c.changed.Broadcast()
	c.mu.Unlock()
	if was {
		return c.wrap("close", net.ErrClosed)
	}
	c.command(func(s *raon.Session) {
		s.Resume() // a paused session would not notice the peer's end
		s.Disconnect(raon.KickDisconnect)
	})
	return nil
}

// CloseWrite sends a FIN after what was written; reading goes on. Errors:
// net.ErrClosed.
func (c *Conn) CloseWrite() error {
	if err := c.lockWriting(); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return c.wrap("close", err)
	} else if err == nil {
		defer c.unlockWriting()
	}
	c.mu.Lock()
	c.outErr = net.ErrClosed
	c.changed.Broadcast()
	c.mu.Unlock()
	c.command((*raon.Session).CloseWrite)
	return nil
}

// command runs fn on the session's worker; one with no room is asked again.
func (c *Conn) command(fn func(*raon.Session)) {
	for errors.Is(c.ref.PushJob(fn), raon.ErrQueueFull) {
		c.waitRetry()
	}
}

// waitRetry waits a moment for a flooded worker, or until something changes.
func (c *Conn) waitRetry() {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := time.AfterFunc(retry, c.wake)
	defer t.Stop()
	c.changed.Wait()
}

// wake has everyone who waits look again.
func (c *Conn) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed.Broadcast()
}

// SetDeadline sets both deadlines.
func (c *Conn) SetDeadline(t time.Time) error { return c.setDeadlines(t, &c.readBy, &c.writeBy) }

// SetReadDeadline sets when Read gives up; the zero time is never.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.setDeadlines(t, &c.readBy) }

// SetWriteDeadline sets when Write gives up; the zero time is never.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.setDeadlines(t, &c.writeBy) }

func (c *Conn) setDeadlines(t time.Time, which ...*deadline) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.wrap("set deadline", net.ErrClosed)
	}
	for _, d := range which {
		d.set(c, t)
	}
	c.changed.Broadcast()
	return nil
}

// set moves the deadline. The Conn's lock is held.
func (d *deadline) set(c *Conn, t time.Time) {
	d.at = t
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	if !t.IsZero() {
		d.timer = time.AfterFunc(time.Until(t), c.wake)
	}
}

// wrap makes what the standard library's connections return. io.EOF stays bare.
func (c *Conn) wrap(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &net.OpError{Op: op, Net: c.remote.Network(), Source: c.local, Addr: c.remote, Err: err}
}
