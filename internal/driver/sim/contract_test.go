package sim

import (
	"fmt"
	"testing"
	"time"

	"github.com/raon-engine/raon/internal/port"
	"github.com/raon-engine/raon/internal/port/porttest"
)

// contract runs the conformance suite in worlds of the given shape.
func contract(t *testing.T, opts Options) {
	var w *World
	porttest.Run(t, porttest.Config{
		New: func(*testing.T) port.Driver {
			w = New(opts)
			return w.Driver()
		},
		Check:       func() error { return w.Check() },
		EarlyPolls:  opts.Faults.SpuriousWake > 0,
		Silent:      addr(t, "192.0.2.1:9"),
		Unreachable: addr(t, "203.0.113.1:9"),
		LimitHandles: func(t *testing.T, n int) func() {
			return w.LimitHandles(n)
		},
		Other: func(t *testing.T, _ port.Driver) (port.Handle, func()) {
			h, signal, err := w.NewSignal()
			if err != nil {
				t.Fatal(err)
			}
			return h, signal.Set
		},
		SmallDisk: func(*testing.T, port.Driver) string {
			w.LimitDisk(8 << 20)
			return "/small"
		},
	})
}

func TestContractInRealTime(t *testing.T)    { contract(t, Options{}) }
func TestContractInVirtualTime(t *testing.T) { contract(t, Options{Virtual: true}) }

// TestContractWithFaults leaves out the faults that change an outcome.
func TestContractWithFaults(t *testing.T) {
	for seed := range uint64(4) {
		virtual := seed != 0
		t.Run(fmt.Sprintf("seed %d/virtual %v", seed, virtual), func(t *testing.T) {
			contract(t, Options{Seed: seed, Virtual: virtual, Faults: Faults{
				ShortSend: .2, ShortRecv: .2, NoBuffers: .2, LostMore: .2, ShuffleEvents: .5,
				SpuriousWake: .2, Late: .2, FileShortWrite: .2,
			}})
		})
	}
}

// TestContractOnASlowNetwork has segments that overtake those of other
// connections, and small kernel buffers.
func TestContractOnASlowNetwork(t *testing.T) {
	contract(t, Options{
		Virtual: true, SocketBufferBytes: 32 << 10, Latency: 100 * time.Microsecond,
		PollTime: time.Microsecond,
		Faults:   Faults{Delay: .3, MaxDelay: time.Millisecond, FileDelay: .3},
	})
}
