package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"pg-migrate-wizard/steps"
)

// TestAnOpenRowIsWhole: what is to be settled is told apart by all that is said of it.
func TestAnOpenRowIsWhole(t *testing.T) {
	t.Parallel()
	rows := []steps.Item{
		{Kind: steps.ItemRow, Tone: steps.Warn, Cells: []string{"nightly-jobs", "you decide", "jobscheduler of orders-worker", "starts tasks, also of stopped applications"}},
		{Kind: steps.ItemRow, Tone: steps.Warn, Cells: []string{"weekly-jobs", "you decide", "jobscheduler of orders-api", "starts tasks, also of stopped applications"}},
		{Kind: steps.ItemRow, Tone: steps.Good, Cells: []string{"orders-admin", "stopped", "1 instance of an application with a long word about it", ""}},
	}
	th := theme{newStyles(true), unicodeSymbols}
	for _, width := range []int{93, 58, 52, 38} { // of the page at 120, 60, 80 and 40 columns
		lines := th.items(rows, width, true)
		drawn := ansi.Strip(strings.Join(lines, "\n"))
		whole := strings.Join(strings.Fields(drawn), " ")
		for _, r := range rows[:2] {
			for _, cell := range r.Cells {
				if !strings.Contains(whole, cell) {
					t.Errorf("at %d %q is cut:\n%s", width, cell, drawn)
				}
			}
		}
		for _, l := range lines {
			if cells(l) > width {
				t.Errorf("at %d this is wider: %q", width, l)
			}
		}
	}
}
