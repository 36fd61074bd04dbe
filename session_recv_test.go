package raon_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/raon-engine/raon"
)

// takePackets consumes whole packets of u32 length and as many bytes, keeps
// their contents and leaves the rest.
func takePackets(p *peer) {
	p.recv = func(s *raon.Session, data []byte) int {
		used := 0
		for len(data)-used >= 4 {
			n := 4 + int(binary.LittleEndian.Uint32(data[used:]))
			if len(data)-used < n {
				break
			}
			p.keep(data[used+4 : used+n])
			used += n
		}
		return used
	}
}

func packet(body []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(body))), body...)
}

// TestIncompletePacketsComeAgain sends packets cut at every place.
func TestIncompletePacketsComeAgain(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, takePackets)
		w := st.wire(server.addr())
		var stream []byte
		at := 0
		for n := range 40 {
			stream = append(stream, packet(pattern(at, n*13))...)
			at += n * 13
		}
		for cut := 1; len(stream) > 0; cut = cut*3%37 + 1 {
			n := min(cut, len(stream))
			w.write(stream[:n])
			stream = stream[n:]
		}
		checkPattern(t, server.peer(0).awaitBytes(at), at)
	})
}

// TestReceivedBytesAreContiguous has a handler that consumes nothing until a
// large packet is complete, then all but a few bytes.
func TestReceivedBytesAreContiguous(t *testing.T) {
	const size = 60_000
	forEachDriver(t, func(t *testing.T, st *stage) {
		calls := 0
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, func(p *peer) {
			at := 0
			p.recv = func(s *raon.Session, data []byte) int {
				calls++
				for i, b := range data {
					if b != patternByte(at+i) {
						t.Errorf("call %d: byte %d of the stream is wrong", calls, at+i)
						break
					}
				}
				if len(data) < size && at+len(data) < 3*size {
					return 0
				}
				used := max(len(data)-10, 1)
				if at+len(data) == 3*size {
					used = len(data)
				}
				at += used
				p.change(func() { p.got = append(p.got, data[:used]...) })
				return used
			}
		})
		w := st.wire(server.addr())
		w.write(pattern(0, 3*size))
		checkPattern(t, server.peer(0).awaitBytes(3*size), 3*size)
	})
}

// TestTailComesAtTheEnd leaves bytes unconsumed: they come once more when the
// peer has finished.
func TestTailComesAtTheEnd(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, func(p *peer) {
			p.recv = func(s *raon.Session, data []byte) int {
				p.change(func() { p.got = append(append(p.got, data...), '|') })
				return 0
			}
		})
		w := st.wire(server.addr())
		w.write([]byte("rest"))
		server.peer(0).awaitBytes(5)
		w.closeWrite()
		if err := w.readAll(); err != nil {
			t.Errorf("the end is not clean: %v", err)
		}
		server.peer(0).awaitEnd(raon.KickRecv0)
		if got := server.peer(0).got; string(got) != "rest|rest|" {
			t.Errorf("got %q, want the rest twice", got)
		}
	})
}

func TestRecvBufferFull(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		longest := 0
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{Session: raon.SessionOptions{RecvBufferBytes: 10_000}}, func(p *peer) {
			p.recv = func(s *raon.Session, data []byte) int { longest = max(longest, len(data)); return 0 }
		})
		w := st.wire(server.addr())
		w.startWrite(make([]byte, 1<<20))
		server.peer(0).awaitEnd(raon.KickRecvBufferFull)
		if longest < 10_000 || longest > 10_000+64<<10 {
			t.Errorf("kicked with %d bytes kept, want 10,000 and one buffer at most", longest)
		}
		w.startRead()
		w.pump("reset", func() bool { return w.recvErr != nil })
	})
}

// TestPacketAsLargeAsTheBuffer is not kicked.
func TestPacketAsLargeAsTheBuffer(t *testing.T) {
	const size = 10_000 - 4
	forEachDriver(t, func(t *testing.T, st *stage) {
		server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{Session: raon.SessionOptions{RecvBufferBytes: 10_000}}, takePackets)
		w := st.wire(server.addr())
		stream := bytes.Repeat(packet(make([]byte, size)), 20)
		for at := 0; at < len(stream); at += 9_999 {
			w.write(stream[at:min(at+9_999, len(stream))])
		}
		server.peer(0).awaitBytes(20 * size)
	})
}

func TestConsumingTooMuchIsTheHandlersFault(t *testing.T) {
	for what, answer := range map[string]func(n int) int{
		"more than there was": func(n int) int { return n + 1 },
		"less than nothing":   func(int) int { return -1 },
	} {
		t.Run(what, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				server := st.serve(st.core(raon.CoreOptions{}), raon.ServerOptions{}, func(p *peer) {
					p.recv = func(s *raon.Session, data []byte) int { return answer(len(data)) }
				})
				w := st.wire(server.addr())
				w.write([]byte("x"))
				if err := server.peer(0).awaitEnd(raon.KickPanic); err == nil {
					t.Error("OnDisconnect got no error")
				}
			})
		})
	}
}
