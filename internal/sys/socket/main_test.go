//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package socket

import (
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }
