package bots

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// progress is the bar that a person at a terminal sees. A nil progress shows
// nothing, so that its callers need not ask. It belongs to the leader.
type progress struct {
	container *mpb.Progress
	bar       *mpb.Bar
	text      atomic.Pointer[string] // read by the container's goroutine
	shown     time.Duration
}

const (
	barWidth  = 40
	barRedraw = 100 * time.Millisecond
)

// newProgress gives a bar if w is a terminal.
func newProgress(w io.Writer, total time.Duration) *progress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return newBar(total, mpb.WithOutput(f))
}

func newBar(total time.Duration, options ...mpb.ContainerOption) *progress {
	p := &progress{}
	p.text.Store(new(string))
	p.container = mpb.New(append(options, mpb.WithRefreshRate(barRedraw))...)
	p.bar = p.container.AddBar(total.Milliseconds(),
		mpb.PrependDecorators(decor.Name("raon bots ")),
		mpb.AppendDecorators(
			decor.Percentage(),
			decor.Any(func(decor.Statistics) string { return *p.text.Load() }),
		),
		mpb.BarWidth(barWidth),
		mpb.BarRemoveOnComplete(),
	)
	return p
}

// show moves the bar, as often as it is redrawn.
func (p *progress) show(elapsed time.Duration, t totals) {
	if p == nil || elapsed-p.shown < barRedraw {
		return
	}
	text := fmt.Sprintf("  %d sent, %d received, %d sessions", t.sent, t.received, t.live)
	p.text.Store(&text)
	p.bar.SetCurrent(elapsed.Milliseconds())
	p.shown = elapsed
}

// end takes the bar away and waits for its goroutine.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.bar.Abort(true)
	p.container.Wait()
}
