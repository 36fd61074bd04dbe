package raon

import (
	"errors"
	"fmt"
	"time"
)

// ClientOptions shapes a service that connects. Zero means the default given.
type ClientOptions struct {
	Name        string // label in logs and metrics; "client"
	SessionType SessionType

	Connect        Addr          // where to connect to; this or ConnectName is required
	ConnectName    string        // "host:port", looked up when the service starts and when connects fail
	Resolver       Resolver      // looks ConnectName up; the system's
	Count          int           // sessions; required
	ConnectTimeout time.Duration // of one connect; 5 s

	Reconnect ReconnectOptions // for RegisterClientAutoReconnect

	DrainTimeout time.Duration  // for Core.Shutdown; 10 s
	NewHandler   func() Handler // makes the handler of one pooled session; required
	NewLayers    func() []Layer // makes a connection's layers, outermost first; nil is none
	Session      SessionOptions
}

const defaultConnectTimeout = 5 * time.Second

// RegisterClient makes a service that connects Count sessions, spread over the
// workers, and returns at once: each session's OnConnect tells how it went.
// Errors: every fault of opts at once, ErrClosed.
func (c *Core) RegisterClient(opts ClientOptions) (*Service, error) {
	return c.addClient(opts, ServiceClient, (*Service).connectAll)
}

// addClient makes a client service and starts it.
func (c *Core) addClient(opts ClientOptions, kind ServiceType, start func(s *Service, sessions int)) (*Service, error) {
	limits, err := opts.validate()
	if err != nil {
		return nil, err
	}
	s := newService(c, serviceParts{
		name: opts.Name, kind: kind, sessionType: opts.SessionType, sessions: opts.Count,
		drainTimeout: opts.DrainTimeout, newHandler: opts.NewHandler, newLayers: opts.NewLayers, limits: limits,
	})
	s.dialer = newDialer(s, &opts)
	if err := c.addService(s, func() { start(s, opts.Count) }); err != nil {
		return nil, err
	}
	return s, nil
}

// validate fills in defaults and reports every fault at once.
func (o *ClientOptions) validate() (limits, error) {
	var errs []error
	if o.Connect.IsValid() == (o.ConnectName != "") {
		errs = append(errs, errors.New("ClientOptions.Connect: want an address, or ConnectName, and not both"))
	}
	if _, _, err := splitHostPort(o.ConnectName); err != nil && o.ConnectName != "" && o.Resolver == nil {
		errs = append(errs, fmt.Errorf("ClientOptions.ConnectName: %w", err))
	}
	if o.Count < 1 || o.Count > maxPool {
		errs = append(errs, fmt.Errorf("ClientOptions.Count %d: want 1 to %d", o.Count, maxPool))
	}
	if o.ConnectTimeout == 0 {
		o.ConnectTimeout = defaultConnectTimeout
	}
	if o.ConnectTimeout < time.Millisecond {
		errs = append(errs, fmt.Errorf("ClientOptions.ConnectTimeout %v: want at least 1 ms", o.ConnectTimeout))
	}
	if o.DrainTimeout < 0 {
		errs = append(errs, fmt.Errorf("ClientOptions.DrainTimeout %v: must not be negative", o.DrainTimeout))
	}
	if o.NewHandler == nil {
		errs = append(errs, errors.New("ClientOptions.NewHandler: required"))
	}
	errs = append(errs, o.Reconnect.normalize(o.Count))
	l, err := o.Session.normalized(ServiceClient)
	return l, errors.Join(append(errs, err)...)
}

// connectAll spreads n sessions over the workers and has them connect, once the
// service's name has been looked up, if it has one.
func (s *Service) connectAll(n int) {
	s.open.Add(1) // until the lists are with the workers
	start := func() {
		defer s.partEnded()
		if s.draining.Load() {
			return
		}
		lists := make([][]*Session, len(s.shares))
		for range n {
			i := s.core.nextWorker().index
			lists[i] = append(lists[i], s.pool.acquire(s))
			s.shares[i].worker.live.Add(1)
		}
		for i, sh := range s.shares {
			s.open.Add(1)
			sh.worker.urge(func() {
				defer s.partEnded()
				sh.dial(lists[i])
			})
		}
	}
	s.dialer.begin(start)
}
