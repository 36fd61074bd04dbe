package netconn

import (
	"net"
	"sync"

	"github.com/raon-engine/raon"
)

// Listener is a server service as a net.Listener.
type Listener struct {
	service *raon.Service
	addr    net.Addr
	conns   chan *Conn    // opened and not yet accepted; room for every session
	quit    chan struct{} // closed by Close
	once    sync.Once
}

// Listen makes a server of which every connection is a Conn. NewHandler is the
// package's; everything else in opts holds. Errors: as Core.RegisterServer.
func Listen(core *raon.Core, opts raon.ServerOptions) (*Listener, error) {
	if opts.MaxSessions == 0 {
		opts.MaxSessions = 10_000
	}
	shape(&opts.Session)
	l := &Listener{conns: make(chan *Conn, max(opts.MaxSessions, 0)), quit: make(chan struct{})}
	opts.NewHandler = func() raon.Handler { return &handler{opened: l.opened} }
	s, err := core.RegisterServer(opts)
	if err != nil {
		return nil, err
	}
	l.service, l.addr = s, netAddr(s.Addrs()[0])
	return l, nil
}

// opened queues a connection for Accept. On its worker.
func (l *Listener) opened(s *raon.Session, c *Conn, _ error) {
	select {
	case <-l.quit:
		s.Abort(raon.KickRejected)
	case l.conns <- c:
	default: // those that have ended wait for Accept too
		s.Abort(raon.KickRejected)
	}
}

// Accept waits for a connection. Errors: net.ErrClosed.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case <-l.quit:
	default:
		select {
		case c := <-l.conns:
			return c, nil
		case <-l.quit:
		}
	}
	return nil, &net.OpError{Op: "accept", Net: l.addr.Network(), Addr: l.addr, Err: net.ErrClosed}
}

// Close stops listening, and closes the connections that nobody has accepted; the
// others live on. Errors: net.ErrClosed.
func (l *Listener) Close() error {
	err := error(&net.OpError{Op: "close", Net: l.addr.Network(), Addr: l.addr, Err: net.ErrClosed})
	l.once.Do(func() {
		close(l.quit)
		l.service.StopAccepting()
		err = nil
		for {
			select {
			case c := <-l.conns:
				_ = c.Close() // nobody else has it
			default:
				return
			}
		}
	})
	return err
}

// Addr is where it listens.
func (l *Listener) Addr() net.Addr { return l.addr }

// Service is the service under the Listener: for its Snapshot, and for Drain.
func (l *Listener) Service() *raon.Service { return l.service }
