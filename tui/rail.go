package tui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"pg-migrate-wizard/steps"
)

// painter is what every drawing needs: styles and signs.
type painter struct {
	styles
	g glyphs
}

const railWidth = 25

// rail draws the eleven steps with their status, and a word or the time.
func (p painter) rail(s steps.State, viewing steps.ID) []string {
	var lines []string
	at := steps.Current(s)
	for _, id := range steps.Road() {
		status := steps.StatusOf(s, id)
		glyph, style := p.railMark(status)
		if id == at && status != steps.Done && status != steps.Attention {
			glyph, style = p.g.here, p.focus
		}
		name := fmt.Sprintf("%2d %s", id.Number(), id.Title())
		if id == viewing {
			name = lipgloss.NewStyle().Underline(true).Render(name)
		}
		lines = append(lines, " "+style.Render(glyph)+" "+ends(style.Render(name), p.quiet.Render(badge(s, id, status)), railWidth-4, p.g.ellipsis))
	}
	if at == steps.BackOut {
		name := steps.BackOut.Title()
		lines = append(lines, "", " "+p.warn.Render(p.g.here)+" "+p.warn.Render("   "+name))
	}
	return lines
}

func (p painter) railMark(status steps.Status) (string, lipgloss.Style) {
	switch status {
	case steps.Done:
		return p.g.done, p.plain
	case steps.Attention:
		return p.g.attention, p.bad
	case steps.Skipped:
		return p.g.skipped, p.quiet
	}
	return p.g.todo, p.quiet
}

// badge is what stands at the right of a step: its word, or how long it took.
func badge(s steps.State, id steps.ID, status steps.Status) string {
	if word := steps.Badge(s, id); word != "" {
		return word
	}
	begin, end := steps.Span(s, id)
	if d := end.Sub(begin); status == steps.Done && !begin.IsZero() && !end.IsZero() && d.Seconds() >= 1 {
		return brief(d)
	}
	return ""
}

// place is the rail on one line, for narrow terminals.
func (p painter) place(s steps.State, id steps.ID, width int) string {
	name := id.Title()
	if n := id.Number(); n > 0 {
		name = fmt.Sprintf("%d/%d %s", n, len(steps.Road()), name)
	}
	return ends(" "+p.title.Render(name), p.quiet.Render(steps.Badge(s, id))+" ", width, p.g.ellipsis)
}

// rule is a line across the screen.
func (p painter) rule(width int) string {
	return p.styles.rule.Render(strings.Repeat(p.g.rule, width))
}

func cells(s string) int { return ansi.StringWidth(s) }
