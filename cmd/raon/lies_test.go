package main

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/raon-engine/raon/cmd/raon/internal/frame"
)

// liar is an echo server that answers wrong. Each frame goes through answer,
// which writes what it likes.
func liar(t *testing.T, answer func(w io.Writer, n int, f []byte) error) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			group.Go(func() {
				defer c.Close()
				lie(c, answer)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		group.Wait()
	})
	return "tcp://" + l.Addr().String()
}

// lie reads frames until the connection or answer ends it.
func lie(c net.Conn, answer func(w io.Writer, n int, f []byte) error) {
	var data []byte
	chunk := make([]byte, 4096)
	for count := 0; ; {
		n, err := c.Read(chunk)
		if err != nil {
			return
		}
		data = append(data, chunk[:n]...)
		for {
			size, err := frame.Next(data, frame.MaxBytes)
			if err != nil || size == 0 {
				break
			}
			if answer(c, count, data[:size]) != nil {
				return
			}
			data = data[size:]
			count++
		}
	}
}

func TestBotsFindEachLie(t *testing.T) {
	write := func(w io.Writer, f []byte) error {
		_, err := w.Write(f)
		return err
	}
	var held []byte
	cases := []struct {
		name   string
		answer func(w io.Writer, n int, f []byte) error
		want   []string
	}{
		{"flipped bit", func(w io.Writer, n int, f []byte) error {
			if n == 5 {
				f[30] ^= 1
			}
			return write(w, f)
		}, []string{"corrupt frames", "byte 26 of 64"}},
		{"lost frame", func(w io.Writer, n int, f []byte) error {
			if n == 5 {
				return nil
			}
			return write(w, f)
		}, []string{"1 frames skipped", "1 deliveries missing"}},
		{"frame twice", func(w io.Writer, n int, f []byte) error {
			if n == 5 {
				f = append(append([]byte(nil), f...), f...)
			}
			return write(w, f)
		}, []string{"1 frames repeated"}},
		{"frames swapped", func(w io.Writer, n int, f []byte) error {
			switch n {
			case 5:
				held = append([]byte(nil), f...)
				return nil
			case 6:
				f = append(append([]byte(nil), f...), held...)
			}
			return write(w, f)
		}, []string{"1 frames skipped", "1 frames repeated"}},
		{"impossible size", func(w io.Writer, n int, f []byte) error {
			if n == 5 {
				f[0], f[1] = 3, 0
			}
			return write(w, f)
		}, []string{"corrupt frames", "frame size 3"}},
		{"hanging up", func(w io.Writer, n int, f []byte) error {
			if n == 5 {
				return io.ErrClosedPipe
			}
			return write(w, f)
		}, []string{"1 unexpected disconnects", "deliveries missing"}},
		{"silence", func(io.Writer, int, []byte) error { return nil },
			[]string{"deliveries missing at the end (first: 0 of"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := command("bots", "--connect="+liar(t, c.answer), "--sessions=1", "--depth=4", "--payload=64",
				"--duration=200ms", "--settle-timeout=300ms")
			if got.code != 1 || strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("exit code %d, stderr %q; want 1 and one line", got.code, got.stderr)
			}
			for _, want := range c.want {
				if !strings.Contains(got.stderr, want) {
					t.Errorf("stderr %q lacks %q", got.stderr, want)
				}
			}
			if strings.Contains(got.stdout, "ok, all") {
				t.Errorf("claims success:\n%s", got.stdout)
			}
		})
	}
}
