package porttest

import (
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// The receive buffers of the aspects that use them up.
const (
	fewBuffers     = 4
	fewBufferBytes = 1 << 10
)

// newStarvedLoop makes a loop with few buffers, or the fewer that are configured.
func newStarvedLoop(t *testing.T, cfg *Config) *loop {
	t.Helper()
	opts := cfg.Port
	if opts.RecvBuffers == 0 || opts.RecvBuffers > fewBuffers {
		opts.RecvBuffers, opts.RecvBufferBytes = fewBuffers, fewBufferBytes
	}
	return newLoopWith(t, cfg, opts)
}

// starve opens n connections, sends each bytes, and reads until all buffers
// are kept.
func (l *loop) starve(n, bytes int) (servers []*stream) {
	l.t.Helper()
	ln := l.serve()
	for range n {
		c, s := ln.pair()
		servers = append(servers, s)
		s.keep = true
		c.write(bytes)
		c.sent()
	}
	for _, s := range servers {
		s.read()
	}
	l.lent(servers, l.opt.RecvBuffers)
	return servers
}

// lent waits until want buffers are kept, then for a while that it stays so.
func (l *loop) lent(servers []*stream, want int) {
	l.t.Helper()
	l.until("the buffers to be lent", func() bool { return countKept(servers) >= want })
	l.quiet(hush)
	if s := l.p.Stats(); countKept(servers) != want || s.Lent != want {
		l.fatalf("%d of %d buffers are kept, Lent is %d", countKept(servers), want, s.Lent)
	}
}

func countKept(streams []*stream) (n int) {
	for _, s := range streams {
		n += len(s.kept)
	}
	return n
}

// starveAll keeps all buffers: reading stops without an event, and goes on
// when they come back.
func starveAll(t *testing.T, cfg *Config) {
	const bytes = 8 << 10
	l := newStarvedLoop(t, cfg)
	servers := l.starve(6, bytes)
	if l.p.Stats().Starved == 0 {
		l.fatalf("all buffers are lent, bytes wait, and Starved is 0")
	}
	l.relieve(servers, bytes)
}

// relieve gives all kept buffers back, after which everything arrives.
func (l *loop) relieve(streams []*stream, bytes int) {
	l.t.Helper()
	for _, s := range streams {
		s.giveBack()
	}
	for _, s := range streams {
		s.received(bytes)
	}
}

// starveOne gives back one buffer at a time: each lets another receive happen,
// and everybody gets a turn.
func starveOne(t *testing.T, cfg *Config) {
	const bytes = 4 << 10
	l := newStarvedLoop(t, cfg)
	servers := l.starve(5, bytes)
	complete := func() bool {
		for _, s := range servers {
			if s.in.pos < bytes {
				return false
			}
		}
		return true
	}
	for turn := 0; !complete(); turn++ {
		s := servers[turn%len(servers)]
		if len(s.kept) == 0 {
			continue
		}
		s.releaseFirst(1)
		l.until("the buffer to be used again", func() bool {
			return countKept(servers) == l.opt.RecvBuffers || complete()
		})
	}
	for _, s := range servers {
		s.giveBack()
	}
}

// starveEnd ends starved streams in each way there is.
func starveEnd(t *testing.T, cfg *Config) {
	const bytes = 8 << 10
	l := newStarvedLoop(t, cfg)
	servers := l.starve(2, bytes)
	ln := l.serve()
	canceled, cs := ln.pair()
	closed, xs := ln.pair()
	finished, fs := ln.pair()
	for _, c := range []*stream{canceled, closed, finished} {
		c.write(100)
		c.sent()
	}
	finished.shutdown()
	for _, s := range []*stream{cs, xs, fs} {
		s.read()
	}
	l.quiet(hush)
	l.p.Cancel(&cs.recv.op)
	xs.disconnect(port.HowClose)
	l.ended("recv and disconnect", &cs.recv, &xs.recv, &xs.end)
	l.is("a canceled, starved recv", cs.recv.err, port.ErrCanceled)
	l.is("a disconnected, starved recv", xs.recv.err, port.ErrCanceled)
	cs.read()
	l.relieve(servers, bytes)
	cs.received(100)
	fs.finished(100)
}

// starveIdle has more streams waiting than there are buffers: nobody holds one
// without bytes to read.
func starveIdle(t *testing.T, cfg *Config) {
	l := newStarvedLoop(t, cfg)
	ln := l.serve()
	var clients, servers [40]*stream
	for i := range clients {
		clients[i], servers[i] = ln.pair()
		servers[i].read()
	}
	l.quiet(hush)
	if n := l.p.Stats().Lent; n != 0 {
		l.fatalf("%d buffers are lent to streams with nothing to read", n)
	}
	for i, c := range clients {
		c.write(10)
		c.sent()
		servers[i].received(10)
	}
}
