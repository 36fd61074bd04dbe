package sim

import (
	"time"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// Options shape a World. Zero means the default given.
type Options struct {
	Seed    uint64 // of all chance
	Virtual bool   // virtual time; default is the machine's
	Faults  Faults // default is none

	HandleLimit       int           // handles open at once; default 65,536, at most 1,048,575
	SocketBufferBytes int           // each of a socket's two kernel buffers; default 64 KiB
	DiskBytes         int64         // size of the file system; default 1 GiB
	Latency           time.Duration // of every segment, one way; default none
	PollTime          time.Duration // that each Poll takes in virtual time; default none
	ConnectTimeout    time.Duration // of a Connect that nobody answers; default 127 s, as in Linux
}

// The defaults of Options and port.PortOptions.
const (
	defaultHandleLimit       = 1 << 16
	defaultSocketBufferBytes = 64 << 10
	defaultDiskBytes         = 1 << 30
	defaultConnectTimeout    = 127 * time.Second

	defaultSlots           = 1 << 16
	defaultRecvBuffers     = 256
	defaultRecvBufferBytes = 8 << 10
)

// withDefaults is o complete. A value out of range is a programmer's error.
func (o Options) withDefaults() Options {
	invariant.Check(o.HandleLimit >= 0 && o.HandleLimit < maxHandles, "sim: HandleLimit out of range")
	invariant.Check(o.SocketBufferBytes >= 0 && o.DiskBytes >= 0, "sim: negative size in Options")
	invariant.Check(o.Latency >= 0 && o.PollTime >= 0 && o.ConnectTimeout >= 0, "sim: negative time in Options")
	o.Faults.check()
	setDefault(&o.HandleLimit, defaultHandleLimit)
	setDefault(&o.SocketBufferBytes, defaultSocketBufferBytes)
	setDefault(&o.DiskBytes, defaultDiskBytes)
	setDefault(&o.ConnectTimeout, defaultConnectTimeout)
	return o
}

// portDefaults is o complete. CompleteEntries and SubmitEntries mean nothing here.
func portDefaults(o port.PortOptions) port.PortOptions {
	invariant.Check(o.Slots >= 0 && o.RecvBuffers >= 0 && o.RecvBufferBytes >= 0, "sim: negative size in PortOptions")
	setDefault(&o.Slots, defaultSlots)
	setDefault(&o.RecvBuffers, defaultRecvBuffers)
	setDefault(&o.RecvBufferBytes, defaultRecvBufferBytes)
	return o
}

// setDefault makes *v what it is by default if it is zero.
func setDefault[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}
