package bots

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/vbauerster/mpb/v8"
)

func TestProgressShowsNothingWithoutATerminal(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, time.Second)
	p.show(time.Second/2, totals{sent: 1})
	p.end()
	if p != nil || out.Len() != 0 {
		t.Errorf("wrote %q", out.String())
	}
}

func TestProgressShowsCountsAndEnds(t *testing.T) {
	var out bytes.Buffer
	redraw, drawn := make(chan any), make(chan any, 1)
	p := newBar(time.Second, mpb.WithOutput(&out), mpb.WithWidth(200), mpb.WithManualRefresh(redraw), mpb.WithShutdownNotifier(drawn))
	p.show(time.Second/2, totals{sent: 12, received: 11, live: 3})
	redraw <- time.Now()
	p.end()
	<-drawn
	if got := out.String(); !strings.Contains(got, "50 %") || !strings.Contains(got, "12 sent, 11 received, 3 sessions") {
		t.Errorf("wrote %q", got)
	}
}
