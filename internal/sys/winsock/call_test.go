//go:build windows

package winsock

import (
	"bytes"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/invariant"
	"github.com/raon-engine/raon/internal/port"
)

func TestRoundTrips(t *testing.T) {
	for _, host := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(host, func(t *testing.T) {
			r := newRig(t)
			if host[0] == '[' && !r.s.Caps().IPv6 {
				t.Skip("no IPv6")
			}
			client, server := r.pair(host)
			for _, text := range []string{"a", "hello", string(make([]byte, 100_000))} {
				r.send(client, text)
				if got := r.received(server, len(text)); got != text {
					t.Errorf("%d bytes arrived that are others", len(got))
				}
				r.send(server, text)
				if got := r.received(client, len(text)); got != text {
					t.Errorf("%d bytes came back that are others", len(got))
				}
			}
		})
	}
}

func TestSendGathersAsManyAsItMay(t *testing.T) {
	r := newRig(t)
	client, server := r.pair("127.0.0.1:0")
	b := memory(t, port.MaxGather*3)
	var bufs []windows.WSABuf
	for i := range port.MaxGather {
		p := b[3*i : 3*i+3]
		copy(p, []byte{byte(i), 'r', 'a'})
		bufs = append(bufs, piece(p[:3-i%2])) // some shorter
	}
	var want []byte
	for i, buf := range bufs {
		want = append(want, b[3*i:3*i+int(buf.Len)]...)
	}
	ov := record(t)
	_, errno := Send(client, bufs, ov)
	clear(bufs) // the array is the caller's again
	if n, errno := r.end(ov, errno); n != len(want) || errno != 0 {
		t.Fatalf("sent %d of %d, %v", n, len(want), errno)
	}
	if got := r.received(server, len(want)); got != string(want) {
		t.Errorf("%q arrived", got)
	}
}

func TestSendOfTooManyPanics(t *testing.T) {
	defer func() {
		if _, violated := recover().(invariant.Violation); !violated {
			t.Error("no panic")
		}
	}()
	Send(windows.InvalidHandle, make([]windows.WSABuf, port.MaxGather+1), record(t))
}

func TestRecvOfNothing(t *testing.T) {
	r := newRig(t)
	client, server := r.pair("127.0.0.1:0")
	p := make([]byte, 8)
	if n, errno := Recv(client, p); n != 0 || errno != windows.WSAEWOULDBLOCK {
		t.Errorf("receiving nothing: %d, %v", n, errno)
	}
	if errno := Shutdown(server); errno != 0 {
		t.Fatal(errno)
	}
	if errno := r.readable(client); errno != 0 {
		t.Fatalf("waiting for the end: %v", errno)
	}
	for range 2 {
		if n, errno := Recv(client, p); n != 0 || errno != 0 {
			t.Errorf("at the end: %d, %v", n, errno)
		}
	}
}

func TestRecvZeroTakesNothing(t *testing.T) {
	r := newRig(t)
	client, server := r.pair("127.0.0.1:0")
	r.send(server, "xyz")
	for range 3 {
		if errno := r.readable(client); errno != 0 {
			t.Fatal(errno)
		}
	}
	if got := r.received(client, 3); got != "xyz" {
		t.Errorf("%q is left", got)
	}
}

func TestCancel(t *testing.T) {
	r := newRig(t)
	client, _ := r.pair("127.0.0.1:0")
	ov := record(t)
	if errno := Cancel(client, ov); errno != windows.ERROR_NOT_FOUND {
		t.Errorf("canceling nothing: %v", errno)
	}
	for _, which := range []*windows.Overlapped{ov, nil} {
		if errno := RecvZero(client, ov); errno != Pending {
			t.Fatal(errno)
		}
		if Status(ov) != Pending {
			t.Errorf("the status of a pending operation is %v", Status(ov))
		}
		if errno := Cancel(client, which); errno != 0 {
			t.Errorf("canceling: %v", errno)
		}
		_, errno := r.packet(ov)
		if errno != windows.ERROR_OPERATION_ABORTED || !Canceled(errno) || Outcome(errno) != port.ErrCanceled {
			t.Errorf("a canceled operation ended with %v", errno)
		}
	}
	r.quiet()
}

// stuff sends until the connection takes no more, and returns the send that is
// pending.
func stuff(r *rig, h windows.Handle) *windows.Overlapped {
	r.t.Helper()
	b := memory(r.t, 1<<20)
	for range 256 {
		ov := record(r.t)
		_, errno := Send(h, []windows.WSABuf{piece(b)}, ov)
		switch errno {
		case Pending:
			return ov
		case 0:
			r.packet(ov)
		default:
			r.t.Fatal(errno)
		}
	}
	r.t.Fatal("a connection takes everything though nobody receives")
	return nil
}

func TestCancelSend(t *testing.T) {
	r := newRig(t)
	client, _ := r.pair("127.0.0.1:0")
	ov := stuff(r, client)
	if errno := Cancel(client, ov); errno != 0 {
		t.Fatal(errno)
	}
	if _, errno := r.packet(ov); errno != windows.ERROR_OPERATION_ABORTED {
		t.Errorf("a canceled send ended with %v", errno)
	}
}

