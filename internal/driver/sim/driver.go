package sim

import (
	"io/fs"
	"net/netip"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

// driver is a process's view of a world. Any goroutine may use it.
type driver struct{ w *World }

func (d *driver) Name() string { return driverName }

func (d *driver) Caps() port.Caps {
	return port.Caps{
		Unix:         true,
		IPv6:         true,
		ReusePort:    true,
		UserTimeout:  true,
		KeepAliveSet: true,
		Files:        true,
		Detach:       true,
		FileLimit:    true,
		Virtual:      d.w.opts.Virtual,
	}
}

// NewPort makes a port. Unlike a kernel's it may move between threads, as long
// as one at a time uses it.
func (d *driver) NewPort(opts port.PortOptions) (port.Port, error) {
	return newPort(d.w, portDefaults(opts)), nil
}

func (d *driver) Listen(addr port.Addr, opts port.ListenOptions) (port.Handle, error) {
	w := d.w
	w.mu.Lock()
	defer w.mu.Unlock()
	l := &listener{addr: canonical(addr), options: w.newOptions(), backlog: defaultBacklog}
	l.world = w
	l.options[port.OptReuseAddr] = 1
	if opts.Backlog > 0 {
		l.backlog = min(opts.Backlog, maxBacklog)
	}
	if opts.ReusePort {
		l.options[port.OptReusePort] = 1
	}
	if opts.V6Only {
		l.options[port.OptV6Only] = 1
	}
	outcome := port.ErrTooManyFiles
	switch {
	case !addr.IsValid():
		outcome = port.ErrBadAddr
	case !w.handles.full():
		outcome = w.net.bind(l)
	}
	if outcome != nil {
		return port.NoHandle, fail("listen", outcome, nil, addr.String())
	}
	return w.handles.add(l), nil
}

func (d *driver) Socket(addr port.Addr) (port.Handle, error) {
	w := d.w
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !addr.IsValid():
		return port.NoHandle, fail("socket", port.ErrBadAddr, nil, addr.String())
	case w.handles.full():
		return port.NoHandle, fail("socket", port.ErrTooManyFiles, nil, addr.String())
	}
	s := &stream{options: w.newOptions(), unix: addr.IsUnix()}
	s.world = w
	if ip := canonical(addr).IP.Addr(); ip.Is4() {
		s.local.IP = netip.AddrPortFrom(netip.IPv4Unspecified(), 0)
	} else if ip.Is6() {
		s.local.IP = netip.AddrPortFrom(netip.IPv6Unspecified(), 0)
	}
	return w.handles.add(s), nil
}

func (d *driver) OpenFile(path string, flag int, perm fs.FileMode) (port.Handle, error) {
	w := d.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.handles.full() {
		return port.NoHandle, fail("open", port.ErrTooManyFiles, nil, path)
	}
	f, outcome, cause := w.disk.open(path, flag)
	if outcome != nil {
		return port.NoHandle, fail("open", outcome, cause, path)
	}
	f.world = w
	return w.handles.add(f), nil
}

func (d *driver) SetOption(h port.Handle, opt port.Option, value int) error {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	outcome, cause := d.w.setOption(h, opt, value)
	if outcome != nil {
		return fail("set option", outcome, cause, opt.String())
	}
	return nil
}

func (d *driver) Option(h port.Handle, opt port.Option) (int, error) {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	value, outcome, cause := d.w.option(h, opt)
	if outcome != nil {
		return 0, fail("get option", outcome, cause, opt.String())
	}
	return value, nil
}

// LocalAddr is the zero Addr for a unix socket that connects: it has no name.
func (d *driver) LocalAddr(h port.Handle) (port.Addr, error) {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	switch r := d.w.handles.get(h).(type) {
	case *stream:
		return r.local, nil
	case *listener:
		return r.addr, nil
	}
	outcome, cause := d.w.notASocket(h)
	return port.Addr{}, fail("local address", outcome, cause, "")
}

// PeerAddr is an error once the connection was reset or both ends have
// finished, as getpeername(2) in Linux has it.
func (d *driver) PeerAddr(h port.Handle) (port.Addr, error) {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	outcome, cause := port.ErrClosed, errNotConnected
	switch r := d.w.handles.get(h).(type) {
	case *stream:
		if r.connected() {
			return r.peer, nil
		}
	case *listener:
	default:
		outcome, cause = d.w.notASocket(h)
	}
	return port.Addr{}, fail("peer address", outcome, cause, "")
}

// CloseHandle panics if h is attached: its port would close it a second time.
func (d *driver) CloseHandle(h port.Handle, abort bool) error {
	d.w.mu.Lock()
	defer d.w.mu.Unlock()
	r := d.w.handles.get(h)
	if r == nil {
		return fail("close", port.ErrClosed, errBadHandle, "")
	}
	invariant.Check(r.base().owner == nil, "sim: CloseHandle of an attached handle")
	d.w.clock.look()
	d.w.closeHandle(r, abort)
	return nil
}
