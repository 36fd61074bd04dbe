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

	Connect        Addr          // where to connect to; required
	Count          int           // sessions to connect; required
	ConnectTimeout time.Duration // of one connect; 5 s

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
	limits, err := opts.validate()
	if err != nil {
		return nil, err
	}
	s := newService(c, serviceParts{
		name: opts.Name, kind: ServiceClient, sessionType: opts.SessionType, sessions: opts.Count,
		drainTimeout: opts.DrainTimeout, newHandler: opts.NewHandler, newLayers: opts.NewLayers, limits: limits,
	})
	s.connectTo, s.connectTimeout = opts.Connect, opts.ConnectTimeout
	if err := c.addService(s, func() { s.connectAll(opts.Count) }); err != nil {
		return nil, err
	}
	return s, nil
}

// validate fills in defaults and reports every fault at once.
func (o *ClientOptions) validate() (limits, error) {
	var errs []error
	if !o.Connect.IsValid() {
		errs = append(errs, errors.New("ClientOptions.Connect: no address"))
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
	l, err := o.Session.normalized(ServiceClient)
	return l, errors.Join(append(errs, err)...)
}

// connectAll spreads n sessions over the workers and has them connect.
func (s *Service) connectAll(n int) {
	lists := make([][]*Session, len(s.shares))
	for range n {
		i := int(s.core.turn.Add(1)) % len(lists)
		x := s.pool.acquire(s)
		lists[i] = append(lists[i], x)
		s.shares[i].worker.live.Add(1)
	}
	for i, sh := range s.shares {
		sh.worker.urge(func() { sh.dial(lists[i]) })
	}
}
