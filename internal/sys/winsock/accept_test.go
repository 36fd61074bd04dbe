//go:build windows

package winsock

import (
	"syscall"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

func TestAcceptVerdicts(t *testing.T) {
	for errno, want := range map[syscall.Errno]Verdict{
		0:  AcceptOK,
		59: AcceptDead, 64: AcceptDead, 121: AcceptDead, 1225: AcceptDead, 1236: AcceptDead,
		10053: AcceptDead, 10054: AcceptDead, 10057: AcceptDead, 10060: AcceptDead,
		4: AcceptFull, 8: AcceptFull, 14: AcceptFull, 1450: AcceptFull, 1455: AcceptFull, 10024: AcceptFull, 10055: AcceptFull,
		6: AcceptBroken, 995: AcceptBroken, 10022: AcceptBroken, 10038: AcceptBroken, 10045: AcceptBroken,
	} {
		if got := AcceptVerdict(errno); got != want {
			t.Errorf("AcceptVerdict(%d) = %d, want %d", errno, got, want)
		}
	}
}

func TestAcceptMany(t *testing.T) {
	r := newRig(t)
	l, addr := r.listening("127.0.0.1:0", port.ListenOptions{})
	r.associated(l)
	var accepts []posted
	for range 8 {
		accepts = append(accepts, r.accept(l))
	}
	peers := map[port.Addr]bool{}
	for range accepts {
		h, ov := r.socket(addr), record(t)
		if _, errno := r.end(ov, ConnectEx(h, rawAddr(t, addr), ov)); errno != 0 {
			t.Fatal(errno)
		}
		if errno := UpdateConnect(h); errno != 0 {
			t.Fatal(errno)
		}
		local, err := r.s.LocalAddr(port.Handle(h))
		if err != nil {
			t.Fatal(err)
		}
		peers[local] = true
	}
	for _, a := range accepts {
		if _, errno := r.packet(a.ov); errno != 0 {
			t.Fatal(errno)
		}
		if errno := UpdateAccept(l, a.conn); errno != 0 {
			t.Fatal(errno)
		}
		peer, err := r.s.PeerAddr(port.Handle(a.conn))
		if err != nil || !peers[peer] {
			t.Errorf("the peer is %v, %v, who never connected", peer, err)
		}
		delete(peers, peer)
	}
}

func TestAcceptEndsWithoutAConnection(t *testing.T) {
	for what, end := range map[string]func(r *rig, l windows.Handle, a posted){
		"cancel":   func(_ *rig, l windows.Handle, a posted) { Cancel(l, a.ov) },
		"all":      func(_ *rig, l windows.Handle, a posted) { Cancel(l, nil) },
		"listener": func(r *rig, l windows.Handle, a posted) { r.close(l, false) },
	} {
		t.Run(what, func(t *testing.T) {
			r := newRig(t)
			l, _ := r.listening("127.0.0.1:0", port.ListenOptions{})
			a := r.accept(r.associated(l))
			end(r, l, a)
			_, errno := r.packet(a.ov)
			if !Canceled(errno) || AcceptVerdict(errno) == AcceptFull || errno == 0 {
				t.Errorf("ended with %v (%d)", errno, errno)
			}
		})
	}
}

// TestAcceptOfTheDead resets a connection that waits to be accepted.
func TestAcceptOfTheDead(t *testing.T) {
	r := newRig(t)
	l, addr := r.listening("127.0.0.1:0", port.ListenOptions{})
	r.associated(l)
	h, ov := r.socket(addr), record(t)
	if _, errno := r.end(ov, ConnectEx(h, rawAddr(t, addr), ov)); errno != 0 {
		t.Fatal(errno)
	}
	r.close(h, true)
	a := r.accept(l)
	_, errno := r.packet(a.ov)
	if errno == 0 { // then it is the socket that knows
		errno = UpdateAccept(l, a.conn)
	}
	t.Logf("a connection that is dead: %v (%d)", errno, errno)
	if errno != 0 && AcceptVerdict(errno) != AcceptDead {
		t.Errorf("a dead connection means %d for the listener: %v (%d)", AcceptVerdict(errno), errno, errno)
	}
}

func TestAcceptSocketsAreLikeTheirListener(t *testing.T) {
	r := newRig(t)
	hosts := []string{"127.0.0.1:0"}
	if r.s.Caps().IPv6 {
		hosts = append(hosts, "[::1]:0")
	}
	for _, host := range hosts {
		_, server := r.pair(host)
		if n, errno := Recv(server, make([]byte, 1)); n != 0 || errno != windows.WSAEWOULDBLOCK {
			t.Errorf("an accepted socket blocks: %d, %v", n, errno)
		}
		if inherited(t, server) {
			t.Error("an accepted socket is inherited")
		}
	}
	if _, errno := NewAcceptSocket(windows.InvalidHandle); Outcome(errno) != port.ErrClosed {
		t.Errorf("a socket like none: %v", errno)
	}
}
