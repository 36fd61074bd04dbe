//go:build linux

package uring

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/raon-engine/raon/internal/port"
	abi "github.com/raon-engine/raon/internal/sys/uring"
)

// Defaults of port.PortOptions.
//
// Receive buffers of 8 KiB, by BenchmarkEcho: messages of 64 bytes and of 4 KiB
// cost the same with buffers from 2 to 16 KiB, and messages of 64 KiB cost 36 us
// with 2 KiB, 21 with 4, 20 with 8 and 16 with 16. A small message touches one
// page of its buffer, however large that is, so up to here more bytes cost
// no more memory than smaller buffers would. 512 are two turns of 256 events.
const (
	defaultSlots           = 1 << 16
	defaultSubmitEntries   = 1024
	defaultCompleteEntries = 1 << 14
	defaultRecvBuffers     = 512
	defaultRecvBufferBytes = 8 << 10
)

// maxEntries is the largest queue that the kernel makes, of submissions and of
// completions (IORING_MAX_ENTRIES, IORING_MAX_CQ_ENTRIES).
const (
	maxSubmitEntries   = 1 << 15
	maxCompleteEntries = 1 << 16
)

// withDefaults completes o and reports all that is wrong with it.
func withDefaults(o port.PortOptions) (port.PortOptions, error) {
	err := errors.Join(
		size("Slots", &o.Slots, defaultSlots, maxSlots),
		size("RecvBuffers", &o.RecvBuffers, defaultRecvBuffers, abi.MaxBuffers),
		size("RecvBufferBytes", &o.RecvBufferBytes, defaultRecvBufferBytes, port.PassBytes),
		size("CompleteEntries", &o.CompleteEntries, defaultCompleteEntries, maxCompleteEntries),
		size("SubmitEntries", &o.SubmitEntries, min(defaultSubmitEntries, max(o.CompleteEntries, 1)), maxSubmitEntries),
	)
	if err == nil && o.SubmitEntries > o.CompleteEntries {
		err = fmt.Errorf("SubmitEntries %d > CompleteEntries %d: %w", o.SubmitEntries, o.CompleteEntries, unix.EINVAL)
	}
	return o, err
}

// size gives *v its default and holds it against its limit.
func size(name string, v *int, byDefault, limit int) error {
	if *v == 0 {
		*v = byDefault
	}
	if *v < 1 || *v > limit {
		return fmt.Errorf("%s %d is not within 1 and %d: %w", name, *v, limit, unix.EINVAL)
	}
	return nil
}
