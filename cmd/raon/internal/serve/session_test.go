package serve

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/cmd/raon/internal/engine"
	"github.com/raon-engine/raon/cmd/raon/internal/frame"
)

// patience bounds every wait of these tests.
const patience = 30 * time.Second

// serving runs a server of o on a core of its own and gives a connection to it.
func serving(t *testing.T, core raon.CoreOptions, o Options) net.Conn {
	t.Helper()
	_, c := started(t, core, o)
	return c
}

func started(t *testing.T, core raon.CoreOptions, o Options) (*raon.Service, net.Conn) {
	t.Helper()
	core.Logger = slog.New(slog.DiscardHandler)
	c, err := raon.NewCore(core)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	o.Listen = []string{"tcp://127.0.0.1:0"}
	service, err := newServer(&o, core.Logger, c.Workers()).listen(c, &o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", service.Addrs()[0].IP.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return service, conn
}

// frames are n bytes of frames of one size, each with its own id.
func frames(n, frameBytes int) (all []byte) {
	for id := uint16(0); len(all) < n; id++ {
		f := bytes.Repeat([]byte{byte(id)}, frameBytes)
		frame.PutHeader(f, id)
		all = append(all, f...)
	}
	return all
}

// wantBack sends b and wants the same back. It reads meanwhile, so that b may
// be larger than all buffers on the way.
func wantBack(t *testing.T, c net.Conn, b []byte) {
	t.Helper()
	sent := make(chan error, 1)
	go func() {
		_, err := c.Write(b)
		sent <- err
	}()
	got := make([]byte, len(b))
	n, err := io.ReadFull(c, got)
	if err != nil || !bytes.Equal(got, b) {
		t.Errorf("%d of %d bytes came back, the same: %v, %v", n, len(b), bytes.Equal(got[:n], b[:n]), err)
		c.Close() // ends the write too
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

// TestRoomPausesASenderThatIsTooFast: what one pass reads from a session, times
// so many workers, is more than a worker may have on its way to the others.
func TestRoomPausesASenderThatIsTooFast(t *testing.T) {
	c := serving(t, raon.CoreOptions{Workers: 140, InboxSize: 16},
		Options{Mode: engine.Room, MaxSessions: 1, MaxFrameBytes: frame.MaxBytes, QueueBytes: defaultQueue, DrainTimeout: patience})
	for range 5 {
		wantBack(t, c, frames(64<<10, 300))
	}
}

// TestEchoWaitsForAPeerThatReadsSlowly: with the smallest queue allowed, most
// frames find it full, and none is lost.
func TestEchoWaitsForAPeerThatReadsSlowly(t *testing.T) {
	c := serving(t, raon.CoreOptions{Workers: 1},
		Options{Mode: engine.Echo, MaxSessions: 1, MaxFrameBytes: 1000, QueueBytes: 2000, DrainTimeout: patience})
	wantBack(t, c, frames(1<<20, 1000))
	wantBack(t, c, frames(1<<20, 7))
}

func TestKickFlushesWhatWasAnswered(t *testing.T) {
	c := serving(t, raon.CoreOptions{Workers: 1},
		Options{Mode: engine.Echo, MaxSessions: 1, MaxFrameBytes: 100, QueueBytes: 200, DrainTimeout: patience})
	good := frames(100, 100)
	if _, err := c.Write(append(good, 3, 0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, good) {
		t.Errorf("got % x, %v; want the good frame and the end", got, err)
	}
}

// TestResumeSoonOutlastsAFullInbox: the worker is held and its inbox filled, so
// that the first attempt to resume is refused.
func TestResumeSoonOutlastsAFullInbox(t *testing.T) {
	service, c := started(t, raon.CoreOptions{Workers: 1, InboxSize: 16},
		Options{Mode: engine.Echo, MaxSessions: 1, MaxFrameBytes: 100, QueueBytes: 200, DrainTimeout: patience})
	wantBack(t, c, frames(100, 100)) // the session is there
	paused, hold := make(chan raon.SessionRef, 1), make(chan struct{})
	err := service.ForEach(func(s *raon.Session) {
		s.Pause()
		paused <- s.Ref()
		<-hold
	})
	if err != nil {
		t.Fatal(err)
	}
	ref := <-paused
	for err == nil {
		err = service.Core().PushJob(func() {})
	}
	if !errors.Is(err, raon.ErrQueueFull) {
		t.Fatal(err)
	}
	resumeSoon(ref)
	close(hold)
	wantBack(t, c, frames(100, 100))
}
