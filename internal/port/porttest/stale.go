package porttest

import (
	"math/rand/v2"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// targeted are the operations that have a target.
func targeted() []port.Op {
	addr := loopback4
	return []port.Op{
		{Type: port.OpAccept},
		{Type: port.OpConnect, Addr: &addr},
		{Type: port.OpPreRecv},
		{Type: port.OpRecv},
		{Type: port.OpSend, Bufs: [][]byte{{1}}},
		{Type: port.OpDisconnect, How: port.HowShutdown},
		{Type: port.OpDisconnect, How: port.HowClose},
		{Type: port.OpDisconnect, How: port.HowAbort},
		{Type: port.OpFileWrite, Bufs: [][]byte{{1}}},
		{Type: port.OpFileRead, Bufs: [][]byte{{0}}},
		{Type: port.OpFileSync},
		{Type: port.OpFileTruncate},
	}
}

// staleTarget submits to targets that are no more, never were, or are
// somebody else's by now: ErrClosed, and the somebody notices nothing.
func staleTarget(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	c, s := l.pair()
	c.close(port.HowClose)
	s.close(port.HowClose)
	heirC, heirS := l.pair()
	heirS.read()
	for _, ref := range []port.Ref{0, c.ref, s.ref, port.MakeRef(0, 1<<31), port.MakeRef(1<<31, 1)} {
		for _, op := range targeted() {
			op.Target = ref
			k := task{op: op}
			l.submit(&k)
			l.ended("an op without a target", &k)
			l.is(op.Type.String()+" without a target", k.err, port.ErrClosed)
		}
	}
	heirC.write(100)
	heirC.sent()
	heirS.received(100)
}

// staleReuse opens and closes connections with operations in flight, in so few
// slots that each is used again and again. A byte of the connection that had
// the slot, or the handle's number, before would not fit the pattern.
func staleReuse(t *testing.T, cfg *Config) {
	opts := cfg.Port
	opts.Slots = 8
	l := newLoopWith(t, cfg, opts)
	ln := l.serve()
	rng := rand.New(rand.NewPCG(4, 1000))
	hows := []port.How{port.HowClose, port.HowAbort}
	for range 1000 {
		c, s := ln.pair()
		for _, e := range []*stream{c, s} {
			e.read()
			e.write(1 + rng.IntN(20_000))
		}
		l.turns(rng.IntN(4))
		c.disconnect(hows[rng.IntN(2)])
		l.turns(rng.IntN(2))
		s.disconnect(hows[rng.IntN(2)])
		l.ended("both ends", &c.end, &s.end)
		k := task{op: port.Op{Type: port.OpRecv, Target: s.ref}}
		l.submit(&k)
		l.ended("a recv of a closed stream", &k)
		l.is("recv of a closed stream", k.err, port.ErrClosed)
	}
}

// slotsFull attaches one handle more than a port has slots: it stays the
// caller's.
func slotsFull(t *testing.T, cfg *Config) {
	const slots = 4
	opts := cfg.Port
	opts.Slots = slots
	l := newLoopWith(t, cfg, opts)
	ln := l.listen(loopback4, port.ListenOptions{})
	first := l.socket(ln.addr)
	for range slots - 2 {
		l.socket(ln.addr)
	}
	h, err := l.drv.Socket(ln.addr)
	l.ok("Socket", err)
	if _, err = l.p.Attach(h, port.KindStream, first); err == nil {
		l.fatalf("%d handles are attached to %d slots", slots+1, slots)
	}
	l.checkError(err)
	l.ok("CloseHandle after a failed Attach", l.drv.CloseHandle(h, false))
	first.close(port.HowClose)
	l.socket(ln.addr)
	if n := l.p.Stats().Attached; n != slots {
		l.fatalf("Attached is %d with all %d slots taken", n, slots)
	}
}
