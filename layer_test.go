package raon_test

import (
	"errors"
	"testing"

	"github.com/raon-engine/raon"
)

// xorLayers are n layers with different keys, outermost first.
func xorLayers(n int) func() []raon.Layer {
	return func() (layers []raon.Layer) {
		for i := range n {
			layers = append(layers, newXORLayer(byte(0x5a+i)))
		}
		return layers
	}
}

func TestLayersCarryPacketsBothWays(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		for _, n := range []int{1, 2} {
			core := st.core(raon.CoreOptions{})
			server := st.serve(core, raon.ServerOptions{NewLayers: xorLayers(n)}, echo)
			client := st.dial(core, server.addr(), raon.ClientOptions{NewLayers: xorLayers(n)}, nil).peer(0)
			const size = 200_000
			client.do(func(s *raon.Session) {
				for at := 0; at < size; at += 1000 {
					if err := s.SendBytes(pattern(at, 1000), 7); err != nil {
						t.Errorf("send: %v", err)
					}
				}
			})
			checkPattern(t, client.awaitBytes(size), size)
		}
	})
}

func TestLayerFarewellIsFlushedBeforeTheEnd(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{NewLayers: xorLayers(1)}, func(p *peer) {
			p.connect = func(s *raon.Session) {
				if err := s.SendBytes([]byte("bye"), 0); err != nil {
					t.Errorf("send: %v", err)
				}
				s.Disconnect(raon.KickDisconnect)
			}
		})
		w := st.wire(server.addr())
		w.write([]byte(xorHello))
		if err := w.readAll(); err != nil {
			t.Fatalf("the end is not clean: %v", err)
		}
		want := append([]byte(xorHello), xorData, 'b'^0x5a, xorData, 'y'^0x5a, xorData, 'e'^0x5a, xorBye, 0)
		w.expect(want)
	})
}

func TestLayerRefusalEndsTheSessionUnopened(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{NewLayers: xorLayers(1)}, func(p *peer) {
			p.connect = func(*raon.Session) { t.Error("OnConnect without a handshake") }
		})
		w := st.wire(server.addr())
		w.write([]byte("HTTP"))
		if err := w.readAll(); !errors.Is(err, raon.ErrReset) && err != nil {
			t.Fatalf("refused handshake ended with %v", err)
		}
		eventually(t, "the session's return", func() bool { return server.Snapshot().Idle == server.Snapshot().Max })
	})
}

func TestLayerErrorKicksAnOpenSession(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{NewLayers: xorLayers(1)}, nil)
		w := st.wire(server.addr())
		w.write([]byte(xorHello))
		w.expect([]byte(xorHello))
		server.peer(0).session()
		w.write([]byte{xorBye, 0, xorData, 1}) // data after the farewell
		if err := server.peer(0).awaitEnd(raon.KickLayerError); !errors.Is(err, errPastBye) {
			t.Errorf("cause %v, want %v", err, errPastBye)
		}
	})
}

func TestLayerHandshakeMayCarryTheFirstPacket(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{NewLayers: xorLayers(1)}, nil)
		w := st.wire(server.addr())
		w.write(append([]byte(xorHello), xorData, 'x'^0x5a))
		if got := server.peer(0).awaitBytes(1); string(got) != "x" {
			t.Errorf("got %q behind the handshake, want x", got)
		}
	})
}

func TestLayerHandshakeHasADeadline(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{
			NewLayers: xorLayers(1), Session: raon.SessionOptions{HandshakeTimeout: 30e6},
		}, nil)
		w := st.wire(server.addr())
		if err := w.readAll(); !errors.Is(err, raon.ErrReset) {
			t.Fatalf("a silent peer's connection ended with %v, want a reset", err)
		}
	})
}
