package raon

import (
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"
)

// faults checks that err names every word and nothing was refused without one.
func faults(t *testing.T, what string, err error, words ...string) {
	t.Helper()
	if len(words) == 0 {
		if err != nil {
			t.Errorf("%s: refused: %v", what, err)
		}
		return
	}
	if err == nil {
		t.Errorf("%s: accepted, want a fault of %v", what, words)
		return
	}
	if n := len(strings.Split(err.Error(), "\n")); n != len(words) {
		t.Errorf("%s: %d faults, want %d:\n%v", what, n, len(words), err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: %q is not named in:\n%v", what, w, err)
		}
	}
}

func TestCoreOptionsFaults(t *testing.T) {
	for what, c := range map[string]struct {
		opts  CoreOptions
		words []string
	}{
		"zero":          {CoreOptions{}, nil},
		"manual":        {CoreOptions{Manual: true, Workers: 1}, nil},
		"manual of two": {CoreOptions{Manual: true, Workers: 2}, []string{"Workers 2"}},
		"off watchdog":  {CoreOptions{SlowHandlerMs: -1}, nil},
		"all at once": {CoreOptions{Workers: -1, InboxSize: -1, EventsPerTurn: 1 << 20, JobsPerTurn: -7, BusyPoll: -1},
			[]string{"Workers -1", "InboxSize -1", "EventsPerTurn 1048576", "JobsPerTurn -7", "BusyPoll"}},
	} {
		_, err := c.opts.normalized()
		faults(t, what, err, c.words...)
	}
}

func TestCoreOptionsDefaults(t *testing.T) {
	o, err := CoreOptions{}.normalized()
	if err != nil {
		t.Fatal(err)
	}
	if o.Workers != runtime.GOMAXPROCS(0) || o.InboxSize != 16384 || o.EventsPerTurn != 2048 || o.JobsPerTurn != 1024 ||
		o.SlowHandlerMs != 100 || o.Logger != slog.Default() {
		t.Errorf("defaults are %+v", o)
	}
	if o, _ := (CoreOptions{Manual: true}).normalized(); o.Workers != 1 {
		t.Errorf("a manual core has %d workers, want 1", o.Workers)
	}
}

func TestSessionOptionsFaults(t *testing.T) {
	for what, c := range map[string]struct {
		opts  SessionOptions
		words []string
	}{
		"zero":          {SessionOptions{}, nil},
		"small queue":   {SessionOptions{QueueBytes: 1}, nil},
		"marks swapped": {SessionOptions{HighWaterBytes: 100, LowWaterBytes: 200}, []string{"LowWaterBytes 200"}},
		"mark above":    {SessionOptions{QueueBytes: 100, HighWaterBytes: 200}, []string{"HighWaterBytes 200"}},
		"all at once": {SessionOptions{QueueBytes: -1, RecvBufferBytes: -2, StallTimeout: -3, CloseTimeout: time.Microsecond,
			HalfCloseTimeout: -1, HandshakeTimeout: -1, Policy: 99, Socket: SocketOptions{KeepAliveCount: 3}},
			[]string{"QueueBytes -1", "RecvBufferBytes -2", "StallTimeout", "CloseTimeout", "HalfCloseTimeout",
				"HandshakeTimeout", "Policy 99", "KeepAliveIdle", "LowWaterBytes"}},
	} {
		_, err := c.opts.normalized(ServiceServer)
		faults(t, what, err, c.words...)
	}
}

func TestSessionOptionsDefaults(t *testing.T) {
	l, err := SessionOptions{}.normalized(ServiceServer)
	if err != nil {
		t.Fatal(err)
	}
	if l.QueueBytes != 1<<20 || l.HighWaterBytes != 256<<10 || l.LowWaterBytes != 128<<10 || l.RecvBufferBytes != 64<<10 ||
		l.StallTimeout != 30*time.Second || l.CloseTimeout != 2*time.Second ||
		l.HalfCloseTimeout != 30*time.Second || l.HandshakeTimeout != 10*time.Second || l.Policy != QueueDisconnect {
		t.Errorf("defaults are %+v", l)
	}
	for _, c := range []struct {
		toggle Toggle
		kind   ServiceType
		reads  bool
	}{
		{Default, ServiceServer, false}, {Default, ServiceClient, true},
		{On, ServiceServer, true}, {Off, ServiceClient, false},
	} {
		l, _ := SessionOptions{ReadAboveHighWater: c.toggle}.normalized(c.kind)
		if l.readAbove != c.reads {
			t.Errorf("toggle %d on a %v: reads above high water is %v", c.toggle, c.kind, l.readAbove)
		}
	}
}

func TestSocketOptionsFaults(t *testing.T) {
	for what, c := range map[string]struct {
		opts  SocketOptions
		words []string
	}{
		"zero": {SocketOptions{}, nil},
		"all set": {SocketOptions{SendBufferBytes: 1, RecvBufferBytes: 1, Nagle: true, KeepAliveIdle: time.Minute,
			KeepAliveInterval: time.Second, KeepAliveCount: 3, UserTimeout: 1500 * time.Millisecond}, nil},
		"part of a second":      {SocketOptions{KeepAliveIdle: 1500 * time.Millisecond}, []string{"KeepAliveIdle 1.5s"}},
		"part of a millisecond": {SocketOptions{UserTimeout: 1500 * time.Microsecond}, []string{"UserTimeout 1.5ms"}},
		"interval alone":        {SocketOptions{KeepAliveInterval: time.Second}, []string{"need KeepAliveIdle"}},
		"all at once": {SocketOptions{SendBufferBytes: -1, RecvBufferBytes: -1, KeepAliveIdle: -time.Second,
			KeepAliveInterval: -time.Second, KeepAliveCount: -1, UserTimeout: -1},
			[]string{"SendBufferBytes -1", "RecvBufferBytes -1", "KeepAliveIdle", "KeepAliveInterval", "KeepAliveCount -1", "UserTimeout"}},
	} {
		faults(t, what, c.opts.validate(), c.words...)
	}
}

func TestServiceOptionsFaults(t *testing.T) {
	handler := func() Handler { return nil }
	addr, err := ParseAddr("127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		opts  ServerOptions
		words []string
	}{
		"enough":  {ServerOptions{Listen: []Addr{addr}, NewHandler: handler}, nil},
		"adopted": {ServerOptions{Adopt: []Handle{3}, NewHandler: handler}, nil},
		"zero":    {ServerOptions{}, []string{"NewHandler", "Listen"}},
		"all at once": {ServerOptions{MaxSessions: -1, Backlog: -1, DrainTimeout: -1, Session: SessionOptions{QueueBytes: -1}},
			[]string{"MaxSessions -1", "NewHandler", "Listen", "Backlog -1", "DrainTimeout", "QueueBytes -1", "LowWaterBytes"}},
	} {
		_, err := c.opts.validate()
		faults(t, "server: "+what, err, c.words...)
	}
	for what, c := range map[string]struct {
		opts  ClientOptions
		words []string
	}{
		"enough": {ClientOptions{Connect: addr, Count: 1, NewHandler: handler}, nil},
		"zero":   {ClientOptions{}, []string{"Connect", "Count 0", "NewHandler"}},
		"all at once": {ClientOptions{Connect: addr, Count: maxPool + 1, NewHandler: handler, ConnectTimeout: 1, DrainTimeout: -1},
			[]string{"Count 4194305", "ConnectTimeout", "DrainTimeout"}},
	} {
		_, err := c.opts.validate()
		faults(t, "client: "+what, err, c.words...)
	}
}
