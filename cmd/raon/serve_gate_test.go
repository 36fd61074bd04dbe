package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// wantReset fails t unless the server breaks the connection without a byte.
func (p *peer) wantReset(t *testing.T) {
	t.Helper()
	if n, err := p.Read(make([]byte, 1)); n > 0 || err == nil || errors.Is(err, io.EOF) {
		t.Errorf("%d bytes, %v; want a reset", n, err)
	}
}

// TestServeRefuses starts a server for each flag of its gate.
func TestServeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		flags  []string
		served int // of the first connections
	}{
		"deny":            {[]string{"--deny=127.0.0.0/8"}, 0},
		"deny one":        {[]string{"--allow=127.0.0.0/8", "--deny=127.0.0.1"}, 0},
		"allow others":    {[]string{"--allow=192.0.2.0/24", "--allow=::1"}, 0},
		"max per address": {[]string{"--allow=127.0.0.1", "--max-per-address=2"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, append([]string{"--listen=tcp://127.0.0.1:0", quiet}, c.flags...)...)
			for range c.served {
				dial(t, s.addr).exchange(t, 1)
			}
			if served(t, s) {
				t.Error("one more was served")
			}
		})
	}
}

// TestServeLimitsTheRate connects until it is refused, which takes two connections
// within a second.
func TestServeLimitsTheRate(t *testing.T) {
	s := serve(t, "--listen=tcp://127.0.0.1:0", "--accept-rate=1", quiet)
	for range 20 {
		if !served(t, s) {
			s.end(t)
			if line := s.stdout.await(t, "stopped after"); !strings.Contains(line, "; refused: over rate 1") {
				t.Errorf("summary %q", line)
			}
			return
		}
	}
	t.Error("20 connections were served")
}

// served tells whether a connection gets an answer.
func served(t *testing.T, s *server) bool {
	t.Helper()
	network, address, _ := strings.Cut(s.addr, "://")
	c, err := net.DialTimeout(network, address, patience)
	if err != nil {
		return false // the connecting may see the reset already
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	_, writeErr := c.Write([]byte{4, 0, 1, 0})
	n, err := io.ReadFull(c, make([]byte, 4))
	if n > 0 && err != nil || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, io.EOF) && writeErr == nil {
		t.Errorf("%d bytes, %v; want an answer or a reset", n, err)
	}
	return writeErr == nil && err == nil
}

func TestServeBehindAProxy(t *testing.T) {
	s := serve(t, "--listen=tcp://127.0.0.1:0", "--proxy-from=127.0.0.1", "--max-per-address=1", "--deny=198.51.100.0/24", quiet)
	header := []byte("\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x07\x7f\x00\x00\x01\x10\x92\x01\xbb") // 192.0.2.7
	client := func(last byte) *peer {
		p := dial(t, s.addr)
		h := bytes.Clone(header)
		h[19] = last
		p.send(t, h)
		return p
	}
	client(7).exchange(t, 3)
	client(8).exchange(t, 3)
	client(7).wantReset(t)
	plain := dial(t, s.addr)
	plain.send(t, plain.frames.next())
	plain.wantReset(t)
}

func TestServeEndsTheIdle(t *testing.T) {
	s := serve(t, "--listen=tcp://127.0.0.1:0", "--idle-timeout=50ms", quiet)
	p := dial(t, s.addr)
	p.exchange(t, 1)
	p.wantReset(t)
}
