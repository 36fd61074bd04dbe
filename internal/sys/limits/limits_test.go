package limits

import (
	"runtime"
	"strings"
	"testing"

	"github.com/raon-engine/raon/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestRead(t *testing.T) {
	l := Read()
	if runtime.GOOS != "linux" {
		l.Kernel = "" // some tell that
		if l != unknown() {
			t.Errorf("%+v on a system that is not read", l)
		}
		return
	}
	if !strings.HasPrefix(l.Kernel, "Linux ") {
		t.Errorf("kernel %q", l.Kernel)
	}
	if l.OpenFiles < 3 || l.OpenFilesMax < l.OpenFiles || l.LockedBytesMax < l.LockedBytes || l.LockedBytes < 0 {
		t.Errorf("limits of the process make no sense: %+v", l)
	}
	if l.Backlog < 1 || l.FirstPort < 1 || l.LastPort < l.FirstPort {
		t.Errorf("limits of the machine make no sense: %+v", l)
	}
}

func TestRaiseOpenFiles(t *testing.T) {
	got, err := RaiseOpenFiles()
	if runtime.GOOS != "linux" {
		if err == nil {
			t.Error("raised on a system that is not supported")
		}
		return
	}
	if now := Read(); err != nil || got != now.OpenFiles || got != now.OpenFilesMax {
		t.Errorf("raised to %d, %v; the process has %d of %d", got, err, now.OpenFiles, now.OpenFilesMax)
	}
}
