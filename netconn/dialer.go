package netconn

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/raon-engine/raon"
)

// Dialer is a client service that connects when told to, as code for the standard
// library wants it.
type Dialer struct {
	service *raon.Service

	mu      sync.Mutex
	waiting map[raon.SessionRef]chan dialed // by whom a connection is waited for
}

// dialed is how a connect went.
type dialed struct {
	conn *Conn
	err  error
}

// NewDialer makes a dialer. Connect may be left out: DialContext says where to.
// NewHandler is the package's. Count, 1,024 by default, is how many connections
// there may be at once. Errors: as Core.RegisterClientManual.
func NewDialer(core *raon.Core, opts raon.ClientOptions) (*Dialer, error) {
	if opts.Count == 0 {
		opts.Count = 1024
	}
	if !opts.Connect.IsValid() && opts.ConnectName == "" {
		opts.Connect = raon.Addr{IP: netip.AddrPortFrom(netip.IPv6Loopback(), 1)} // never used
	}
	shape(&opts.Session)
	d := &Dialer{waiting: map[raon.SessionRef]chan dialed{}}
	opts.NewHandler = func() raon.Handler { return &handler{opened: d.opened} }
	var err error
	d.service, err = core.RegisterClientManual(opts)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Service is the service under the Dialer: for its Snapshot, and for Drain.
func (d *Dialer) Service() *raon.Service { return d.service }

// DialContext connects to an address, "127.0.0.1:80" or a path, on network "tcp" or
// "unix"; names are not looked up. It has the shape that http.Transport wants.
// Errors: those of the connect, of ctx, and raon.ErrLimit when Count are in use.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if network == "unix" {
		address = "unix://" + address
	}
	to, err := raon.ParseAddr(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	c, err := d.dial(ctx, to)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: netAddr(to), Err: err}
	}
	return c, nil
}

func (d *Dialer) dial(ctx context.Context, to raon.Addr) (*Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	answer := make(chan dialed, 1)
	d.mu.Lock() // held over both: OnConnect may come first
	ref, err := d.service.ConnectTo(to)
	if err == nil {
		d.waiting[ref] = answer
	}
	d.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case a := <-answer:
		return a.conn, a.err
	case <-ctx.Done():
	}
	if d.forget(ref) {
		_ = ref.Abort(raon.KickDisconnect) // not begun yet: opened finds nobody waiting
		return nil, ctx.Err()
	}
	if a := <-answer; a.conn != nil { // it came at the same moment
		_ = a.conn.Close()
	}
	return nil, ctx.Err()
}

// forget tells whether somebody still waited for ref.
func (d *Dialer) forget(ref raon.SessionRef) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.waiting[ref]
	delete(d.waiting, ref)
	return ok
}

// opened hands a connection to whom it is for. On its worker.
func (d *Dialer) opened(s *raon.Session, c *Conn, err error) {
	d.mu.Lock()
	answer := d.waiting[s.Ref()]
	delete(d.waiting, s.Ref())
	d.mu.Unlock()
	switch {
	case answer != nil:
		answer <- dialed{c, err}
	case err == nil:
		s.Abort(raon.KickDisconnect)
	}
}

// drainTime is what connections have to end when their Dialer is closed.
const drainTime = 10 * time.Second

// Close ends the service without waiting: nothing can be dialed any more, and
// connections that are still there after 10 s are reset. Errors: none.
func (d *Dialer) Close() error {
	d.service.Drain(drainTime)
	return nil
}
