//go:build linux

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"
)

const (
	startLimit = 10 * time.Second
	firstPort  = 17000 // below the ports that connects are given
	lastPort   = 31999
)

// ports hands out each port once: an io_uring server holds its own for a moment
// after its end.
type ports struct{ last int }

func (p *ports) next() (string, error) {
	p.last = max(p.last, firstPort-1)
	for p.last < lastPort {
		p.last++
		addr := fmt.Sprintf("127.0.0.1:%d", p.last)
		l, err := net.Listen("tcp", addr)
		if err == nil {
			return addr, l.Close()
		}
	}
	return "", errors.New("no free port")
}

// process is a running server, a child of this one.
type process struct {
	addr  string
	cmd   *exec.Cmd
	ended chan struct{} // closed once the child was waited for
}

// serverCommand is how a server is started, on one loop.
func serverCommand(binary string, s server, mode, addr string) *exec.Cmd {
	args := append([]string{"-addr", addr, "-mode", mode, "-procs", "1"}, s.args...)
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), s.env...)
	cmd.Stderr = os.Stderr
	return cmd
}

// awaitServer takes over a started child and returns once it accepts.
func awaitServer(cmd *exec.Cmd, addr string) (*process, error) {
	p := &process{addr: addr, cmd: cmd, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ends says nothing
		close(p.ended)
	}()
	if err := p.accepts(); err != nil {
		p.stop()
		return nil, fmt.Errorf("%s: %w", cmd.Path, err)
	}
	return p, nil
}

// accepts connects until it works. The thread of the caller is the one whose
// network the server is in.
func (p *process) accepts() error {
	end := time.Now().Add(startLimit)
	for {
		c, err := net.DialTimeout("tcp", p.addr, time.Second)
		if err == nil {
			return c.Close()
		}
		select {
		case <-p.ended:
			return errors.New("ended at its start")
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(end) {
			return err
		}
	}
}

// stop kills the child and waits for its end. Kill fails when it has ended.
func (p *process) stop() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}
