package raon

import (
	"errors"
	"fmt"
	"time"
)

// ServiceType says what a service does. The values are RAON's.
type ServiceType uint16

// The service types.
const (
	ServiceServer              ServiceType = iota // listens
	ServiceClient                                 // connects a number of sessions when registered
	ServiceClientManual                           // connects a session when told to
	ServiceClientAutoReconnect                    // keeps a number of sessions connected
	ServiceOffline                                // one end of pairs in memory
)

var serviceNames = []string{"server", "client", "client-manual", "client-auto-reconnect", "offline"}

// String is the type's word in logs and metrics.
func (t ServiceType) String() string {
	if int(t) >= len(serviceNames) {
		return "unknown"
	}
	return serviceNames[t]
}

// Toggle is a setting with a default of its own.
type Toggle uint8

// The values of a Toggle.
const (
	Default Toggle = iota
	On
	Off
)

// SessionOptions are what all sessions of a service have in common. Zero means
// the default given.
type SessionOptions struct {
	QueueBytes     int         // bound of the send queue; 1 MiB
	HighWaterBytes int         // above it a server session is not read from; a quarter of QueueBytes
	LowWaterBytes  int         // at it reading goes on; half of HighWaterBytes
	Policy         QueuePolicy // what happens at QueueBytes; QueueDisconnect

	StallTimeout     time.Duration // data queued and no byte taken by the kernel; 30 s
	CloseTimeout     time.Duration // from our FIN to the peer's; 2 s
	HalfCloseTimeout time.Duration // from the peer's FIN, or the last byte taken after it, to the end; 30 s
	HandshakeTimeout time.Duration // for layers that shake hands; 10 s

	// IdleTimeout ends a session of which nothing was received for so long, with
	// KickIdle, at that time to a millisecond. It stands still while the session is
	// paused or held by high water. 0 is never.
	IdleTimeout time.Duration

	// AuthTimeout ends a session, with KickAuthTimeout, so long after OnConnect unless
	// Session.Authenticated has been called. 0 is never.
	AuthTimeout time.Duration

	// RecvBufferBytes is the largest incomplete packet that is kept; 64 KiB.
	RecvBufferBytes int

	// MaxGroups is how many groups a session may be in at once; 1,024.
	MaxGroups int

	// ReadAboveHighWater goes on reading while the send queue is above its
	// high-water mark. Default: Off for servers, whose peers would otherwise make
	// them queue; On for clients, since a stop on both ends would be for ever.
	ReadAboveHighWater Toggle

	Socket SocketOptions
}

// limits are SessionOptions with every default filled in.
type limits struct {
	SessionOptions
	readAbove bool
}

func (o SessionOptions) normalized(t ServiceType) (limits, error) {
	var errs []error
	size := func(name string, v *int, def int) {
		if *v == 0 {
			*v = def
		}
		if *v < 1 || *v > 1<<31-1 {
			errs = append(errs, fmt.Errorf("Session.%s %d: want 1 byte to 2 GiB", name, *v))
		}
	}
	wait := func(name string, v *time.Duration, def time.Duration) {
		if *v == 0 {
			*v = def
		}
		if *v < time.Millisecond {
			errs = append(errs, fmt.Errorf("Session.%s %v: want at least 1 ms", name, *v))
		}
	}
	size("QueueBytes", &o.QueueBytes, 1<<20)
	size("HighWaterBytes", &o.HighWaterBytes, max(o.QueueBytes/4, 1))
	size("LowWaterBytes", &o.LowWaterBytes, max(o.HighWaterBytes/2, 1))
	size("RecvBufferBytes", &o.RecvBufferBytes, 64<<10)
	size("MaxGroups", &o.MaxGroups, 1024)
	wait("StallTimeout", &o.StallTimeout, 30*time.Second)
	wait("CloseTimeout", &o.CloseTimeout, 2*time.Second)
	wait("HalfCloseTimeout", &o.HalfCloseTimeout, 30*time.Second)
	wait("HandshakeTimeout", &o.HandshakeTimeout, 10*time.Second)
	for name, v := range map[string]time.Duration{"IdleTimeout": o.IdleTimeout, "AuthTimeout": o.AuthTimeout} {
		if v != 0 && v < time.Millisecond {
			errs = append(errs, fmt.Errorf("Session.%s %v: want at least 1 ms, or 0", name, v))
		}
	}
	if o.LowWaterBytes > o.HighWaterBytes || o.HighWaterBytes > o.QueueBytes {
		errs = append(errs, fmt.Errorf("Session: want LowWaterBytes %d <= HighWaterBytes %d <= QueueBytes %d",
			o.LowWaterBytes, o.HighWaterBytes, o.QueueBytes))
	}
	if o.Policy > QueueTell {
		errs = append(errs, fmt.Errorf("Session.Policy %d: no such policy", o.Policy))
	}
	errs = append(errs, o.Socket.validate())
	read := o.ReadAboveHighWater == On || o.ReadAboveHighWater == Default && t != ServiceServer
	return limits{o, read}, errors.Join(errs...)
}
