package raon_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/raon-engine/raon"
)

// optionCase is a SocketOptions with one field set, and what the socket then
// reads back.
type optionCase struct {
	set     raon.SocketOptions
	opt     raon.Option
	want    int
	doubles bool                 // Linux reads back twice the value
	needs   func(raon.Caps) bool // nil: nothing
}

func keepAliveSet(c raon.Caps) bool { return c.KeepAliveSet }

var optionCases = map[string]optionCase{
	"default no-delay":    {raon.SocketOptions{}, raon.OptNoDelay, 1, false, nil},
	"default keep-alive":  {raon.SocketOptions{}, raon.OptKeepAlive, 0, false, nil},
	"Nagle":               {raon.SocketOptions{Nagle: true}, raon.OptNoDelay, 0, false, nil},
	"SendBufferBytes":     {raon.SocketOptions{SendBufferBytes: 40 << 10}, raon.OptSendBufferBytes, 40 << 10, true, nil},
	"RecvBufferBytes":     {raon.SocketOptions{RecvBufferBytes: 40 << 10}, raon.OptRecvBufferBytes, 40 << 10, true, nil},
	"keep-alive":          {raon.SocketOptions{KeepAliveIdle: time.Minute}, raon.OptKeepAlive, 1, false, nil},
	"KeepAliveIdle":       {raon.SocketOptions{KeepAliveIdle: time.Minute}, raon.OptKeepAliveIdleS, 60, false, keepAliveSet},
	"KeepAliveInterval":   {raon.SocketOptions{KeepAliveIdle: time.Minute, KeepAliveInterval: 7 * time.Second}, raon.OptKeepAliveIntervalS, 7, false, keepAliveSet},
	"KeepAliveCount":      {raon.SocketOptions{KeepAliveIdle: time.Minute, KeepAliveCount: 4}, raon.OptKeepAliveCount, 4, false, keepAliveSet},
	"UserTimeout":         {raon.SocketOptions{UserTimeout: 1234 * time.Millisecond}, raon.OptUserTimeoutMs, 1234, false, func(c raon.Caps) bool { return c.UserTimeout }},
	"default UserTimeout": {raon.SocketOptions{}, raon.OptUserTimeoutMs, 0, false, func(c raon.Caps) bool { return c.UserTimeout }},
}

// TestSocketOptionsAreSetOnBothEnds connects with each option and reads it back
// from the sockets.
func TestSocketOptionsAreSetOnBothEnds(t *testing.T) {
	for name, c := range optionCases {
		t.Run(name, func(t *testing.T) {
			forEachDriver(t, func(t *testing.T, st *stage) {
				core := st.core(raon.CoreOptions{})
				limits := raon.SessionOptions{Socket: c.set}
				server := st.serve(core, raon.ServerOptions{Session: limits}, nil)
				client := st.dial(core, server.addr(), raon.ClientOptions{Session: limits}, nil).peer(0)
				if c.needs != nil && !c.needs(st.caps()) {
					if c.set != (raon.SocketOptions{}) {
						client.await(t, "the refusal", func() bool { return client.failed != nil })
						mustBe(t, "OnConnect", client.failed, raon.ErrNotSupported)
					}
					return
				}
				c.check(client)
				c.check(server.peer(0))
			})
		})
	}
}

func (c *optionCase) check(p *peer) {
	p.t.Helper()
	p.do(func(s *raon.Session) {
		got, err := s.Option(c.opt)
		if err != nil || got != c.want && !(c.doubles && got == 2*c.want) {
			p.t.Errorf("%v of a %v session reads %d, %v, want %d", c.opt, s.Service().Type(), got, err, c.want)
		}
	})
}

// TestSessionSetsOptions changes the options of a living connection.
func TestSessionSetsOptions(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		core := st.core(raon.CoreOptions{})
		server := st.serve(core, raon.ServerOptions{}, echo)
		client := echoOnce(st, core, server.addr())
		client.do(func(s *raon.Session) {
			for opt, value := range map[raon.Option]int{raon.OptNoDelay: 0, raon.OptKeepAlive: 1, raon.OptLingerS: 3} {
				mustBe(t, fmt.Sprintf("SetOption %v", opt), s.SetOption(opt, value), nil)
				if got, err := s.Option(opt); err != nil || got != value {
					t.Errorf("%v was set to %d and reads %d, %v", opt, value, got, err)
				}
			}
			mustBe(t, "SetOption of none", s.SetOption(raon.Option(200), 1), raon.ErrNotSupported)
			_, err := s.Option(raon.Option(200))
			mustBe(t, "Option of none", err, raon.ErrNotSupported)
		})
	})
}

// TestUnixSocketsTakeTheOptionsTheyHave sets everything on a service of unix
// sockets, which have buffers and none of TCP's options.
func TestUnixSocketsTakeTheOptionsTheyHave(t *testing.T) {
	forEachDriver(t, func(t *testing.T, st *stage) {
		if !st.caps().Unix {
			return // TestUnixSocket asserts that
		}
		core := st.core(raon.CoreOptions{})
		limits := raon.SessionOptions{Socket: raon.SocketOptions{
			SendBufferBytes: 40 << 10, RecvBufferBytes: 40 << 10,
			KeepAliveIdle: time.Minute, KeepAliveInterval: time.Second, KeepAliveCount: 3, UserTimeout: time.Second,
		}}
		addr := st.addr("unix://" + filepath.Join(t.TempDir(), "raon.sock"))
		server := st.serve(core, raon.ServerOptions{Listen: []raon.Addr{addr}, Session: limits}, nil)
		client := st.dial(core, addr, raon.ClientOptions{Session: limits}, nil).peer(0)
		for _, p := range []*peer{client, server.peer(0)} {
			p.do(func(s *raon.Session) {
				if got, err := s.Option(raon.OptSendBufferBytes); err != nil || got != 40<<10 && got != 80<<10 {
					t.Errorf("the send buffer has %d bytes, %v", got, err)
				}
				_, err := s.Option(raon.OptNoDelay)
				mustBe(t, "no-delay of a unix socket", err, raon.ErrNotSupported)
			})
		}
	})
}
