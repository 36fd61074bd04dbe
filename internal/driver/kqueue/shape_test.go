//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package kqueue

import (
	"syscall"
	"testing"

	"github.com/raon-engine/raon/internal/driver/ready"
	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// TestShapes holds what each event that a kqueue gives means to package ready.
func TestShapes(t *testing.T) {
	for _, c := range []struct {
		what string
		s    shape
		want ready.What
	}{
		{"an interrupt", shape{}, 0},
		{"an interrupt with flags", shape{ended: true, failed: syscall.ECONNRESET}, 0},
		{"bytes, or a connection", shape{filter: readFilter}, ready.Readable},
		{"bytes and the peer's end", shape{filter: readFilter, ended: true}, ready.Readable | ready.PeerDone},
		{"a reset", shape{filter: readFilter, ended: true, failed: syscall.ECONNRESET}, ready.Readable | ready.PeerDone | ready.Broken},
		{"room, or a connect that succeeded", shape{filter: writeFilter}, ready.Writable},
		{"nobody reads any more", shape{filter: writeFilter, ended: true}, ready.Writable | ready.Broken},
		{"a connect that failed", shape{filter: writeFilter, ended: true, failed: syscall.ECONNREFUSED}, ready.Writable | ready.Broken},
		{"a change that failed", shape{filter: readFilter, broken: true}, ready.Readable | ready.Broken},
	} {
		if got := c.s.what(); got != c.want {
			t.Errorf("%s is %b, want %b", c.what, got, c.want)
		}
	}
}
