package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// items draws what a step says about itself; densely without blank lines.
func (p painter) items(items []steps.Item, width int, dense bool) []string {
	var lines []string
	last := steps.ItemKind("")
	label, table := measure(items, width)
	for _, item := range items {
		if !dense && item.Kind != last && last != "" && (item.Kind != steps.ItemText || last != steps.ItemText) && item.Kind != steps.ItemHeadline {
			lines = append(lines, "")
		}
		last = item.Kind
		lines = append(lines, p.item(item, width, label, table)...)
	}
	return lines
}

func (p painter) item(item steps.Item, width, label int, t *table) []string {
	tone := p.tone(item.Tone)
	//exhaustive:enforce
	switch item.Kind {
	case steps.ItemFact:
		name := pad(sanitize.Line(item.Label), min(label, width/2), p.g.ellipsis)
		rest := wrapped(item.Text, width-ansi.StringWidth(name)-2)
		if len(rest) == 0 {
			rest = []string{""}
		}
		lines := []string{p.quiet.Render(name) + "  " + rest[0]}
		return append(lines, indent(rest[1:], strings.Repeat(" ", ansi.StringWidth(name)+2))...)
	case steps.ItemFlow:
		return p.flow(item, width)
	case steps.ItemStates:
		return paint(p.plain, strings.Join(item.Cells, " "+p.g.dot+" "), width)
	case steps.ItemHeadline:
		return []string{clip(tone.Render(p.g.bullet+" "+sanitize.Line(item.Text))+"  "+sanitize.Line(item.Label), width, p.g.ellipsis)}
	case steps.ItemRow:
		return p.row(item, width, t)
	case steps.ItemFinding:
		lines := []string{clip(tone.Render(p.mark(item.Tone)+" "+sanitize.Line(item.Label)), width, p.g.ellipsis)}
		lines = append(lines, indent(paint(p.plain, item.Text, width-2), "  ")...)
		return append(lines, indent(p.explanation(item.Cells, width-2), "  ")...)
	case steps.ItemProblem:
		lines := indent(paint(p.bad, item.Cells[0], width-2), p.bad.Render(p.g.attention)+" ")
		for i, c := range item.Cells[1:] {
			style := p.plain
			if i == 2 {
				c = withMore(c, more(item.More))
			}
			if i >= 3 {
				style = p.quiet
			}
			lines = append(lines, indent(paint(style, c, width-2), "  ")...)
		}
		return lines
	case steps.ItemText:
	}
	if item.Tone == steps.Bad {
		mark := p.g.attention + " "
		return hanging(paint(tone, item.Text, width-cells(mark)), tone.Render(mark))
	}
	return paint(tone, item.Text, width)
}

// explanation explains a finding. Its last short parts share a line where they fit,
// and what to do stands out.
func (p painter) explanation(cells []string, width int) []string {
	var parts []string
	for i, c := range cells {
		if n := len(parts); i == steps.CellCosts {
			if both := parts[n-1] + " " + p.g.dot + " " + c; ansi.StringWidth(sanitize.Line(both)) <= width {
				parts[n-1] = both
				continue
			}
		}
		parts = append(parts, c)
	}
	var lines []string
	for i, c := range parts {
		style := p.quiet
		if i == steps.CellRemedy {
			style = p.plain
		}
		lines = append(lines, paint(style, c, width)...)
	}
	return lines
}

// mark is the sign that says what the colour says.
func (p painter) mark(t steps.Tone) string {
	switch t {
	case steps.Bad, steps.Warn:
		return p.g.attention
	case steps.Good:
		return p.g.done
	}
	return p.g.dot
}

// flow is the picture of the two databases: the line is drawn when data flows.
func (p painter) flow(item steps.Item, width int) []string {
	from, to := sanitize.Line(item.Label), sanitize.Line(item.Text)
	room := width - ansi.StringWidth(from) - ansi.StringWidth(to) - 4
	if room < 4 {
		return []string{clip(from, width, p.g.ellipsis), clip("  "+p.g.arrow+" "+to, width, p.g.ellipsis)}
	}
	room = min(room, 28)
	style, line := p.quiet, strings.Repeat(p.g.dot+" ", room/2)
	switch item.Tone {
	case steps.Good:
		style, line = p.good, strings.Repeat(p.g.line, room)
	case steps.Bad:
		style, line = p.bad, strings.Repeat(p.g.line, room/2-1)+" "+p.g.attention+" "
	}
	return []string{from + " " + style.Render(line+p.g.arrow) + " " + to}
}
