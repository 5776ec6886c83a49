package tui

import (
	"strings"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// columns align the facts and rows of a step: they measure and draw them.
type columns struct {
	theme
	width  int   // of the screen
	label  int   // width of the labels of facts
	widths []int // of the cells of rows
	// folded says that the last column has no room beside the others: what it
	// says of a row that is not settled is below it.
	folded bool
	below  string // what is below the last row, not to be repeated for the next
}

// fateColumn says what becomes of a thing. Where there is little room it is the
// last to give way.
const fateColumn = 1

// leastName is what the first column keeps, and leastCell any other.
const (
	leastName = 14
	leastCell = 8
)

func (t theme) measure(items []steps.Item, width int) *columns {
	c := &columns{theme: t, width: width}
	for _, item := range items {
		switch item.Kind {
		case steps.ItemFact:
			c.label = max(c.label, cells(sanitize.Line(item.Label)))
		case steps.ItemRow:
			for i, cell := range item.Cells {
				if i == len(c.widths) {
					c.widths = append(c.widths, 0)
				}
				c.widths[i] = max(c.widths[i], cells(sanitize.Line(cell)))
			}
		}
	}
	c.label = min(c.label, width/2)
	c.fit(width - 2)
	return c
}

// fit folds and narrows columns until they have room beside each other: those at
// the end first, then the name.
func (c *columns) fit(width int) {
	over := 2*(len(c.widths)-1) - width
	for _, w := range c.widths {
		over += w
	}
	if last := len(c.widths) - 1; over > 0 && last > fateColumn+1 {
		over -= c.widths[last] + 2
		c.widths, c.folded = c.widths[:last], true
	}
	narrow := func(i, least int) {
		if cut := min(over, c.widths[i]-least); cut > 0 {
			c.widths[i] -= cut
			over -= cut
		}
	}
	for i := len(c.widths) - 1; i > fateColumn; i-- {
		narrow(i, leastCell)
	}
	if len(c.widths) > fateColumn {
		narrow(0, leastName)
		narrow(fateColumn, leastCell)
	}
}

// fact draws a label with its text beside it.
func (c *columns) fact(item steps.Item) []string {
	lines := wrapped(item.Text, c.width-c.label-2)
	if len(lines) == 0 {
		lines = []string{""}
	}
	return hanging(lines, c.quiet.Render(c.pad(sanitize.Line(item.Label), c.label))+"  ")
}

// row draws a line of a table, and below it, while it is not settled, what is folded away or
// would be cut.
func (c *columns) row(item steps.Item) []string {
	tone, shown := c.tone(item.Tone), min(len(item.Cells), len(c.widths))
	open := item.Tone == steps.Warn || item.Tone == steps.Bad
	var below []string
	list := make([]string, shown)
	for i, cell := range item.Cells[:shown] {
		cell = sanitize.Line(cell)
		if open && i > fateColumn && cells(cell) > c.widths[i] {
			below = append(below, cell)
			cell = ""
		}
		list[i] = c.pad(cell, c.widths[i])
		if i == fateColumn {
			list[i] = tone.Render(list[i])
		}
	}
	lines := []string{c.clip(tone.Render(c.mark(item.Tone))+" "+strings.TrimRight(strings.Join(list, "  "), " "), c.width)}
	if c.folded && item.Tone != steps.Good && shown < len(item.Cells) {
		below = append(below, item.Cells[shown])
	}
	if says := strings.Join(below, "; "); says != "" && says != c.below {
		c.below = says
		lines = append(lines, indent(paragraph(c.quiet, says, c.width-4), "    ")...)
	}
	return lines
}
