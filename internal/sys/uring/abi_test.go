//go:build linux

package uring

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestLayouts holds the records against the sizes and offsets that
// include/uapi/linux/io_uring.h gives them.
func TestLayouts(t *testing.T) {
	var (
		e SQE
		c CQE
		p params
		a eventsArg
		b buf
		r bufReg
		o probe
		u rsrcUpdate
	)
	for _, x := range []struct {
		name      string
		got, want uintptr
	}{
		{"sqe", unsafe.Sizeof(e), 64},
		{"sqe.ioprio", unsafe.Offsetof(e.IOPrio), 2},
		{"sqe.fd", unsafe.Offsetof(e.FD), 4},
		{"sqe.off", unsafe.Offsetof(e.Off), 8},
		{"sqe.addr", unsafe.Offsetof(e.Addr), 16},
		{"sqe.len", unsafe.Offsetof(e.Len), 24},
		{"sqe.msg_flags", unsafe.Offsetof(e.OpFlags), 28},
		{"sqe.user_data", unsafe.Offsetof(e.UserData), 32},
		{"sqe.buf_group", unsafe.Offsetof(e.BufGroup), 40},
		{"sqe.personality", unsafe.Offsetof(e.Personality), 42},
		{"sqe.file_index", unsafe.Offsetof(e.FileIndex), 44},
		{"sqe.addr3", unsafe.Offsetof(e.Addr3), 48},
		{"cqe", unsafe.Sizeof(c), 16},
		{"cqe.res", unsafe.Offsetof(c.Res), 8},
		{"cqe.flags", unsafe.Offsetof(c.Flags), 12},
		{"params", unsafe.Sizeof(p), 120},
		{"params.features", unsafe.Offsetof(p.features), 20},
		{"params.sq_off", unsafe.Offsetof(p.sqOff), 40},
		{"params.cq_off", unsafe.Offsetof(p.cqOff), 80},
		{"sq_off.array", unsafe.Offsetof(p.sqOff.array), 24},
		{"cq_off.cqes", unsafe.Offsetof(p.cqOff.cqes), 20},
		{"getevents_arg", unsafe.Sizeof(a), 24},
		{"getevents_arg.ts", unsafe.Offsetof(a.ts), 16},
		{"timespec", unsafe.Sizeof(timespec{}), 16},
		{"buf", unsafe.Sizeof(b), 16},
		{"buf.bid", unsafe.Offsetof(b.id), 12},
		{"buf_ring.tail", unsafe.Offsetof(b.tail), 14},
		{"buf_reg", unsafe.Sizeof(r), 40},
		{"buf_reg.bgid", unsafe.Offsetof(r.group), 12},
		{"probe", unsafe.Sizeof(o), 16 + 256*8},
		{"probe.ops", unsafe.Offsetof(o.ops), 16},
		{"rsrc_update", unsafe.Sizeof(u), 16},
		{"rsrc_update.data", unsafe.Offsetof(u.data), 8},
	} {
		if x.got != x.want {
			t.Errorf("%s: %d, want %d", x.name, x.got, x.want)
		}
	}
}

// TestVectorsMatchLibc compares what sendmsg is given with the C types.
func TestVectorsMatchLibc(t *testing.T) {
	var (
		v Iovec
		m Msghdr
		w unix.Iovec
		n unix.Msghdr
	)
	for _, x := range []struct {
		name      string
		got, want uintptr
	}{
		{"iovec", unsafe.Sizeof(v), unsafe.Sizeof(w)},
		{"iovec.len", unsafe.Offsetof(v.Len), unsafe.Offsetof(w.Len)},
		{"msghdr", unsafe.Sizeof(m), unsafe.Sizeof(n)},
		{"msghdr.iov", unsafe.Offsetof(m.Iov), unsafe.Offsetof(n.Iov)},
		{"msghdr.iovlen", unsafe.Offsetof(m.IovLen), unsafe.Offsetof(n.Iovlen)},
		{"msghdr.controllen", unsafe.Offsetof(m.ControlLen), unsafe.Offsetof(n.Controllen)},
		{"msghdr.flags", unsafe.Offsetof(m.Flags), unsafe.Offsetof(n.Flags)},
	} {
		if x.got != x.want {
			t.Errorf("%s: %d, want %d", x.name, x.got, x.want)
		}
	}
}
