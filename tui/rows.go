package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"pg-migrate-wizard/sanitize"
	"pg-migrate-wizard/steps"
)

// fateColumn is the column of a table that says what becomes of a thing. Where
// there is little room it is the last to give way.
const fateColumn = 1

// leastName is what the first column keeps, and leastCell any other.
const (
	leastName = 14
	leastCell = 8
)

// measure finds the width of labels and columns, so that they stand in line.
func measure(items []steps.Item, width int) (label int, columns []int) {
	for _, item := range items {
		switch item.Kind {
		case steps.ItemFact:
			label = max(label, ansi.StringWidth(sanitize.Line(item.Label)))
		case steps.ItemRow:
			for i, cell := range item.Cells {
				if i == len(columns) {
					columns = append(columns, 0)
				}
				if i == fateColumn {
					cell, _ = fate(cell)
				}
				columns[i] = max(columns[i], ansi.StringWidth(sanitize.Line(cell)))
			}
		}
	}
	return label, fitted(columns, width-2)
}

// fitted narrows columns until they have room beside each other: those at the
// end first, then the name.
func fitted(columns []int, width int) []int {
	over := 2 * (len(columns) - 1)
	for _, w := range columns {
		over += w
	}
	over -= width
	narrow := func(i, least int) {
		if cut := min(over, columns[i]-least); cut > 0 {
			columns[i] -= cut
			over -= cut
		}
	}
	for i := len(columns) - 1; i > fateColumn; i-- {
		narrow(i, leastCell)
	}
	if len(columns) > fateColumn {
		narrow(0, leastName)
		narrow(fateColumn, leastCell)
	}
	return columns
}

// longFate is from where on what stands behind the word, like the reason of a
// waiver, has a line of its own.
const longFate = 20

// fate is the cell that says what becomes of a thing, and what does not belong
// into a column.
func fate(cell string) (word, rest string) {
	if word, rest, ok := strings.Cut(cell, ": "); ok && cells(sanitize.Line(cell)) > longFate {
		return word, rest
	}
	return cell, ""
}

// row draws a line of a table, and below it what does not go into a column.
func (p painter) row(item steps.Item, width int, columns []int) []string {
	var b strings.Builder
	rest := ""
	for i, cell := range item.Cells {
		if i == fateColumn {
			cell, rest = fate(cell)
		}
		cell = sanitize.Line(cell)
		if i < len(item.Cells)-1 {
			cell = pad(cell, columns[i], p.g.ellipsis) + "  "
		}
		if i == fateColumn {
			cell = p.tone(item.Tone).Render(cell)
		}
		b.WriteString(cell)
	}
	lines := []string{clip(p.tone(item.Tone).Render(p.mark(item.Tone))+" "+b.String(), width, p.g.ellipsis)}
	return append(lines, indent(paint(p.quiet, rest, width-4), "    ")...)
}
