//go:build windows

package winsock

import (
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// Layouts of MIB_TCPROW and MIB_TCP6ROW of GetExtendedTcpTable with
// TCP_TABLE_BASIC_ALL and TCP_TABLE_OWNER_PID_ALL. Port numbers are in network
// byte order.
type (
	tcpRow struct {
		state, localIP, localPort, remoteIP, remotePort uint32
	}
	tcp6Row struct {
		localIP                             [16]byte
		localScope, localPort               uint32
		remoteIP                            [16]byte
		remoteScope, remotePort, state, pid uint32
	}
)

const (
	tcpTableBasicAll    = 2
	tcpTableOwnerPidAll = 5
	maxTableBytes       = 64 << 20
)

// taken tells whether a socket of this machine has the port of addr, at an
// address that cannot be had beside it.
func taken(addr port.Addr) bool {
	want := addr.IP.Addr().Unmap()
	for _, row := range rows[tcpRow](windows.AF_INET, tcpTableBasicAll) {
		ip := netip.AddrFrom4(*(*[4]byte)(unsafe.Pointer(&row.localIP)))
		if swapped(uint16(row.localPort)) == addr.IP.Port() && collide(ip, want) {
			return true
		}
	}
	for _, row := range rows[tcp6Row](windows.AF_INET6, tcpTableOwnerPidAll) {
		ip := netip.AddrFrom16(row.localIP).Unmap()
		if swapped(uint16(row.localPort)) == addr.IP.Port() && collide(ip, want) {
			return true
		}
	}
	return false
}

func collide(a, b netip.Addr) bool {
	return a == b.WithZone("") || a.IsUnspecified() || b.IsUnspecified()
}

// rows is one of the system's lists of TCP sockets, nil when it gives none.
func rows[Row any](family, class uintptr) []Row {
	var table []uint64 // whose alignment is that of any row
	for size := uint32(16 << 10); size < maxTableBytes; {
		table = make([]uint64, size/8+1)
		size = uint32(len(table) * 8)
		r, _, _ := syscall.SyscallN(procExtendedTCPTable.Addr(), uintptr(unsafe.Pointer(&table[0])),
			uintptr(unsafe.Pointer(&size)), 0, family, class, 0)
		switch syscall.Errno(r) {
		case 0:
			count := *(*uint32)(unsafe.Pointer(&table[0]))
			first := (*Row)(unsafe.Add(unsafe.Pointer(&table[0]), 4))
			return unsafe.Slice(first, count)
		case windows.ERROR_INSUFFICIENT_BUFFER:
			size += size / 2 // more sockets may come meanwhile
		default:
			return nil
		}
	}
	return nil
}
