//go:build linux

package main

import (
	"fmt"
	"strings"
)

// column is a heading and how to fill it; base may be missing.
type column struct {
	head string
	fill func(c, base cell, based bool) string
}

func plain(head, format string, scale float64, m metric) column {
	return column{head, func(c, _ cell, _ bool) string { return fmt.Sprintf(format, c.median(m)*scale) }}
}

func ratio(head string, m metric) column {
	return column{head, func(c, base cell, based bool) string {
		if !based || base.median(m) == 0 {
			return "-"
		}
		return fmt.Sprintf("%.2f", c.median(m)/base.median(m))
	}}
}

func spreads(head string, metrics ...metric) column {
	return column{head, func(c, _ cell, _ bool) string {
		var percents []string
		for _, m := range metrics {
			percents = append(percents, fmt.Sprintf("%.0f", 100*c.spread(m)))
		}
		return strings.Join(percents, "/")
	}}
}

var loaded = []column{
	plain("k/s", "%.1f", 1e-3, rate),
	ratio("x base", rate),
	plain("CPU us/msg", "%.3f", 1, cpu),
	ratio("x base", cpu),
	plain("p50 us", "%.1f", 1, p50),
	plain("p99 us", "%.1f", 1, p99),
	plain("p99.9 us", "%.1f", 1, p999),
	plain("server", "%.2f", 1, serverBusy),
	plain("generator", "%.2f", 1, loadBusy),
	plain("foreign", "%.2f", 1, foreign),
	spreads("spread %", rate, cpu),
	plain("RSS MiB", "%.1f", 1.0/(1<<20), resident),
}

var resting = []column{
	plain("B/conn", "%.0f", 1, memory),
	ratio("x base", memory),
	plain("CPU ms/s", "%.2f", 1e3, serverBusy),
	plain("RSS MiB", "%.1f", 1.0/(1<<20), resident),
	plain("foreign", "%.2f", 1, foreign),
	spreads("spread %", memory),
}

// table is markdown. The base of the ratios is named when it is there.
func table(w workload, cells []cell, baseName string) string {
	columns := loaded
	if w.resting() {
		columns = resting
	}
	base, based := baseOf(baseName, cells, w.best)
	var b strings.Builder
	fmt.Fprintf(&b, "### %s: %s\n\n", w.name, w.what)
	if based {
		fmt.Fprintf(&b, "Base: %s.\n\n", base.Server)
	}
	b.WriteString(heading(columns))
	for _, c := range cells {
		b.WriteString("| " + c.Server)
		for _, col := range columns {
			b.WriteString(" | " + col.fill(c, base, based))
		}
		b.WriteString(" |\n")
	}
	return b.String() + complaints(cells)
}

func heading(columns []column) string {
	line, rule := "| server", "|---"
	for _, c := range columns {
		line += " | " + c.head
		rule += "|--:"
	}
	return line + " |\n" + rule + "|\n"
}

// complaints tells which servers did not do their work: their figures do not
// count.
func complaints(cells []cell) string {
	var b strings.Builder
	for _, c := range cells {
		wrong, missing, first := c.faults()
		if wrong+missing > 0 {
			fmt.Fprintf(&b, "\n%s: %d wrong, %d missing, first: %q.\n", c.Server, wrong, missing, first)
		}
	}
	return b.String()
}
