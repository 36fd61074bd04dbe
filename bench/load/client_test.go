//go:build linux

package main

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon/bench/outcome"
	"github.com/raon-engine/raon/bench/wire"
	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// serve accepts until the test ends; handle owns the connection.
func serve(t *testing.T, handle func(net.Conn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go handle(c)
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// serveEcho sends back what answer makes of frame n of a connection. Nil ends
// the connection.
func serveEcho(t *testing.T, answer func(n int, frame []byte) []byte) netip.AddrPort {
	return serve(t, func(c net.Conn) {
		n := -1
		eachFrame(c, func(frame []byte) bool {
			n++
			out := answer(n, frame)
			_, err := c.Write(out)
			return out != nil && err == nil
		})
	})
}

// serveHub takes everybody in at once.
func serveHub(t *testing.T, h *hub) netip.AddrPort {
	return serve(t, func(c net.Conn) {
		h.join(c)
		defer h.leave(c)
		eachFrame(c, func(frame []byte) bool { h.tell(c, frame); return true })
	})
}

// eachFrame reads until take says no, or the peer ends, and closes.
func eachFrame(c net.Conn, take func(frame []byte) bool) {
	defer c.Close()
	var have []byte
	buf := make([]byte, 64<<10)
	for {
		got, err := c.Read(buf)
		if err != nil {
			return
		}
		have = append(have, buf[:got]...)
		for wire.Complete(have) > 0 {
			size := wire.Size(have)
			if !take(have[:size]) {
				return
			}
			have = have[size:]
		}
	}
}

func generateFor(t *testing.T, addr netip.AddrPort, cfg config) outcome.Run {
	t.Helper()
	cfg.addr, cfg.conns, cfg.senders, cfg.depth, cfg.payload = addr, 3, 3, 2, 64
	cfg.duration = 200 * time.Millisecond
	if err := cfg.check(); err != nil {
		t.Fatal(err)
	}
	c, err := newClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	c.drain = 300 * time.Millisecond
	run, err := c.run()
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func faithful(_ int, frame []byte) []byte { return frame }

func TestHonestServer(t *testing.T) {
	for _, mode := range []string{"echo", "churn", "idle"} {
		t.Run(mode, func(t *testing.T) {
			run := generateFor(t, serveEcho(t, faithful), config{mode: mode})
			if run.Wrong != 0 || run.Missing != 0 {
				t.Fatalf("%d wrong (%s), %d missing", run.Wrong, run.FirstWrong, run.Missing)
			}
			if mode != "idle" && (run.Messages == 0 || run.Latency.P50 <= 0 || run.Latency.Max < run.Latency.P50) {
				t.Fatalf("%d messages, latency %+v", run.Messages, run.Latency)
			}
		})
	}
}

// TestFaultsAreSeen has a server go wrong from its fifth frame on.
func TestFaultsAreSeen(t *testing.T) {
	from5 := func(fault func([]byte) []byte) func(int, []byte) []byte {
		return func(n int, frame []byte) []byte {
			if n < 5 {
				return frame
			}
			return fault(frame)
		}
	}
	for want, fault := range map[string]func(f []byte) []byte{
		"payload":    func(f []byte) []byte { f[len(f)-1]++; return f },
		"id":         func(f []byte) []byte { f[2]++; return f },
		"size":       func(f []byte) []byte { wire.PutHeader(f, len(f)-1, wire.ID(f)); return f[:len(f)-1] },
		"order":      func(f []byte) []byte { return append(f[:len(f):len(f)], f...) },
		"connection": func([]byte) []byte { return nil },
		"malformed":  func([]byte) []byte { return []byte{0, 0, 0, 0} },
	} {
		t.Run(want, func(t *testing.T) {
			run := generateFor(t, serveEcho(t, from5(fault)), config{mode: "echo"})
			if run.Wrong == 0 || !strings.Contains(run.FirstWrong, want) {
				t.Fatalf("%d wrong, first %q, want %q", run.Wrong, run.FirstWrong, want)
			}
		})
	}
}

func TestMissingIsSeen(t *testing.T) {
	swallow := func(n int, frame []byte) []byte {
		if n < 5 {
			return frame
		}
		return []byte{}
	}
	if run := generateFor(t, serveEcho(t, swallow), config{mode: "echo"}); run.Missing != 6 {
		t.Fatalf("%d missing, want 2 on each of 3 connections", run.Missing)
	}
}
