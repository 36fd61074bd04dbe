package porttest

import (
	"sync"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

// acceptLimit lets handles run out: that is told, not more often than every
// 100 ms and without spinning, what is open goes on, and accepting goes on when
// handles come back.
func acceptLimit(t *testing.T, cfg *Config) {
	if cfg.LimitHandles == nil {
		t.Skip("Config.LimitHandles is not set")
	}
	const room, clients = 2, 7
	l := newLoop(t, cfg)
	ln := l.serve()
	oldClient, old := ln.pair()
	old.read()
	var dials [clients]*stream
	for i := range dials {
		dials[i] = l.socket(ln.addr)
	}
	restore := sync.OnceFunc(cfg.LimitHandles(t, room))
	defer restore()
	for _, c := range dials {
		c.dial(ln.addr)
	}
	l.until("handles to run out", func() bool { return ln.full > 0 })
	l.fullCalls()
	l.fullRate(ln)
	if len(ln.queue) != room {
		l.fatalf("accepted %d connections into room for %d", len(ln.queue), room)
	}
	oldClient.write(1000)
	oldClient.sent()
	old.received(1000)

	ln.next().close(port.HowClose)
	l.until("accepting to go on after a Disconnect", func() bool { return len(ln.queue) == room })
	l.ok("CloseHandle", l.drv.CloseHandle(ln.queue[0], false))
	ln.queue = ln.queue[1:]
	l.until("accepting to go on after CloseHandle", func() bool { return len(ln.queue) == room })
	restore()
	l.until("the rest to be accepted", func() bool { return len(ln.queue) == clients-2 })
	for _, c := range dials {
		l.ended("the connect", &c.connect)
		l.ok("connect", c.connect.err)
	}
}

// fullCalls makes handles when there are none.
func (l *loop) fullCalls() {
	l.t.Helper()
	_, err := l.drv.Socket(loopback4)
	l.is("Socket without handles", err, port.ErrTooManyFiles)
	_, err = l.drv.Listen(loopback4, port.ListenOptions{})
	l.is("Listen without handles", err, port.ErrTooManyFiles)
}

// fullRate watches an Accept that finds no handles for two and a half periods.
func (l *loop) fullRate(ln *listener) {
	l.t.Helper()
	told, polls, began := ln.full, l.passes, l.now()
	l.while(port.AcceptRetry * 5 / 2)
	took := l.now() - began
	if n := ln.full - told; n > int(took/port.AcceptRetry)+2 {
		l.fatalf("ErrTooManyFiles was told %d times in %v", n, took)
	}
	if n := l.passes - polls; n > uint64(took/time.Millisecond) {
		l.fatalf("Poll returned %d times in %v with nothing to do", n, took)
	}
}
