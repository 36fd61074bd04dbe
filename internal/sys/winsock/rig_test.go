//go:build windows

package winsock

import (
	"runtime"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// patience is how long anything may take that is expected to happen.
const patience = 20 * time.Second

const patienceMs = uint32(patience / time.Millisecond)

// rig is a completion port, the sockets of a driver, and what a test made of
// both: it is closed at the end of the test.
type rig struct {
	t    *testing.T
	s    *Sockets
	iocp windows.Handle
	open map[windows.Handle]bool       // handles to be closed
	came map[*windows.Overlapped]Entry // packets that a test has not asked for yet
}

func newRig(t *testing.T) *rig {
	t.Helper()
	s, err := New("test")
	if err != nil {
		t.Fatal(err)
	}
	iocp, err := NewPort()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, s: s, iocp: iocp, open: map[windows.Handle]bool{}, came: map[*windows.Overlapped]Entry{}}
	t.Cleanup(func() {
		for h := range r.open {
			r.close(h, false)
		}
		windows.CloseHandle(iocp)
	})
	return r
}

// memory is outside the Go heap, as long as the test: longer when it failed and
// may have left operations pending.
func memory(t *testing.T, bytes int) []byte {
	t.Helper()
	b, err := Alloc(bytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !t.Failed() {
			Free(b)
		}
	})
	return b
}

func record(t *testing.T) *windows.Overlapped {
	t.Helper()
	b := memory(t, int(unsafe.Sizeof(windows.Overlapped{})))
	return (*windows.Overlapped)(unsafe.Pointer(unsafe.SliceData(b)))
}

// closing has h closed at the end of the test, unless close was called. Closing
// twice would close whatever has got the number meanwhile.
func (r *rig) closing(h windows.Handle) { r.open[h] = true }

func (r *rig) close(h windows.Handle, abort bool) {
	r.t.Helper()
	delete(r.open, h)
	if err := r.s.CloseHandle(port.Handle(h), abort); err != nil {
		r.t.Errorf("closing: %v", err)
	}
}

// associated has the packets of h come to the rig.
func (r *rig) associated(h windows.Handle) windows.Handle {
	r.t.Helper()
	if errno := Associate(r.iocp, h, uintptr(h)); errno != 0 {
		r.t.Fatalf("associating: %v", errno)
	}
	return h
}

// packet waits for the packet of ov and says how its operation ended.
func (r *rig) packet(ov *windows.Overlapped) (n int, errno syscall.Errno) {
	r.t.Helper()
	for {
		if e, has := r.came[ov]; has {
			delete(r.came, ov)
			return int(e.Bytes), Status(ov)
		}
		var entries [8]Entry
		n, errno := Dequeue(r.iocp, entries[:], patienceMs)
		if errno != 0 || n == 0 {
			r.t.Fatalf("no packet came: %d, %v", n, errno)
		}
		for _, e := range entries[:n] {
			r.came[e.Overlapped] = e
		}
	}
}

// end is how an operation ended that a call began with result errno: without
// SkipOnSuccess a packet comes also when the call says that it is done.
func (r *rig) end(ov *windows.Overlapped, errno syscall.Errno) (n int, _ syscall.Errno) {
	r.t.Helper()
	if errno != 0 && errno != Pending {
		return 0, errno
	}
	return r.packet(ov)
}

// quiet checks that no packet is there.
func (r *rig) quiet() {
	r.t.Helper()
	var entries [1]Entry
	if n, errno := Dequeue(r.iocp, entries[:], 0); n != 0 || errno != 0 || len(r.came) > 0 {
		r.t.Errorf("a packet came that nobody waits for: %v, %v, %v", entries, errno, r.came)
	}
}

