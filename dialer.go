package raon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// dialer is what a client service knows of connecting: where to, and how fast.
type dialer struct {
	service *Service
	timeout time.Duration
	gap     time.Duration // between two connects of a share; 0 is no pace
	rules   ReconnectOptions
	name    string // to resolve; "" when the address is fixed
	resolve Resolver

	quit context.Context // ends with the service
	stop context.CancelFunc

	mu      sync.Mutex
	addrs   []Addr
	pinned  bool  // addrs is by worker
	turn    int   // of the next connect among them
	err     error // of the last look-up, when it found nothing
	looking bool
	looked  time.Time // when the last one ended
}

func newDialer(s *Service, o *ClientOptions) *dialer {
	d := &dialer{service: s, timeout: o.ConnectTimeout, name: o.ConnectName, resolve: o.Resolver}
	if d.quit, d.stop = context.WithCancel(context.Background()); d.name == "" {
		d.addrs = []Addr{o.Connect}
	}
	if d.resolve == nil {
		d.resolve = lookUpHost
	}
	if s.kind == ServiceClientAutoReconnect {
		d.rules = o.Reconnect
		d.gap = time.Second * time.Duration(len(s.shares)) / time.Duration(o.Reconnect.PerSecond)
	}
	return d
}

// Resolver finds the addresses of "host:port". It may block: it runs off the
// workers, for at most the time that ctx allows.
type Resolver func(ctx context.Context, hostPort string) ([]Addr, error)

// A name is looked up anew when a connect has failed, but not this soon after
// the last time; one look-up may take resolveTimeout.
const (
	resolveAgain   = 5 * time.Second
	resolveTimeout = 10 * time.Second
)

// errResolving is what a connect fails with while its name has no address yet.
var errResolving = errors.New("name not resolved yet")

// address is where the next connect of a worker goes: to each of a name's
// addresses in turn.
func (d *dialer) address(worker int) (Addr, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pinned {
		return d.addrs[worker], nil
	}
	if n := len(d.addrs); n > 0 {
		d.turn = (d.turn + 1) % n
		return d.addrs[d.turn], nil
	}
	cause := d.err
	if cause == nil {
		cause = errResolving
	}
	return Addr{}, &Error{Op: "resolve " + d.name, Driver: "engine", Outcome: ErrUnreachable, Cause: cause}
}

// begin calls start, after the name's first look-up if there is a name.
func (d *dialer) begin(start func()) {
	if d.name == "" || !d.look(start) {
		start()
	}
}

// failed has the name looked up anew, in time for the next tries.
func (d *dialer) failed() {
	if d.name == "" {
		return
	}
	d.mu.Lock()
	stale := time.Since(d.looked) >= resolveAgain
	d.mu.Unlock()
	if stale {
		d.look(nil)
	}
}

// look looks the name up on a goroutine and then calls then, on a worker. It tells
// whether it does: while a look-up is under way there is no other.
func (d *dialer) look(then func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.looking {
		return false
	}
	if err := d.service.core.Offload(d.lookUp, then); err != nil {
		d.service.log.Warn("raon: name not looked up", "name", d.name, "err", err)
		return false
	}
	d.looking = true
	return true
}

// lookUp runs off the workers.
func (d *dialer) lookUp() {
	found, err := d.ask()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.looking, d.looked, d.err = false, time.Now(), err
	if err != nil { // the addresses that it had are better than none
		d.service.log.Warn("raon: name not resolved", "name", d.name, "err", err)
		return
	}
	d.addrs = found
}

// ask asks the resolver. One that panics has not found anything.
func (d *dialer) ask() (found []Addr, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("resolver panicked: %v", cause)
		}
	}()
	ctx, cancel := context.WithTimeout(d.quit, resolveTimeout)
	defer cancel()
	found, err = d.resolve(ctx, d.name)
	if err == nil && len(found) == 0 {
		err = errors.New("no address found")
	}
	return found, err
}

// lookUpHost is the Resolver of the standard library.
func lookUpHost(ctx context.Context, hostPort string) ([]Addr, error) {
	host, port, err := splitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	addrs := make([]Addr, len(ips))
	for i, ip := range ips {
		addrs[i] = Addr{IP: netip.AddrPortFrom(ip.Unmap(), port)}
	}
	return addrs, nil
}

func splitHostPort(hostPort string) (host string, port uint16, err error) {
	host, text, err := net.SplitHostPort(hostPort)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || host == "" {
		return "", 0, fmt.Errorf("%q: want host:port with a number", hostPort)
	}
	return host, uint16(n), nil
}
