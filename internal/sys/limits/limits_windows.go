//go:build windows

package limits

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Read tells what runs here. Windows bounds handles by memory alone, and the
// rest is not read.
func Read() Limits {
	l := unknown()
	v := windows.RtlGetVersion()
	l.Kernel = fmt.Sprintf("Windows %d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
	if wine := wineVersion(); wine != "" {
		l.Kernel += ", which is Wine " + wine
	}
	return l
}

// wineVersion is Wine's own version, empty on Windows.
func wineVersion() string {
	version := windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version")
	if version.Find() != nil {
		return ""
	}
	text, _, _ := syscall.SyscallN(version.Addr())
	return windows.BytePtrToString(*(**byte)(unsafe.Pointer(&text))) // static, not Go's
}

// RaiseOpenFiles is not needed on this system.
func RaiseOpenFiles() (int64, error) { return Unknown, errors.ErrUnsupported }