func mustAddr(t *testing.T, text string) port.Addr {
	t.Helper()
	addr, err := port.ParseAddr(text)
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

func rawAddr(t *testing.T, addr port.Addr) *RawAddr {
	t.Helper()
	raw := new(RawAddr)
	if err := raw.Set(&addr); err != nil {
		t.Fatal(err)
	}
	return raw
}

// listening makes a listener.
func (r *rig) listening(text string, opts port.ListenOptions) (windows.Handle, port.Addr) {
	r.t.Helper()
	h, err := r.s.Listen(mustAddr(r.t, text), opts)
	if err != nil {
		r.t.Fatal(err)
	}
	r.closing(windows.Handle(h))
	local, err := r.s.LocalAddr(h)
	if err != nil {
		r.t.Fatal(err)
	}
	return windows.Handle(h), local
}

// socket makes a socket that can connect to addr.
func (r *rig) socket(addr port.Addr) windows.Handle {
	r.t.Helper()
	h, err := r.s.Socket(addr)
	if err != nil {
		r.t.Fatal(err)
	}
	r.closing(windows.Handle(h))
	return r.associated(windows.Handle(h))
}

// posted is an accept that the kernel has.
type posted struct {
	conn windows.Handle
	ov   *windows.Overlapped
}

func (r *rig) accept(listener windows.Handle) posted {
	r.t.Helper()
	conn, errno := r.s.NewAcceptSocket(listener)
	if errno != 0 {
		r.t.Fatalf("an accept socket: %v", errno)
	}
	r.closing(conn)
	a := posted{conn, record(r.t)}
	if errno := AcceptEx(listener, conn, &memory(r.t, AddrBytes)[0], a.ov); errno != Pending && errno != 0 {
		r.t.Fatalf("AcceptEx: %v", errno)
	}
	return a
}

// pair is both ends of a connection, made of all the calls that it takes.
func (r *rig) pair(host string) (client, server windows.Handle) {
	r.t.Helper()
	l, addr := r.listening(host, port.ListenOptions{})
	a := r.accept(r.associated(l))
	client = r.socket(addr)
	ov := record(r.t)
	if _, errno := r.end(ov, ConnectEx(client, rawAddr(r.t, addr), ov)); errno != 0 {
		r.t.Fatalf("ConnectEx: %v", errno)
	}
	if errno := UpdateConnect(client); errno != 0 {
		r.t.Fatalf("SO_UPDATE_CONNECT_CONTEXT: %v", errno)
	}
	if _, errno := r.packet(a.ov); errno != 0 {
		r.t.Fatalf("AcceptEx ended with %v", errno)
	}
	if errno := UpdateAccept(l, a.conn); errno != 0 {
		r.t.Fatalf("SO_UPDATE_ACCEPT_CONTEXT: %v", errno)
	}
	return client, r.associated(a.conn)
}

// send sends all of text and waits for the end.
func (r *rig) send(h windows.Handle, text string) {
	r.t.Helper()
	b := memory(r.t, len(text))
	copy(b, text)
	ov := record(r.t)
	_, errno := Send(h, []windows.WSABuf{piece(b)}, ov)
	if n, errno := r.end(ov, errno); n != len(text) || errno != 0 {
		r.t.Fatalf("sent %d of %d bytes: %v", n, len(text), errno)
	}
}

func piece(b []byte) windows.WSABuf {
	return windows.WSABuf{Len: uint32(len(b)), Buf: unsafe.SliceData(b)}
}

// readable waits until h has something to receive.
func (r *rig) readable(h windows.Handle) syscall.Errno {
	r.t.Helper()
	ov := record(r.t)
	_, errno := r.end(ov, RecvZero(h, ov))
	return errno
}

// received receives n bytes.
func (r *rig) received(h windows.Handle, n int) string {
	r.t.Helper()
	var text []byte
	for p := make([]byte, n); len(text) < n; {
		if errno := r.readable(h); errno != 0 {
			r.t.Fatalf("waiting for bytes: %v", errno)
		}
		got, errno := Recv(h, p[:n-len(text)])
		if errno != 0 || got == 0 {
			r.t.Fatalf("received %d of %d bytes: %v", len(text), n, errno)
		}
		text = append(text, p[:got]...)
	}
	return string(text)
}

// until waits for a condition that no packet tells of.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); {
		if time.Now().After(deadline) {
			t.Fatalf("in vain: %s", what)
		}
		runtime.Gosched()
	}
}

// inherited tells whether child processes get h.
func inherited(t *testing.T, h windows.Handle) bool {
	t.Helper()
	var flags uint32
	r, _, errno := syscall.SyscallN(kernel.NewProc("GetHandleInformation").Addr(), uintptr(h), uintptr(unsafe.Pointer(&flags)))
	if errno := denied(r, errno); errno != 0 {
		t.Fatal(errno)
	}
	return flags&windows.HANDLE_FLAG_INHERIT != 0
}
