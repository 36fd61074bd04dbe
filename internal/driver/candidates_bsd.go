//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package driver

import "github.com/raon-engine/raon/internal/driver/kqueue"

// native is the BSDs' own driver.
func native() []candidate { return []candidate{{"kqueue", kqueue.New}} }
