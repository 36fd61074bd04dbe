//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
)

// TestAbstractNamesAreRefused holds that they do not become files.
func TestAbstractNamesAreRefused(t *testing.T) {
	var raw RawAddr
	if err := raw.Set(&port.Addr{Path: "@abstract"}); err != unix.EOPNOTSUPP {
		t.Errorf("%v, want EOPNOTSUPP", err)
	}
	if _, err := New("test").Listen(port.Addr{Path: "@abstract"}, port.ListenOptions{}); !errors.Is(err, port.ErrNotSupported) {
		t.Errorf("listening: %v, want ErrNotSupported", err)
	}
}
