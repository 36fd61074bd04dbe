package raontest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/raontest"
)

// host is a server's handler: it echoes, and keeps how the session ended.
type host struct {
	ended  bool
	reason raon.KickReason
	err    error
	at     time.Duration
	lab    *raontest.Lab
}

func (h *host) OnConnect(*raon.Session, error) {}

func (h *host) OnRecv(s *raon.Session, data []byte) int {
	_ = s.SendBytes(data, 0) // a refusal shows as a missing echo
	return len(data)
}

func (h *host) OnDisconnect(_ *raon.Session, reason raon.KickReason, err error) {
	h.ended, h.reason, h.err, h.at = true, reason, err, h.lab.Now()
}

// open starts a server of one session and connects a peer to it.
func open(t *testing.T, opts raontest.Options, limits raon.SessionOptions) (*raontest.Lab, *host, *raontest.Peer) {
	t.Helper()
	lab := raontest.New(t, opts)
	h := &host{lab: lab}
	addr, err := raon.ParseAddr("10.0.0.1:7777")
	if err != nil {
		t.Fatal(err)
	}
	_, err = lab.Core().RegisterServer(raon.ServerOptions{
		Listen: []raon.Addr{addr}, MaxSessions: 1, Session: limits,
		NewHandler: func() raon.Handler { return h },
	})
	if err != nil {
		t.Fatal(err)
	}
	return lab, h, lab.Dial(addr)
}

func TestPeerSpeaksAndHears(t *testing.T) {
	lab, _, p := open(t, raontest.Options{}, raon.SessionOptions{})
	p.Write([]byte("hello "))
	p.Write([]byte("lab"))
	lab.Run("the echo", func() bool { return string(p.Received()) == "hello lab" })
	if p.Err() != nil {
		t.Errorf("a living connection has the error %v", p.Err())
	}
}

// TestHalfAMinuteTakesNoTime waits for the default StallTimeout of 30 s.
func TestHalfAMinuteTakesNoTime(t *testing.T) {
	lab, h, p := open(t, raontest.Options{SocketBufferBytes: 4 << 10}, raon.SessionOptions{ReadAboveHighWater: raon.On})
	p.Stop()
	p.Write(make([]byte, 200_000)) // echoed, but for what the two ends' kernels hold
	began := time.Now()
	lab.Run("the cut", func() bool { return h.ended })
	if h.reason != raon.KickSlowConsumer || !errors.Is(h.err, raon.ErrTimeout) {
		t.Errorf("ended with %v, %v", h.reason, h.err)
	}
	if h.at < 30*time.Second || h.at > 40*time.Second {
		t.Errorf("cut after %v, want 30 s and at most a quarter more", h.at)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("virtual time passed in real time: %v", took)
	}
}

func TestPassLetsTimePass(t *testing.T) {
	lab := raontest.New(t, raontest.Options{})
	before := lab.Now()
	lab.Pass(time.Hour + time.Millisecond)
	if passed := lab.Now() - before; passed != time.Hour+time.Millisecond {
		t.Errorf("%v passed, want 1 h and 1 ms", passed)
	}
}

func TestLatency(t *testing.T) {
	lab, _, p := open(t, raontest.Options{Latency: 50 * time.Millisecond}, raon.SessionOptions{})
	before := lab.Now()
	p.Write([]byte("ping"))
	lab.Run("the echo", func() bool { return len(p.Received()) == 4 })
	if trip := lab.Now() - before; trip < 100*time.Millisecond || trip > 110*time.Millisecond {
		t.Errorf("there and back took %v, want twice 50 ms", trip)
	}
}

func TestHowAPeerEnds(t *testing.T) {
	for name, c := range map[string]struct {
		end    func(*raontest.Peer)
		reason raon.KickReason
		err    error // the host's
		sees   error // the peer's
	}{
		"CloseWrite": {(*raontest.Peer).CloseWrite, raon.KickRecv0, nil, io.EOF},
		"Close":      {(*raontest.Peer).Close, raon.KickRecv0, nil, nil},
		"Reset":      {(*raontest.Peer).Reset, raon.KickCompletionError, raon.ErrReset, nil},
	} {
		t.Run(name, func(t *testing.T) {
			lab, h, p := open(t, raontest.Options{}, raon.SessionOptions{})
			p.Write([]byte("last words"))
			lab.Run("the echo", func() bool { return string(p.Received()) == "last words" })
			c.end(p)
			lab.Run("the end", func() bool { return h.ended && errors.Is(p.Err(), c.sees) })
			if h.reason != c.reason || !errors.Is(h.err, c.err) {
				t.Errorf("ended with %v, %v, want %v, %v", h.reason, h.err, c.reason, c.err)
			}
		})
	}
}

func TestCloseComesAfterWhatWasWritten(t *testing.T) {
	lab, h, p := open(t, raontest.Options{SocketBufferBytes: 1 << 10}, raon.SessionOptions{})
	want := bytes.Repeat([]byte("0123456789"), 5000)
	p.Write(want)
	p.CloseWrite()
	lab.Run("the end", func() bool { return h.ended && p.Err() != nil })
	if !bytes.Equal(p.Received(), want) || !errors.Is(p.Err(), io.EOF) {
		t.Errorf("%d of %d bytes came back, then %v", len(p.Received()), len(want), p.Err())
	}
}

func TestStoppedPeerReadsAgain(t *testing.T) {
	lab, _, p := open(t, raontest.Options{}, raon.SessionOptions{})
	p.Stop()
	p.Write([]byte("hello"))
	lab.Pass(time.Minute)
	if got := p.Received(); len(got) > 0 {
		t.Errorf("a stopped peer read %q", got)
	}
	p.Read()
	lab.Run("the echo", func() bool { return string(p.Received()) == "hello" })
}

// TestSameSeedSameRun plays a world full of faults twice with each of two seeds.
func TestSameSeedSameRun(t *testing.T) {
	play := func(seed uint64) (story []string) {
		faults := raontest.Faults{Delay: .5, ShortSend: .5, ShortRecv: .5, ShuffleEvents: .3, Late: .3, SpuriousWake: .3}
		lab, _, p := open(t, raontest.Options{Seed: seed, Faults: faults}, raon.SessionOptions{})
		for i := range 20 {
			p.Write(bytes.Repeat([]byte{byte(i)}, 1000))
			for len(p.Received()) < 1000*(i+1) {
				before := len(p.Received())
				lab.Run("some of the echo", func() bool { return len(p.Received()) > before })
				story = append(story, fmt.Sprint(lab.Now(), len(p.Received())))
			}
		}
		return story
	}
	first, again, other := play(1), play(1), play(2)
	if !slices.Equal(first, again) {
		t.Error("one seed gave two runs")
	}
	if slices.Equal(first, other) {
		t.Error("two seeds gave one run")
	}
}
