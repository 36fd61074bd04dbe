//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package driver

import "github.com/raon-engine/raon/internal/driver/kqueue"

// native is the own driver of macOS and the BSDs.
func native() []candidate { return []candidate{{"kqueue", kqueue.New}} }
