//go:build linux

package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/raon-engine/raon/bench/wire"
	"github.com/raon-engine/raon/internal/leak"
)

const answerLimit = 10 * time.Second

func TestMain(m *testing.M) { leak.Main(m) }

func TestServers(t *testing.T) {
	made, err := newBuilder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var p ports
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			binary := buildServer(t, made, s)
			addr := start(t, binary, s, "echo", &p)
			t.Run("sizes", func(t *testing.T) { checkSizes(t, dialServer(t, addr)) })
			t.Run("cut", func(t *testing.T) { checkCut(t, dialServer(t, addr)) })
			t.Run("malformed", func(t *testing.T) { checkMalformed(t, dialServer(t, addr)) })
			hall := start(t, binary, s, "room", &p)
			t.Run("room", func(t *testing.T) { checkRoom(t, hall) })
		})
	}
}

// buildServer leaves a C reference out only where its library is not installed.
func buildServer(t *testing.T, made *builder, s server) string {
	t.Helper()
	binary, err := made.program(s.source, s.tags)
	if err == nil {
		return binary
	}
	probe := exec.Command("gcc", "-x", "c", "-include", "liburing.h", "-E", "-o", os.DevNull, os.DevNull)
	if s.family == "c" && probe.Run() != nil {
		t.Skip("no gcc with liburing.h on this machine")
	}
	t.Fatal(err)
	return ""
}

// start runs a server until the test ends.
func start(t *testing.T, binary string, s server, mode string, p *ports) string {
	t.Helper()
	addr, err := p.next()
	if err != nil {
		t.Fatal(err)
	}
	cmd := serverCommand(binary, s, mode, addr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	running, err := awaitServer(cmd, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(running.stop)
	return addr
}

func dialServer(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(answerLimit)); err != nil {
		t.Fatal(err)
	}
	return c
}

// testFrame is size bytes that depend on the id.
func testFrame(size int, id uint16) []byte {
	f := make([]byte, size)
	for i := range f {
		f[i] = byte(i*7 + int(id))
	}
	wire.PutHeader(f, size, id)
	return f
}

func expect(t *testing.T, c net.Conn, want []byte) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil {
		t.Fatalf("reading %d bytes back: %v", len(want), err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("%d bytes came back changed", len(want))
	}
}

// checkSizes echoes frames of every kind of size, one by one and then together.
func checkSizes(t *testing.T, c net.Conn) {
	var all []byte
	for i, size := range []int{4, 5, 68, 1000, 4100, 8192, 40000, wire.MaxFrameBytes} {
		f := testFrame(size, uint16(i))
		all = append(all, f...)
		write(t, c, f)
		expect(t, c, f)
	}
	write(t, c, all)
	expect(t, c, all)
}

func write(t *testing.T, c net.Conn, p []byte) {
	t.Helper()
	if _, err := c.Write(p); err != nil {
		t.Fatal(err)
	}
}

// checkCut sends frames in pieces. The frame that comes back before the last
// piece leaves shows that the server saw the cut where it was made.
func checkCut(t *testing.T, c net.Conn) {
	whole := testFrame(20, 1)
	for cut := 1; cut < len(whole); cut++ {
		write(t, c, append(bytes.Clone(whole), whole[:cut]...))
		expect(t, c, whole)
		write(t, c, whole[cut:])
		expect(t, c, whole)
	}
	large := testFrame(30000, 2)
	write(t, c, append(bytes.Clone(whole), large[:20000]...))
	expect(t, c, whole)
	write(t, c, append(bytes.Clone(large[20000:]), whole[:3]...))
	expect(t, c, large)
	write(t, c, whole[3:])
	expect(t, c, whole)
}

// checkMalformed expects the end of the connection, by FIN or reset.
func checkMalformed(t *testing.T, c net.Conn) {
	write(t, c, []byte{3, 0, 0, 0})
	n, err := c.Read(make([]byte, 16))
	if n != 0 || err == nil || os.IsTimeout(err) {
		t.Fatalf("a frame of 3 bytes: read %d, %v; want the end", n, err)
	}
}
