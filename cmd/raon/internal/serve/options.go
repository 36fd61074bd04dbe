package serve

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/cmd/raon/internal/engine"
	"github.com/raon-engine/raon/cmd/raon/internal/frame"
)

// Bounds and defaults of the options.
const (
	defaultListen   = "tcp://127.0.0.1:7777"
	defaultSessions = 20_000
	maxSessions     = 1 << 20
	defaultQueue    = 1 << 20 // bytes
	maxQueue        = 1 << 30
)

// Options are the flags of raon serve.
type Options struct {
	engine.Flags
	Listen        []string
	Mode          engine.Mode
	MaxSessions   int
	MaxFrameBytes int
	QueueBytes    int // of each session's send queue
	DrainTimeout  time.Duration
	IdleTimeout   time.Duration // 0: for ever
	PerAddress    int           // connections of one address; 0: any number
	AcceptRate    int           // per second and address; 0: any number
	Allow         networks      // who may connect; none is everybody
	Deny          networks      // who may not
	ProxyFrom     networks      // who sends a PROXY header first
	StatsEvery    time.Duration // 0: no statistics while running
	StopOnStdin   bool          // the end of standard input asks to stop
}

// add defines the flags in set, with their defaults.
func (o *Options) add(set *pflag.FlagSet) {
	o.Flags.Add(set)
	o.Mode = engine.Echo
	set.StringArrayVar(&o.Listen, "listen", []string{defaultListen}, "where to listen: tcp://IP:PORT or unix://PATH; may be repeated")
	set.Var(&o.Mode, "mode", "what to do with a frame: echo returns it, room sends it to all sessions")
	set.IntVar(&o.MaxSessions, "max-sessions", defaultSessions, "connected sessions at most; others wait in the backlog")
	set.IntVar(&o.MaxFrameBytes, "max-frame", frame.MaxBytes, "bytes of the largest frame, header included")
	set.IntVar(&o.QueueBytes, "queue-bytes", defaultQueue, "bytes that may wait to be sent to one session")
	set.DurationVar(&o.DrainTimeout, "drain-timeout", 10*time.Second, "how long sessions may take to end at shutdown")
	set.DurationVar(&o.IdleTimeout, "idle-timeout", 0, "end a session that sends nothing for so long; 0 is never")
	set.IntVar(&o.PerAddress, "max-per-address", 0, "connections of one address at once, an IPv6 network of 64 bits counting as one; 0 is any number")
	set.IntVar(&o.AcceptRate, "accept-rate", 0, "connections of one address per second; 0 is any number")
	set.Var(&o.Allow, "allow", "network that may connect, such as 10.0.0.0/8; may be repeated; none is everybody")
	set.Var(&o.Deny, "deny", "network that may not connect, even if allowed; may be repeated")
	set.Var(&o.ProxyFrom, "proxy-from", "network of proxies that send a PROXY protocol header, version 2; may be repeated")
	set.BoolVar(&o.StopOnStdin, "stop-on-stdin-close", false, "drain when standard input ends: for supervisors that cannot send signals")
	set.DurationVar(&o.StatsEvery, "stats", 0, "print statistics at this interval; 0 prints none")
}

// Validate reports all that cannot be.
func (o *Options) Validate() error {
	_, addrErr := o.addrs()
	errs := []error{o.Flags.Validate(), addrErr}
	bound := func(flag string, v, low, high int) {
		if v < low || v > high {
			errs = append(errs, fmt.Errorf("%s %d: want %d to %d", flag, v, low, high))
		}
	}
	bound("--max-sessions", o.MaxSessions, 1, maxSessions)
	bound("--max-frame", o.MaxFrameBytes, frame.HeaderBytes, frame.MaxBytes)
	// A frame that does not fit must find the queue above its high-water mark, a
	// quarter of it, because the session is read again when it falls below.
	bound("--queue-bytes", o.QueueBytes, 2*o.MaxFrameBytes, maxQueue)
	if o.DrainTimeout <= 0 {
		errs = append(errs, fmt.Errorf("--drain-timeout %v: want more than 0", o.DrainTimeout))
	}
	bound("--max-per-address", o.PerAddress, 0, maxSessions)
	bound("--accept-rate", o.AcceptRate, 0, maxSessions)
	if o.IdleTimeout != 0 && o.IdleTimeout < time.Millisecond {
		errs = append(errs, fmt.Errorf("--idle-timeout %v: want at least 1ms, or 0", o.IdleTimeout))
	}
	if o.StatsEvery < 0 {
		errs = append(errs, fmt.Errorf("--stats %v: want 0 or more", o.StatsEvery))
	}
	return errors.Join(errs...)
}

// addrs are the addresses of Listen.
func (o *Options) addrs() ([]raon.Addr, error) {
	if len(o.Listen) == 0 {
		return nil, errors.New("--listen: no address")
	}
	var addrs []raon.Addr
	for _, s := range o.Listen {
		a, err := raon.ParseAddr(s)
		if err != nil {
			return nil, fmt.Errorf("--listen: %w", err)
		}
		addrs = append(addrs, a)
	}
	return addrs, nil
}
