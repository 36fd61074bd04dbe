package porttest

import (
	"errors"
	"sync"
	"testing"

	"github.com/raon-engine/raon/internal/port"
)

// threadsDriver uses one driver from many goroutines at once, without ports.
func threadsDriver(t *testing.T, cfg *Config) {
	const goroutines, rounds = 4, 100
	l := newLoop(t, cfg)
	if l.drv.Caps().Virtual {
		t.Skip("a virtual network belongs to one goroutine")
	}
	var done sync.WaitGroup
	for range goroutines {
		done.Go(func() {
			for range rounds {
				if err := useDriver(l.drv); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	done.Wait()
}

// useDriver makes, asks and closes handles.
func useDriver(drv port.Driver) error {
	h, err := drv.Listen(loopback4, port.ListenOptions{})
	if err != nil {
		return err
	}
	addr, err := drv.LocalAddr(h)
	if err != nil {
		return errors.Join(err, drv.CloseHandle(h, false))
	}
	s, err := drv.Socket(addr)
	if err != nil {
		return errors.Join(err, drv.CloseHandle(h, false))
	}
	return errors.Join(
		drv.SetOption(s, port.OptNoDelay, 1),
		drv.CloseHandle(s, false),
		drv.CloseHandle(h, true),
	)
}
