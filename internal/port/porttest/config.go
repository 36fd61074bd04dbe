package porttest

import (
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
)

const defaultPatience = 20 * time.Second

// Config says what to test. Only New is required. A subtest whose hook is
// missing is skipped by name.
type Config struct {
	// New makes the driver of one subtest.
	New func(t *testing.T) port.Driver
	// Port sizes the ports; aspects that are about sizes choose their own.
	Port port.PortOptions
	// Check is the driver's own look for leaks, called after each subtest when
	// all ports are closed; nil is none.
	Check func() error

	// Patience is how long a loop waits for what must come; default 20 s. Only
	// failing tests wait so long.
	Patience time.Duration
	// EarlyPolls says that a Poll may return early without a reason, as a fault.
	EarlyPolls bool
	// Silent is an address that never answers a connect. If it is no address,
	// the suite makes one: a listener whose backlog is full.
	Silent port.Addr
	// Unreachable is an address that connects end with ErrUnreachable for.
	Unreachable port.Addr
	// LimitHandles makes opening more than n further handles fail until restore
	// is called.
	LimitHandles func(t *testing.T, n int) (restore func())
	// Other makes a handle of KindOther with nothing to read. Ready gives it
	// something to read; any goroutine may call it.
	Other func(t *testing.T, drv port.Driver) (h port.Handle, ready func())
	// SmallDisk makes a directory on a file system with room for at most 8 MiB.
	SmallDisk func(t *testing.T, drv port.Driver) (dir string)
}
