package sim

import "github.com/raon-engine/raon/internal/port"

// options are the socket options of a socket or listener, by port.Option. An
// accepted socket begins with its listener's.
type options [port.Options]int

// The sizes that a kernel buffer can be set to. Options.SocketBufferBytes may
// be smaller.
const (
	minSocketBufferBytes = 1 << 10
	maxSocketBufferBytes = 4 << 20
)

// newOptions are those of a new socket, the numbers those of Linux.
func (w *World) newOptions() options {
	return options{
		port.OptSendBufferBytes:    w.opts.SocketBufferBytes,
		port.OptRecvBufferBytes:    w.opts.SocketBufferBytes,
		port.OptKeepAliveIdleS:     7200,
		port.OptKeepAliveIntervalS: 75,
		port.OptKeepAliveCount:     9,
		port.OptLingerS:            -1,
	}
}

// optionsOf are the options of a resource and where it is; nil if it is no
// socket.
func optionsOf(r resource) (o *options, unix bool) {
	switch s := r.(type) {
	case *stream:
		return &s.options, s.unix
	case *listener:
		return &s.options, s.addr.IsUnix()
	}
	return nil, false
}

// hasOption tells whether a socket has the option; unix sockets have none of
// TCP's and IP's.
func hasOption(opt port.Option, unix bool) bool {
	switch opt {
	case port.OptSendBufferBytes, port.OptRecvBufferBytes, port.OptKeepAlive,
		port.OptReuseAddr, port.OptReusePort, port.OptLingerS:
		return true
	}
	return opt < port.Options && !unix
}

// admissible is value as a socket keeps it, and whether it may be set at all.
func admissible(opt port.Option, value int) (kept int, ok bool) {
	switch opt {
	case port.OptSendBufferBytes, port.OptRecvBufferBytes:
		return min(max(value, minSocketBufferBytes), maxSocketBufferBytes), true
	case port.OptNoDelay, port.OptKeepAlive, port.OptReuseAddr, port.OptReusePort, port.OptV6Only:
		if value != 0 {
			value = 1
		}
		return value, true
	case port.OptLingerS:
		return max(value, -1), true
	case port.OptUserTimeoutMs:
		return value, value >= 0
	}
	return value, value >= 1 // the keep-alive numbers
}

func (w *World) setOption(h port.Handle, opt port.Option, value int) (outcome, cause error) {
	o, unix := optionsOf(w.handles.get(h))
	if o == nil {
		return w.notASocket(h)
	}
	if !hasOption(opt, unix) {
		return port.ErrNotSupported, nil
	}
	kept, ok := admissible(opt, value)
	if !ok {
		return port.ErrFailed, errInvalid
	}
	o[opt] = kept
	return nil, nil
}

func (w *World) option(h port.Handle, opt port.Option) (value int, outcome, cause error) {
	o, unix := optionsOf(w.handles.get(h))
	if o == nil {
		outcome, cause = w.notASocket(h)
		return 0, outcome, cause
	}
	if !hasOption(opt, unix) {
		return 0, port.ErrNotSupported, nil
	}
	return o[opt], nil, nil
}

// notASocket is how a call for sockets ends on anything else.
func (w *World) notASocket(h port.Handle) (outcome, cause error) {
	if w.handles.get(h) == nil {
		return port.ErrClosed, errBadHandle
	}
	return port.ErrNotSupported, nil
}
