//go:build windows

package winsock

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/raon-engine/raon/internal/port"
)

// meanings are numbers by outcome, as Microsoft's documentation of system error
// codes and of Windows Sockets error codes describes them.
var meanings = map[error][]syscall.Errno{
	port.ErrClosed:       {6, 676, 735, 1229, 10038, 10057, 10058},
	port.ErrCanceled:     {995, 1223},
	port.ErrRefused:      {1225, 10061},
	port.ErrReset:        {59, 64, 10052, 10054},
	port.ErrAborted:      {1226, 1236, 10053},
	port.ErrTimeout:      {121, 258, 1460, 10060},
	port.ErrUnreachable:  {1231, 1232, 1233, 1234, 10050, 10051, 10064, 10065},
	port.ErrNoBuffers:    {8, 14, 1450, 1453, 1455, 10055},
	port.ErrTooManyFiles: {4, 1158, 10024, 10067},
	port.ErrAddrInUse:    {10048},
	port.ErrBadAddr:      {1214, 10049},
	port.ErrPermission:   {5, 19, 32, 33, 1314, 10013},
	port.ErrNoSpace:      {39, 112, 1295, 1816},
	port.ErrNotSupported: {1, 50, 120, 127, 10042, 10043, 10044, 10045, 10046, 10047, 10092},
	port.ErrFailed:       {2, 3, 38, 80, 87, 183, 234, 997, 1168, 10014, 10022, 10035, 10040, 10056, 20000},
}

func TestOutcomes(t *testing.T) {
	mapped := 0
	for want, numbers := range meanings {
		for _, number := range numbers {
			if want != port.ErrFailed {
				mapped++
			}
			if got := Outcome(number); got != want {
				t.Errorf("Outcome(%d) = %v, want %v", number, got, want)
			}
			if err := Error("test", "recv", "", number); !errors.Is(err, want) || !errors.Is(err, number) {
				t.Errorf("%d: %v does not match %v and its cause", number, err, want)
			}
		}
	}
	if mapped != len(outcomes) {
		t.Errorf("%d numbers are tested, the table has %d: change both together", mapped, len(outcomes))
	}
}

func TestCanceled(t *testing.T) {
	for errno, want := range map[syscall.Errno]bool{995: true, 64: true, 1236: true, 676: true,
		0: false, 997: false, 1225: false, 10053: false, 10054: false} {
		if Canceled(errno) != want {
			t.Errorf("Canceled(%d) = %v", errno, !want)
		}
	}
}

func TestErrorKeepsWhatItIsGiven(t *testing.T) {
	if err := Error("test", "recv", "", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
	first := Error("test", "open", "x", &fs.PathError{Op: "open", Path: "x", Err: windows.ERROR_FILE_NOT_FOUND})
	if !errors.Is(first, os.ErrNotExist) || !errors.Is(first, port.ErrFailed) {
		t.Errorf("%v: want ErrFailed caused by ErrNotExist", first)
	}
	if again := Error("other", "close", "", first); again != first {
		t.Errorf("an *Error was wrapped a second time: %v", again)
	}
}

// TestStatuses holds the table against the system's own.
func TestStatuses(t *testing.T) {
	for status, want := range statuses {
		ov := &windows.Overlapped{Internal: uintptr(status)}
		if got := Status(ov); got != want {
			t.Errorf("Status(%#x) = %d, want %d", uint32(status), got, want)
		}
		if own := status.Errno(); own != want {
			t.Errorf("the system says that %#x is %d (%v), the table says %d", uint32(status), own, own, want)
		}
	}
	for status, want := range map[windows.NTStatus]syscall.Errno{
		windows.STATUS_ACCESS_DENIED: windows.ERROR_ACCESS_DENIED, // not in the table
		windows.STATUS_NO_MEMORY:     windows.ERROR_NOT_ENOUGH_MEMORY,
	} {
		if got := Status(&windows.Overlapped{Internal: uintptr(status)}); got != want {
			t.Errorf("Status(%#x) = %d, want %d", uint32(status), got, want)
		}
	}
	if got := Status(&windows.Overlapped{Internal: 0xCFFFFFFF}); got == 0 {
		t.Error("a status that nobody knows is success")
	}
}
