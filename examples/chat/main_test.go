package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/leak"
	"github.com/raon-engine/raon/packet"
)

func TestMain(m *testing.M) { leak.Main(m) }

// user is a client of the chat without the engine.
type user struct {
	t *testing.T
	net.Conn
	in []byte
}

func (u *user) send(id uint16, text string) {
	u.t.Helper()
	b, err := packet.Framing{}.Append(nil, id, []byte(text))
	if err == nil {
		_, err = u.Write(b)
	}
	if err != nil {
		u.t.Fatal(err)
	}
}

// hear waits for the next line.
func (u *user) hear() string {
	u.t.Helper()
	for {
		f, n, err := packet.Framing{}.Next(u.in)
		if err != nil {
			u.t.Fatal(err)
		}
		if n > 0 {
			u.in = u.in[n:]
			_, text, _ := strings.Cut(string(f.Payload), ": ")
			return text
		}
		more := make([]byte, 4096)
		if n, err = u.Read(more); err != nil {
			u.t.Fatal(err)
		}
		u.in = append(u.in, more[:n]...)
	}
}

func TestRooms(t *testing.T) {
	if os.Getenv("RAON_DRIVER") == "sim" { // the other end is on the system's network
		t.Setenv("RAON_DRIVER", "auto")
	}
	ctx, stop := context.WithCancel(context.Background())
	lines, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "tcp://127.0.0.1:0", out) }()
	line, err := bufio.NewReader(lines).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	addr := strings.TrimSpace(strings.TrimPrefix(line, "chat on tcp://"))
	var users []*user
	for _, room := range []string{"red", "red", "blue"} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		u := &user{t: t, Conn: c}
		u.send(1, room)
		u.send(2, "I am in "+room)
		if got := u.hear(); got != "I am in "+room {
			t.Errorf("heard %q in %s", got, room)
		}
		users = append(users, u)
	}
	if got := users[0].hear(); got != "I am in red" { // the second member's
		t.Errorf("heard %q", got)
	}
	users[1].send(2, "one")
	users[1].send(2, "two")
	for _, want := range []string{"one", "two"} {
		if got := users[0].hear(); got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	}
	users[0].send(1, "blue") // leaves red
	users[0].send(2, "hello, blue")
	if got := users[2].hear(); got != "hello, blue" {
		t.Errorf("blue heard %q", got)
	}
	for _, u := range users {
		u.Close()
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
