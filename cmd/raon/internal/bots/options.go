package bots

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/cmd/raon/internal/engine"
	"github.com/raon-engine/raon/cmd/raon/internal/frame"
	"github.com/raon-engine/raon/cmd/raon/internal/payload"
)

// Bounds of the options, so that a typing error does not take the machine.
const (
	maxSessions  = 1 << 20
	maxRate      = 1e6
	maxDepth     = 1 << 16
	maxSequences = 1 << 24   // sessions times senders: 8 bytes each
	mostSenders  = 32        // by default
	mostUnread   = 512 << 10 // bytes on their way to each member, by default: half of raon serve's queue
	maxPayload   = frame.MaxBytes - frame.HeaderBytes
)

// Options are the flags of raon bots.
type Options struct {
	engine.Flags
	Connect        string
	Sessions       int
	Mode           engine.Mode
	Senders        int     // room: how many sessions send; 0: 32, fewer for large frames
	Rate           float64 // frames per second and sender; 0: closed loop
	Depth          int     // closed loop: unanswered frames per sender
	PayloadBytes   int
	Duration       time.Duration
	ConnectTimeout time.Duration
	SettleTimeout  time.Duration // for the last deliveries
	Seed           uint64        // of the payloads; 0: from the clock
}

// add defines the flags in set, with their defaults.
func (o *Options) add(set *pflag.FlagSet) {
	o.Mode = engine.Echo
	o.Flags.Add(set)
	set.StringVar(&o.Connect, "connect", "tcp://127.0.0.1:7777", "server: tcp://IP:PORT or unix://PATH")
	set.IntVar(&o.Sessions, "sessions", 100, "sessions to connect")
	set.Var(&o.Mode, "mode", "mode of the server: echo or room")
	set.IntVar(&o.Senders, "senders", 0, "room: sessions that send; 0 means 32, fewer when frames or depth are large")
	set.Float64Var(&o.Rate, "rate", 0, "frames per second and sender (open loop); 0 means closed loop")
	set.IntVar(&o.Depth, "depth", 1, "closed loop: frames that a sender has unanswered at a time")
	set.IntVar(&o.PayloadBytes, "payload", 64, "payload bytes per frame")
	set.DurationVar(&o.Duration, "duration", 10*time.Second, "how long to send")
	set.DurationVar(&o.ConnectTimeout, "connect-timeout", 10*time.Second, "limit for connecting, and for joining a room")
	set.DurationVar(&o.SettleTimeout, "settle-timeout", 10*time.Second, "limit for the last deliveries")
	set.Uint64Var(&o.Seed, "seed", 0, "seed of the payloads; 0 means from the clock")
}

// Validate reports all that cannot be, and resolves the defaults that depend
// on other options.
func (o *Options) Validate() error {
	if o.echo() {
		if o.Senders != 0 {
			return errors.New("--senders is for --mode room; in echo all sessions send")
		}
		o.Senders = o.Sessions
	} else if o.Senders == 0 {
		o.Senders = min(o.Sessions, o.defaultSenders())
	}
	_, addrErr := raon.ParseAddr(o.Connect)
	if addrErr != nil {
		addrErr = fmt.Errorf("--connect: %w", addrErr)
	}
	return errors.Join(
		o.Flags.Validate(), addrErr,
		inRange("--sessions", float64(o.Sessions), 1, maxSessions),
		inRange("--rate", o.Rate, 0, maxRate),
		inRange("--depth", float64(o.Depth), 1, maxDepth),
		inRange("--payload", float64(o.PayloadBytes), payload.MinBytes, maxPayload),
		positive("--duration", o.Duration),
		positive("--connect-timeout", o.ConnectTimeout),
		positive("--settle-timeout", o.SettleTimeout),
		o.validateRoom(),
	)
}

// defaultSenders is how many senders a closed loop may have without one round
// of their frames filling a member's queue on the server.
func (o *Options) defaultSenders() int {
	round := max(o.Depth, 1) * max(o.frameBytes(), 1)
	return min(max(mostUnread/round, 1), mostSenders)
}

func (o *Options) validateRoom() error {
	if o.echo() || o.Sessions < 1 {
		return nil
	}
	if most := maxSequences / o.Sessions; o.Senders > most {
		return fmt.Errorf("--senders %d: with %d sessions at most %d", o.Senders, o.Sessions, most)
	}
	return inRange("--senders", float64(o.Senders), 1, float64(o.Sessions))
}

func inRange(flag string, v, low, high float64) error {
	if v >= low && v <= high {
		return nil
	}
	return fmt.Errorf("%s %v: want %v to %.0f", flag, v, low, high)
}

func positive(flag string, d time.Duration) error {
	if d > 0 {
		return nil
	}
	return fmt.Errorf("%s %v: want more than 0", flag, d)
}

// frameBytes is the size of every frame sent.
func (o *Options) frameBytes() int { return frame.HeaderBytes + o.PayloadBytes }

// echo tells whether a session hears itself alone.
func (o *Options) echo() bool { return o.Mode == engine.Echo }

// mostBehind is how many frames each member of a room may lack before the
// senders of a closed loop are held back.
func (o *Options) mostBehind() int64 { return int64(max(mostUnread/2/o.frameBytes(), 1)) }

// heard is how many senders each session hears.
func (o *Options) heard() int {
	if o.echo() {
		return 1
	}
	return o.Senders
}

// receivers is how many sessions get each frame.
func (o *Options) receivers() int {
	if o.echo() {
		return 1
	}
	return o.Sessions
}
