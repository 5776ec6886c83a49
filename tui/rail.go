package tui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"pg-migrate-wizard/steps"
)

const railWidth = 25

// rail draws the eleven steps with their status and badge.
func (t theme) rail(s steps.State, viewing steps.ID) []string {
	var lines []string
	at := steps.Current(s)
	for _, id := range steps.Road() {
		status := steps.StatusOf(s, id)
		symbol, style := t.railMark(status)
		if id == at && status != steps.Done && status != steps.Attention {
			symbol, style = t.here, t.focus
		}
		name := fmt.Sprintf("%2d %s", id.Number(), id.Title())
		if id == viewing {
			name = lipgloss.NewStyle().Underline(true).Render(name)
		}
		lines = append(lines, " "+style.Render(symbol)+" "+t.ends(style.Render(name), t.quiet.Render(badge(s, id, status)), railWidth-4))
	}
	if at == steps.BackOut {
		lines = append(lines, "", " "+t.warn.Render(t.here)+" "+t.warn.Render("   "+at.Title()))
	}
	return lines
}

func (t theme) railMark(status steps.Status) (string, lipgloss.Style) {
	switch status {
	case steps.Done:
		return t.done, t.plain
	case steps.Attention:
		return t.attention, t.bad
	case steps.Skipped:
		return t.skipped, t.quiet
	}
	return t.todo, t.quiet
}

// badge is what is at the right of a step: its result, or how long it took.
func badge(s steps.State, id steps.ID, status steps.Status) string {
	if text := steps.Badge(s, id); text != "" {
		return text
	}
	begin, end := steps.Span(s, id)
	if d := end.Sub(begin); status == steps.Done && !begin.IsZero() && !end.IsZero() && d.Seconds() >= 1 {
		return brief(d)
	}
	return ""
}

// place is the rail on one line, for narrow terminals.
func (t theme) place(s steps.State, id steps.ID, width int) string {
	name := id.Title()
	if n := id.Number(); n > 0 {
		name = fmt.Sprintf("%d/%d %s", n, len(steps.Road()), name)
	}
	return t.ends(" "+t.title.Render(name), t.quiet.Render(steps.Badge(s, id))+" ", width)
}

// ruler is a line across the screen.
func (t theme) ruler(width int) string { return t.border.Render(strings.Repeat(t.rule, width)) }
