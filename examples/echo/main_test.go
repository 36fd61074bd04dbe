package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestEcho(t *testing.T) {
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
	c, err := net.Dial("tcp", strings.TrimSpace(strings.TrimPrefix(line, "echo on tcp://")))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
		t.Errorf("got %q, %v", got, err)
	}
	stop()
	if rest, err := io.ReadAll(c); err != nil || len(rest) > 0 {
		t.Errorf("the end is %q, %v", rest, err)
	}
	c.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
