package raon

import (
	"errors"
	"io"
	"time"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/wheel"
)

// fullReply is a connection that gets the server-full reply instead of a session:
// send, FIN, discard until the peer's end, close. It lives on its listener's
// worker, which bounds how many there are.
type fullReply struct {
	listener *Listener
	handle   Handle
	ref      port.Ref
	timer    wheel.Timer

	sending bool
	ending  bool // endOp is pending
	finSent bool
	eof     bool
	over    bool // an error, or it took too long

	sendOp, recvOp, endOp port.Op
	bufs                  [1][]byte
}

// fullReplies bounds the replies under way at a listener. What comes on top is
// reset. One takes at most fullReplyTime.
const (
	fullReplies   = 128
	fullReplyTime = time.Second
)

// replyFull says that the server is full, if there is something to say. It tells
// whether it has taken the connection.
func (l *Listener) replyFull(h Handle) bool {
	reply := l.service.fullReply
	if len(reply) == 0 || l.ending {
		return false
	}
	if l.replies == fullReplies {
		l.refuse(h)
		return true
	}
	r := &fullReply{listener: l, handle: h}
	ref, err := l.ground.port.Attach(h, port.KindStream, r)
	if err != nil {
		l.refuse(h)
		return true
	}
	l.replies++
	l.service.open.Add(1) // until it is closed
	l.service.refused.Add(1)
	r.ref, r.bufs[0], r.timer.Owner = ref, reply, r
	l.worker.wheel.Schedule(&r.timer, l.worker.now+fullReplyTime)
	r.sending = true
	r.recvOp = port.Op{Type: port.OpRecv, Target: ref}
	r.sendOp = port.Op{Type: port.OpSend, Target: ref, Bufs: r.bufs[:]}
	l.ground.port.Submit(&r.recvOp)
	l.ground.port.Submit(&r.sendOp)
	return true
}

// SessionType labels the connection as its listener.
func (r *fullReply) SessionType() SessionType { return r.listener.service.sessionType }

// Handle is the socket.
func (r *fullReply) Handle() Handle { return r.handle }

// HandleCompletion takes the end of a step. The port's worker calls it.
func (r *fullReply) HandleCompletion(ev *Event) {
	if ev.Buf.Lent() {
		r.listener.ground.port.Release(ev.Buf)
	}
	switch ev.Op {
	case &r.sendOp:
		r.sending = false
		r.over = r.over || ev.Err != nil
	case &r.recvOp:
		r.eof = r.eof || !ev.More
		r.over = r.over || ev.Err != nil && !errors.Is(ev.Err, io.EOF)
	case &r.endOp:
		r.ending = false
		if ev.Op.How != port.HowShutdown {
			r.gone()
			return
		}
	}
	r.step()
}

// step does what is next, when the last step has ended.
func (r *fullReply) step() {
	switch {
	case r.ending:
	case r.over:
		r.end(port.HowAbort)
	case r.sending:
	case !r.finSent:
		r.finSent = true
		r.end(port.HowShutdown)
	case r.eof:
		r.end(port.HowClose)
	}
}

func (r *fullReply) end(how port.How) {
	r.ending = true
	r.endOp = port.Op{Type: port.OpDisconnect, How: how, Target: r.ref}
	r.listener.ground.port.Submit(&r.endOp)
}

// gone is the end: the handle is closed.
func (r *fullReply) gone() {
	r.listener.worker.wheel.Cancel(&r.timer)
	r.listener.replies--
	r.listener.service.partEnded()
}

// OnTimer ends a reply that takes too long. The worker's wheel calls it.
func (r *fullReply) OnTimer(*wheel.Timer, time.Duration) {
	r.over = true
	r.step()
}
