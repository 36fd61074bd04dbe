package porttest

import "testing"

// recvFair reads a flood and eight other streams: the flood does not keep the
// others waiting. That one Poll returns at most PassBytes of one attachment is
// checked everywhere.
func recvFair(t *testing.T, cfg *Config) {
	const (
		flood = 8 << 20
		share = 1 << 20 // of the flood, before everybody else has been served
	)
	l := newLoop(t, cfg)
	ln := l.serve()
	fc, fs := ln.pair()
	fc.write(flood)
	l.while(hush)
	fs.read()
	var others [8]*stream
	for i := range others {
		c, s := ln.pair()
		c.write(100)
		c.sent()
		s.read()
		others[i] = s
	}
	began := fs.in.pos
	for _, s := range others {
		s.received(100)
	}
	if n := fs.in.pos - began; n > share {
		l.fatalf("%d bytes of a flood came before 100 bytes of another stream", n)
	}
	fs.received(flood)
}

// recvSmallOut polls with room for one event at a time, which loses nothing.
func recvSmallOut(t *testing.T, cfg *Config) {
	l := newLoop(t, cfg)
	ln := l.serve()
	l.out = l.out[:1]
	var clients, servers [12]*stream
	for i := range clients {
		clients[i], servers[i] = ln.pair()
		servers[i].read()
		clients[i].write(20_000)
	}
	for i := range clients {
		servers[i].received(20_000)
		clients[i].sent()
	}
}
