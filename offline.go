package raon

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/raon-engine/raon/internal/driver"
	"github.com/raon-engine/raon/internal/port"
)

// offlineListen lets all pairs connect at once.
var offlineListen = port.ListenOptions{Backlog: 1 << 16}

// OfflineOptions shape a service without a network. Zero means the default given.
type OfflineOptions struct {
	Name        string // label in logs and metrics; "offline"
	SessionType SessionType

	Pairs          int            // of sessions, connected at once; required
	NewHandler     func() Handler // makes the handler of an end that serves; required
	NewPeerHandler func() Handler // and of the other end; required
	Session        SessionOptions // of the end that serves
	PeerSession    SessionOptions
	DrainTimeout   time.Duration // for Core.Shutdown; 10 s
}

// RegisterOffline makes pairs of sessions that are connected in memory: for bots in
// the server's own process, for tests and for replay. Each end has the callbacks,
// queues, limits and ends that it would have on a network; both ends of a pair live
// on one worker. The first service stands for a server, the second for its clients,
// whose Connect makes another pair when one has ended. It works on every driver.
// Errors: every fault of opts at once, ErrClosed.
func (c *Core) RegisterOffline(opts OfflineOptions) (serving, peers *Service, err error) {
	own, other, err := opts.validate()
	if err != nil {
		return nil, nil, err
	}
	world, err := driver.Select("sim", "")
	if err != nil {
		return nil, nil, err
	}
	grounds := c.newSides(world.Driver)
	part := func(newHandler func() Handler, l limits) *Service {
		return newService(c, serviceParts{
			name: opts.Name, kind: ServiceOffline, sessionType: opts.SessionType, sessions: opts.Pairs,
			drainTimeout: opts.DrainTimeout, newHandler: newHandler, limits: l, grounds: grounds,
		})
	}
	serving, peers = part(opts.NewHandler, own), part(opts.NewPeerHandler, other)
	if err := serving.listenOffline(); err != nil {
		return nil, nil, err
	}
	peers.dialer = newDialer(peers, &ClientOptions{ConnectTimeout: defaultConnectTimeout})
	peers.dialer.addrs, peers.dialer.pinned = serving.Addrs(), true
	if err := c.addService(serving, serving.startListeners); err != nil {
		serving.closeListeners()
		return nil, nil, err
	}
	if err := c.addService(peers, func() { peers.connectAll(opts.Pairs) }); err != nil {
		return nil, nil, err // the core has been closed, and serving with it
	}
	return serving, peers, nil
}

func (o *OfflineOptions) validate() (own, other limits, err error) {
	var errs []error
	if o.Pairs < 1 || o.Pairs > maxPool {
		errs = append(errs, fmt.Errorf("OfflineOptions.Pairs %d: want 1 to %d", o.Pairs, maxPool))
	}
	if o.NewHandler == nil || o.NewPeerHandler == nil {
		errs = append(errs, errors.New("OfflineOptions.NewHandler, NewPeerHandler: required"))
	}
	if o.DrainTimeout < 0 {
		errs = append(errs, fmt.Errorf("OfflineOptions.DrainTimeout %v: must not be negative", o.DrainTimeout))
	}
	own, ownErr := o.Session.normalized(ServiceServer)
	other, otherErr := o.PeerSession.normalized(ServiceClient)
	return own, other, errors.Join(append(errs, ownErr, otherErr)...)
}

// listenOffline makes a listener per worker, whose connections stay there.
func (s *Service) listenOffline() error {
	s.gate, _ = newGate(&ServerOptions{}) // without limits there is nothing wrong with them
	for i := range s.shares {
		at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(i+1))
		h, err := s.driver.Listen(Addr{IP: at}, offlineListen)
		if err != nil {
			s.closeListeners()
			return err
		}
		s.addListener(h, true)
	}
	s.open.Add(int64(len(s.listeners)))
	return nil
}
