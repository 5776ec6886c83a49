package tui

import (
	"strings"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// items draws what a step says of itself; densely without blank lines, and with a list of
// the findings before what is to be said of each.
func (t theme) items(items []steps.Item, width int, dense bool) []string {
	var lines []string
	cols := t.measure(items, width)
	listed, before := false, steps.ItemKind("")
	for i, item := range items {
		if dense && !listed && item.Kind == steps.ItemFinding {
			listed = true
			lines = append(lines, t.findings(items, width)...)
		}
		if i > 0 && !dense && item.Kind != before && item.Kind != steps.ItemHeadline {
			lines = append(lines, "")
		}
		before = item.Kind
		lines = append(lines, t.item(item, width, cols)...)
	}
	return lines
}

func (t theme) item(item steps.Item, width int, cols *columns) []string {
	tone := t.tone(item.Tone)
	//exhaustive:enforce
	switch item.Kind {
	case steps.ItemFact:
		return cols.fact(item)
	case steps.ItemRow:
		return cols.row(item)
	case steps.ItemFlow:
		return t.flow(item, width)
	case steps.ItemStates:
		return paragraph(t.plain, strings.Join(item.Cells, " "+t.dot+" "), width)
	case steps.ItemHeadline:
		return []string{t.headline(item, width)}
	case steps.ItemFinding: // headed by what tells it from the others
		lines := hanging(paragraph(tone, item.Text, width-2), tone.Render(t.mark(item.Tone))+" ")
		lines = append(lines, "  "+t.quiet.Render(t.clip(sanitize.Line(item.Label), width-2)))
		return append(lines, indent(t.explanation(item.Cells, width-2), "  ")...)
	case steps.ItemProblem:
		lines := indent(paragraph(t.bad, item.Cells[0], width-2), t.bad.Render(t.attention)+" ")
		for i, c := range item.Cells[1:] {
			style := t.plain
			if i == 2 {
				c = withMore(c, more(item.More))
			}
			if i >= 3 {
				style = t.quiet
			}
			lines = append(lines, indent(paragraph(style, c, width-2), "  ")...)
		}
		return lines
	case steps.ItemText:
	}
	if item.Tone == steps.Bad {
		mark := t.attention + " "
		return hanging(paragraph(tone, item.Text, width-cells(mark)), tone.Render(mark))
	}
	return paragraph(tone, item.Text, width)
}

// findings lists them, one a line; nothing where there is one only.
func (t theme) findings(items []steps.Item, width int) []string {
	var lines []string
	for _, item := range items {
		if item.Kind == steps.ItemFinding {
			lines = append(lines, t.clip(t.tone(item.Tone).Render(t.mark(item.Tone))+" "+sanitize.Line(item.Text)+t.quiet.Render(" ("+sanitize.Line(item.Label)+")"), width))
		}
	}
	if len(lines) < 2 {
		return nil
	}
	return append(lines, "")
}

func (t theme) headline(item steps.Item, width int) string {
	return t.clip(t.tone(item.Tone).Render(t.bullet+" "+sanitize.Line(item.Text))+"  "+sanitize.Line(item.Label), width)
}

// explanation explains a finding. Its last short parts share a line where they
// fit, and what to do is emphasised.
func (t theme) explanation(parts []string, width int) []string {
	var lines []string
	for i := 0; i < len(parts); i++ {
		style, part := t.quiet, parts[i]
		if i == steps.CellRemedy {
			style = t.plain
		}
		if i+1 == steps.CellCosts && i+1 < len(parts) {
			if both := part + " " + t.dot + " " + parts[i+1]; cells(sanitize.Line(both)) <= width {
				part = both
				i++
			}
		}
		lines = append(lines, paragraph(style, part, width)...)
	}
	return lines
}

// flow is the picture of the two databases: the line is drawn when data flows.
func (t theme) flow(item steps.Item, width int) []string {
	from, to := sanitize.Line(item.Label), sanitize.Line(item.Text)
	room := min(width-cells(from)-cells(to)-4, 28)
	if room < 4 {
		return []string{t.clip(from, width), t.clip("  "+t.arrow+" "+to, width)}
	}
	style, line := t.quiet, strings.Repeat(t.dot+" ", room/2)
	switch item.Tone {
	case steps.Good:
		style, line = t.good, strings.Repeat(t.line, room)
	case steps.Bad:
		style, line = t.bad, strings.Repeat(t.line, room/2-1)+" "+t.attention+" "
	}
	return []string{from + " " + style.Render(line+t.arrow) + " " + to}
}