func TestResetWhilePending(t *testing.T) {
	r := newRig(t)
	client, server := r.pair("127.0.0.1:0")
	recv, send := record(t), stuff(r, client)
	if errno := RecvZero(client, recv); errno != Pending {
		t.Fatal(errno)
	}
	r.close(server, true)
	for what, ov := range map[string]*windows.Overlapped{"recv": recv, "send": send} {
		_, errno := r.packet(ov)
		if errno != windows.ERROR_NETNAME_DELETED || Outcome(errno) != port.ErrReset || AcceptVerdict(errno) != AcceptDead {
			t.Errorf("a %s ended with %v (%d)", what, errno, errno)
		}
	}
}

func TestResetWhileNothingIsPending(t *testing.T) {
	r := newRig(t)
	client, server := r.pair("127.0.0.1:0")
	r.close(server, true)
	var errno syscall.Errno
	until(t, "a reset", func() bool {
		_, errno = Recv(client, make([]byte, 1))
		return errno != windows.WSAEWOULDBLOCK
	})
	if errno != windows.WSAECONNRESET || Outcome(errno) != port.ErrReset {
		t.Errorf("after a reset a recv says %v (%d)", errno, errno)
	}
	if _, errno := Send(client, []windows.WSABuf{piece([]byte("x"))}, record(t)); Outcome(errno) != port.ErrReset &&
		Outcome(errno) != port.ErrAborted {
		t.Errorf("after a reset a send says %v (%d)", errno, errno)
	}
}

func TestShutdown(t *testing.T) {
	r := newRig(t)
	client, server := r.pair("127.0.0.1:0")
	fresh := r.socket(mustAddr(t, "127.0.0.1:1"))
	if errno := Shutdown(fresh); errno != windows.WSAENOTCONN || Outcome(errno) != port.ErrClosed {
		t.Errorf("shutting down what is not connected: %v", errno)
	}
	if errno := Shutdown(client); errno != 0 {
		t.Fatal(errno)
	}
	if _, errno := Send(client, []windows.WSABuf{piece([]byte("x"))}, record(t)); errno != windows.WSAESHUTDOWN {
		t.Errorf("sending after shutdown: %v", errno)
	}
	r.send(server, "still")
	if got := r.received(client, 5); got != "still" {
		t.Errorf("received %q after shutdown", got)
	}
}

func TestCallsOnNoHandle(t *testing.T) {
	newRig(t)
	const none = windows.Handle(0x0ffffff0) // InvalidHandle is also this process
	ov := record(t)
	_, recv := Recv(none, make([]byte, 1))
	_, send := Send(none, []windows.WSABuf{piece([]byte("x"))}, ov)
	raw := rawAddr(t, mustAddr(t, "127.0.0.1:1"))
	for what, errno := range map[string]syscall.Errno{
		"recv": recv, "send": send, "recv zero": RecvZero(none, ov), "shutdown": Shutdown(none),
		"accept": AcceptEx(none, none, &memory(t, AddrBytes)[0], ov), "connect": ConnectEx(none, raw, ov),
		"cancel": Cancel(none, ov),
	} {
		if Outcome(errno) != port.ErrClosed {
			t.Errorf("%s: %v (%d), want ErrClosed", what, errno, errno)
		}
	}
}

// TestMessageTooLong provokes WSAEMSGSIZE, and the same as a status, by datagrams
// longer than there is room for.
func TestMessageTooLong(t *testing.T) {
	r := newRig(t)
	h, err := windows.WSASocket(windows.AF_INET, windows.SOCK_DGRAM, windows.IPPROTO_UDP, nil, 0, windows.WSA_FLAG_OVERLAPPED)
	if err != nil {
		t.Fatal(err)
	}
	r.closing(r.associated(h))
	own := rawAddr(t, mustAddr(t, "127.0.0.1:0"))
	if errno := bind(h, own); errno != 0 {
		t.Fatal(errno)
	}
	if errno := name(procGetSockName, h, own); errno != 0 {
		t.Fatal(errno)
	}
	to := &windows.SockaddrInet4{Port: int(own.Addr().IP.Port()), Addr: [4]byte{127, 0, 0, 1}}
	if err := windows.Connect(h, to); err != nil {
		t.Fatal(err)
	}
	ov, p := record(t), memory(t, 4)
	buf, flags := piece(p), uint32(0)
	if err := windows.WSARecv(h, &buf, 1, nil, &flags, ov, nil); number(err) != Pending {
		t.Fatal(err)
	}
	for range 2 {
		r.send(h, "12345678")
	}
	if n, errno := r.packet(ov); n != 4 || errno != windows.ERROR_MORE_DATA || !bytes.Equal(p, []byte("1234")) {
		t.Errorf("received %d bytes, %q: %v (%d)", n, p, errno, errno)
	}
	until(t, "a datagram", func() bool {
		_, errno := Recv(h, p)
		if errno != windows.WSAEWOULDBLOCK && errno != windows.WSAEMSGSIZE {
			t.Fatalf("%v (%d), want WSAEMSGSIZE", errno, errno)
		}
		return errno == windows.WSAEMSGSIZE
	})
}
