package serve

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/cmd/raon/internal/engine"
	"github.com/raon-engine/raon/cmd/raon/internal/frame"
)

// server is what all sessions share.
type server struct {
	log      *slog.Logger
	maxBytes int
	answer   func(s *raon.Session, f []byte) error
	counts   []frameCount // one per worker
	badFrame limiter
}

// frameCount counts the frames that one worker has handled. It fills a cache
// line, so that workers do not slow each other down.
type frameCount struct {
	frames atomic.Uint64
	_      [56]byte
}

func newServer(o *Options, log *slog.Logger, workers int) *server {
	v := &server{log: log, maxBytes: o.MaxFrameBytes, answer: echo, counts: make([]frameCount, workers)}
	if o.Mode == engine.Room {
		v.answer = room
	}
	return v
}

// frames is how many frames have been handled.
func (v *server) frames() (sum uint64) {
	for i := range v.counts {
		sum += v.counts[i].frames.Load()
	}
	return sum
}

// session is the handler of one connection. It has no state: what is incomplete
// stays with the engine.
type session struct{ server *server }

// OnConnect has nothing to prepare.
func (h session) OnConnect(*raon.Session, error) {}

// OnRecv answers every whole frame. A frame that cannot be answered now, and
// what is behind it, stays unconsumed and comes again.
func (h session) OnRecv(s *raon.Session, data []byte) int {
	used, frames := 0, uint64(0)
	for {
		n, err := frame.Next(data[used:], h.server.maxBytes)
		if err != nil {
			h.server.kick(s, err)
			break
		}
		if n == 0 || h.server.answer(s, data[used:used+n]) != nil {
			break
		}
		used += n
		frames++
	}
	h.server.counts[s.Worker()].frames.Add(frames)
	return used
}

// OnDisconnect has nothing to clean up; the engine counts the reason.
func (h session) OnDisconnect(*raon.Session, raon.KickReason, error) {}

// echo returns a frame to its sender. A full queue needs no more than the
// refusal: it is above its high-water mark, so the engine stops reading and
// delivers the frame again when the queue has fallen.
func echo(s *raon.Session, f []byte) error { return s.SendBytes(f, frame.ID(f)) }

// room sends a frame to every connected session. While another worker is behind
// with what it was sent before, the sender is paused.
func room(s *raon.Session, f []byte) error {
	w := s.Open(len(f))
	n := copy(w.Bytes(), f)
	err := s.Broadcast(w.Close(n), frame.ID(f))
	if errors.Is(err, raon.ErrQueueFull) {
		s.Pause()
		resumeSoon(s.Ref())
	}
	return err
}

// resumeRetry is the pause before a worker with a full inbox is asked again.
const resumeRetry = time.Millisecond

// resumeSoon lets the session try again after what its worker has to do now.
// Any goroutine.
func resumeSoon(ref raon.SessionRef) {
	if err := ref.PushJob((*raon.Session).Resume); errors.Is(err, raon.ErrQueueFull) {
		time.AfterFunc(resumeRetry, func() { resumeSoon(ref) })
	}
}

// kick ends a session that broke the framing; what it was answered still
// arrives.
func (v *server) kick(s *raon.Session, err error) {
	s.Disconnect(raon.KickPacketError)
	if hidden, ok := v.badFrame.allow(time.Now()); ok {
		v.log.Warn("session kicked", "session", s.ID(), "peer", s.PeerAddr().String(),
			"reason", raon.KickPacketError.String(), "err", err, "unlogged_before", hidden)
	}
}
