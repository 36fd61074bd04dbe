package packet

import (
	"errors"
	"fmt"
	"time"
)

// Options shape a Protocol. Zero means the default given.
type Options struct {
	Framing Framing

	// RecvBufferBytes is what the service's SessionOptions.RecvBufferBytes is;
	// 64 KiB, as there. Framing.MaxBytes is at most as much.
	RecvBufferBytes int

	// Rate bounds all packets of one session together; none.
	Rate Rate

	Auth    Auth
	Control Control
}

// Auth is what a server asks of a peer that it does not know yet. Clients ignore
// it. Zero means the default given.
type Auth struct {
	// Required starts every connection unauthenticated: only messages with
	// Spec.BeforeAuth are taken, until Conn.Authenticated.
	Required bool

	Timeout  time.Duration // from OnConnect to Authenticated; 10 s. Then KickAuthTimeout
	MaxBytes int           // of a packet until then, header included; 512
}

// Control switches the engine's own packets on, which have id 0. Both ends have
// to: without it the first such packet is one too many. Zero means the default
// given.
type Control struct {
	On bool

	// Version is what this end speaks. A server takes clients from Oldest, which is
	// Version if 0, to Version; others get a kick that says so.
	Version uint32
	Oldest  uint32

	HelloTimeout time.Duration // from the connection to the peer's hello; 10 s. Then KickAuthTimeout
	PingInterval time.Duration // between two pings of a server; 5 s

	// SilenceTimeout is how long a peer may be silent: from its last byte, or from
	// when this end went on reading, to KickIdle; 30 s. A client that is paused for as
	// long is silent, since it answers no ping.
	SilenceTimeout time.Duration

	Resume Resume
}

// Resume lets an application's state survive its connection: see Hooks.OnSuspend.
// Both ends have to switch it on. Zero means the default given.
type Resume struct {
	On bool

	Timeout   time.Duration // from a lost connection to the end of its state; 30 s
	MaxParked int           // states without a connection that a server keeps; 10,000. More end at once

	// ReplayBytes bounds what one end keeps of the packets that the other one has
	// not acknowledged; 256 KiB, at least 64 KiB. With more on the way the
	// connection cannot be resumed any more. The service's QueueBytes has to be larger,
	// and its Policy must not be raon.QueueDropNewest, which would lose what is counted.
	ReplayBytes int
}

func (r *Resume) normalize(control bool) error {
	var errs []error
	if r.On && !control {
		errs = append(errs, errors.New("Control.Resume: needs Control.On"))
	}
	if r.MaxParked == 0 {
		r.MaxParked = 10_000
	}
	if r.MaxParked < 1 {
		errs = append(errs, fmt.Errorf("Resume.MaxParked %d: want at least 1", r.MaxParked))
	}
	if r.ReplayBytes == 0 {
		r.ReplayBytes = 256 << 10
	}
	if r.ReplayBytes < 64<<10 || r.ReplayBytes > 1<<30 {
		errs = append(errs, fmt.Errorf("Resume.ReplayBytes %d: want 64 KiB to 1 GiB", r.ReplayBytes))
	}
	return errors.Join(append(errs, wait("Resume.Timeout", &r.Timeout, 30*time.Second))...)
}

// defaultRecvBufferBytes is raon.SessionOptions' own default.
const defaultRecvBufferBytes = 64 << 10

// normalized gives o with defaults filled in, or every fault at once.
func (o Options) normalized() (Options, header, error) {
	h, err := o.Framing.compile()
	errs := []error{err}
	if o.RecvBufferBytes == 0 {
		o.RecvBufferBytes = defaultRecvBufferBytes
	}
	if h.max > o.RecvBufferBytes {
		errs = append(errs, fmt.Errorf("Framing.MaxBytes %d: the session keeps an incomplete packet of up to RecvBufferBytes, %d",
			h.max, o.RecvBufferBytes))
	}
	if err := o.Rate.check(); err != nil {
		errs = append(errs, fmt.Errorf("Options.Rate: %w", err))
	}
	errs = append(errs, o.normalizeAuth(h), o.normalizeControl(h))
	return o, h, errors.Join(errs...)
}

// smallestLimit is the least that a bound of packets may be where the engine has
// packets of its own.
const smallestLimit = 512

func (o *Options) normalizeAuth(h header) error {
	a := &o.Auth
	if a.MaxBytes == 0 {
		a.MaxBytes = min(smallestLimit, h.max)
	}
	var errs []error
	if a.MaxBytes > h.max || a.MaxBytes < h.bytes || o.Control.On && a.MaxBytes < smallestLimit {
		errs = append(errs, fmt.Errorf("Auth.MaxBytes %d: want at most Framing.MaxBytes, %d, and with Control at least %d",
			a.MaxBytes, h.max, smallestLimit))
	}
	return errors.Join(append(errs, wait("Auth.Timeout", &a.Timeout, 10*time.Second))...)
}

func (o *Options) normalizeControl(h header) error {
	c := &o.Control
	var errs []error
	if c.Oldest == 0 {
		c.Oldest = c.Version
	}
	if c.Oldest > c.Version {
		errs = append(errs, fmt.Errorf("Control.Oldest %d: above Version %d", c.Oldest, c.Version))
	}
	if c.On && !h.id {
		errs = append(errs, errors.New("Control: its packets have an id, which Framing.NoID leaves out"))
	}
	if c.On && h.max < smallestLimit {
		errs = append(errs, fmt.Errorf("Framing.MaxBytes %d: want at least %d with Control", h.max, smallestLimit))
	}
	errs = append(errs, c.Resume.normalize(c.On))
	return errors.Join(append(errs,
		wait("Control.HelloTimeout", &c.HelloTimeout, 10*time.Second),
		wait("Control.PingInterval", &c.PingInterval, 5*time.Second),
		wait("Control.SilenceTimeout", &c.SilenceTimeout, 30*time.Second))...)
}

// wait fills in a duration's default, or says what is wrong with it.
func wait(name string, v *time.Duration, def time.Duration) error {
	if *v == 0 {
		*v = def
	}
	if *v < time.Millisecond {
		return fmt.Errorf("%s %v: want at least 1 ms", name, *v)
	}
	return nil
}
