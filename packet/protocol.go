package packet

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/raon-engine/raon"
	"github.com/raon-engine/raon/internal/invariant"
)

// Protocol is one end's view of a protocol: the table of its messages and what is
// done with them. S is the application's state of one session. It is filled by
// one goroutine, with Handle and Define; from Handlers on it does not change, and
// any number of services, cores and goroutines may use it.
type Protocol[S any] struct {
	table
	hooks   Hooks[S]
	pages   [256]*[256]*entry[S] // by the id's high byte, then its low one
	budgets int                  // how many instants a session needs
	links   links[S]
}

// table is what does not depend on S.
type table struct {
	opts   Options
	header header
	total  budget
	began  time.Time
	faults []error
	sealed bool
	rows   []row

	mu     sync.Mutex
	shards map[place]*shard
}

// row is one message, as its counters and errors know it.
type row struct {
	spec    Spec
	scratch func() any // makes a worker's own M, for decoding into; and for Scratch
}

// Hooks are the callbacks of a Protocol's sessions; nil is nothing. All of them
// run on the session's worker, as raon.Handler's do.
type Hooks[S any] struct {
	// OnConnect begins a connection: packets may be sent from here on. With Control
	// both ends have said hello.
	OnConnect func(c *Conn[S])

	// OnConnectFailed is for clients whose connect failed, or whose server said no:
	// then err is a *KickedError. Nothing follows.
	OnConnectFailed func(c *Conn[S], err error)

	// OnSuspend is with Resume: the connection is lost, or with KickSuperseded taken
	// over by a newer one of the same peer, and its state stays. It is followed by
	// OnResume, with another Conn and mostly on another worker, or by OnExpire; not by
	// OnDisconnect. c is not to be remembered, and nothing can be sent until OnResume.
	OnSuspend func(c *Conn[S], reason raon.KickReason, err error)

	// OnResume begins a connection that goes on with the state of an earlier one. What
	// either end had not got is on its way, and comes before what is sent from here on.
	OnResume func(c *Conn[S])

	// OnExpire ends a suspended state that is not resumed: on one of the workers, as a
	// callback of nobody. On a client it is when the server does not know it any more.
	// What is suspended when the core ends is not told.
	OnExpire func(state *S)

	// OnUnresumable tells that the connection cannot be resumed any more: ReplayBytes
	// did not hold what the peer had not acknowledged. It is called inside Send.
	OnUnresumable func(c *Conn[S])

	// OnDisconnect ends a connection, once for every OnConnect. After
	// KickPacketError and KickFlood err is an *Error; if the peer said why it ended
	// the connection, a *KickedError.
	OnDisconnect func(c *Conn[S], reason raon.KickReason, err error)

	// OnSend is told of each packet that the kernel has taken: its id and its
	// bytes, header included, but for the engine's own. Without it the engine does
	// not look at packets one by one when it releases them.
	OnSend func(c *Conn[S], id uint16, bytes int)
}

// NewProtocol makes a Protocol without messages. Faults of opts wait for Handlers.
func NewProtocol[S any](opts Options, hooks Hooks[S]) *Protocol[S] {
	p := &Protocol[S]{hooks: hooks}
	var err error
	p.opts, p.header, err = opts.normalized()
	p.fault(err)
	p.began, p.shards = time.Now(), map[place]*shard{}
	p.links.init(p)
	if p.total = p.opts.Rate.budget(0); p.total.slot == 0 {
		p.budgets = 1
	}
	return p
}

// Handlers ends the filling and gives the NewHandler for raon.ServerOptions or
// raon.ClientOptions. Errors: every fault of the options and of all messages at
// once.
func (p *Protocol[S]) Handlers() (func() raon.Handler, error) {
	p.sealed = true
	if err := errors.Join(p.faults...); err != nil {
		return nil, err
	}
	return p.newHandler, nil
}

// ForEach runs fn for every connection of the service that is between OnConnect
// and its end, as raon.Service.ForEach does. The service's handlers have to be p's.
func (p *Protocol[S]) ForEach(service *raon.Service, fn func(c *Conn[S])) error {
	return service.ForEach(func(s *raon.Session) {
		if c := ConnOf[S](s); c.open && !s.Ending() {
			fn(c)
		}
	})
}

func (p *Protocol[S]) newHandler() raon.Handler {
	if p.hooks.OnSend != nil {
		h := new(sendHandler[S])
		h.conn.init(p)
		return h
	}
	h := new(handler[S])
	h.conn.init(p)
	return h
}

// fault keeps what is wrong until Handlers.
func (t *table) fault(err error) {
	if err != nil {
		t.faults = append(t.faults, err)
	}
}

// add enters a message into the table, or keeps its faults. It gives the index of
// its row and whether it has one.
func (t *table) add(spec Spec, codec any, handled bool, scratch func() any) (int, bool) {
	invariant.Check(!t.sealed, "packet: a message added to a Protocol after Handlers")
	err := spec.check(&t.header, handled)
	if err == nil {
		err = spec.fit(codec)
	}
	if err == nil {
		err = t.taken(spec)
	}
	if err != nil {
		t.fault(fmt.Errorf("message %d %q: %w", spec.ID, spec.Name, err))
		return 0, false
	}
	t.rows = append(t.rows, row{spec, scratch})
	return len(t.rows) - 1, true
}

// taken tells which message has the id or the name of spec already.
func (t *table) taken(spec Spec) error {
	for i := range t.rows {
		other := &t.rows[i].spec
		if other.Name == spec.Name {
			return fmt.Errorf("message %d has that name", other.ID)
		}
		if other.ID == spec.ID && (t.header.id || other.Direction&spec.Direction != 0) {
			return fmt.Errorf("%q has that id", other.Name)
		}
	}
	return nil
}

// error names the packet of that id.
func (t *table) error(id uint16, cause error) *Error {
	for i := range t.rows {
		if t.rows[i].spec.ID == id {
			return &Error{ID: id, Name: t.rows[i].spec.Name, Err: cause}
		}
	}
	return &Error{ID: id, Err: cause}
}
