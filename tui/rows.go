package tui

import (
	"strings"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// table is how rows stand in line.
type table struct {
	columns []int
	// folded says that the last column has no room beside the others: what it
	// says of a row that is not settled stands below it.
	folded bool
	below  string // what stands below a row, which need not be said of the next one too
}

// fateColumn is the column that says what becomes of a thing. Where there is
// little room it is the last to give way.
const fateColumn = 1

// leastName is what the first column keeps, and leastCell any other.
const (
	leastName = 14
	leastCell = 8
)

// measure finds the width of labels and columns, so that they stand in line.
func measure(items []steps.Item, width int) (label int, t *table) {
	t = &table{}
	for _, item := range items {
		switch item.Kind {
		case steps.ItemFact:
			label = max(label, cells(sanitize.Line(item.Label)))
		case steps.ItemRow:
			for i, cell := range item.Cells {
				if i == len(t.columns) {
					t.columns = append(t.columns, 0)
				}
				t.columns[i] = max(t.columns[i], cells(sanitize.Line(cell)))
			}
		}
	}
	t.fit(width - 2)
	return label, t
}

// fit folds and narrows columns until they have room beside each other: those at
// the end first, then the name.
func (t *table) fit(width int) {
	over := 2*(len(t.columns)-1) - width
	for _, w := range t.columns {
		over += w
	}
	if last := len(t.columns) - 1; over > 0 && last > fateColumn+1 {
		over -= t.columns[last] + 2
		t.columns, t.folded = t.columns[:last], true
	}
	narrow := func(i, least int) {
		if cut := min(over, t.columns[i]-least); cut > 0 {
			t.columns[i] -= cut
			over -= cut
		}
	}
	for i := len(t.columns) - 1; i > fateColumn; i-- {
		narrow(i, leastCell)
	}
	if len(t.columns) > fateColumn {
		narrow(0, leastName)
		narrow(fateColumn, leastCell)
	}
}

// row draws a line of a table, and below it what is folded away.
func (p painter) row(item steps.Item, width int, t *table) []string {
	tone := p.tone(item.Tone)
	var b strings.Builder
	for i, cell := range item.Cells[:min(len(item.Cells), len(t.columns))] {
		if i > 0 {
			b.WriteString("  ")
		}
		cell = pad(sanitize.Line(cell), t.columns[i], p.g.ellipsis)
		if i == fateColumn {
			cell = tone.Render(cell)
		}
		b.WriteString(cell)
	}
	lines := []string{clip(tone.Render(p.mark(item.Tone))+" "+strings.TrimRight(b.String(), " "), width, p.g.ellipsis)}
	if t.folded && item.Tone != steps.Good && len(item.Cells) > len(t.columns) {
		if below := item.Cells[len(t.columns)]; below != t.below {
			lines = append(lines, indent(paint(p.quiet, below, width-4), "    ")...)
			t.below = below
		}
	}
	return lines
}
