package main

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// TestArena fills a zone with bots for two seconds.
func TestArena(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
	defer stop()
	var out bytes.Buffer
	heard, err := run(ctx, "tcp://127.0.0.1:0", 300, &out)
	if err != nil {
		t.Fatal(err)
	}
	if t.Log(out.String()); heard == 0 {
		t.Error("no bot has heard of another")
	}
}
