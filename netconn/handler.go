package netconn

import "github.com/raon-engine/raon"

// handler is the engine's side of a pooled session. opened gets each connection,
// or why there is none.
type handler struct {
	opened func(s *raon.Session, c *Conn, err error)
	conn   *Conn
}

// OnConnect begins a connection. It stays until the Conn is closed, whatever the
// peer does.
func (h *handler) OnConnect(s *raon.Session, err error) {
	if err == nil {
		h.conn = newConn(s)
		s.Retain()
	}
	h.opened(s, h.conn, err)
}

// OnRecv keeps what the reader has room for; the rest comes again.
func (h *handler) OnRecv(s *raon.Session, data []byte) int { return h.conn.take(s, data) }

// OnSend makes room for the writer.
func (h *handler) OnSend(_ *raon.Session, n int, _ uint16) { h.conn.sent(n) }

// OnFinish is the reader's end of file.
func (h *handler) OnFinish(*raon.Session) { h.conn.finished() }

// OnDisconnect ends everything.
func (h *handler) OnDisconnect(_ *raon.Session, reason raon.KickReason, err error) {
	h.conn.ended(reason, err)
}

// Reset forgets the connection.
func (h *handler) Reset() { h.conn = nil }

// forever stands for deadlines that are the Conn's user's business.
const forever = 24 * 365 * 3600e9

// shape gives a service's sessions the manners of a net.Conn, where nothing else
// is asked for.
func shape(o *raon.SessionOptions) {
	if o.StallTimeout == 0 {
		o.StallTimeout = forever
	}
	if o.HalfCloseTimeout == 0 {
		o.HalfCloseTimeout = forever
	}
	o.ReadAboveHighWater = raon.On
	o.Policy = raon.QueueTell
	o.QueueBytes = max(o.QueueBytes, 4*WriteBytes)
	o.RecvBufferBytes = max(o.RecvBufferBytes, 4*RecvBytes)
}
