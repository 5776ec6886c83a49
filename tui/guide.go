package tui

import "pg-migrate-wizard/steps"

// guideDialog explains a step.
type guideDialog struct {
	dialog
	step steps.ID
}

func (d *guideDialog) draw(m *model, width, height int) drawing {
	t, g := m.theme, d.step.Guide()
	lines := []string{t.title.Render("Guide: " + d.step.Title()), ""}
	lines = append(lines, paragraph(t.plain, g.What, width)...)
	lines = append(lines, "")
	lines = append(lines, paragraph(t.plain, g.Why, width)...)
	for _, tip := range g.Tips {
		lines = append(lines, "")
		lines = append(lines, hanging(paragraph(t.plain, tip, width-2), t.accent.Render(t.dot)+" ")...)
	}
	return scrolled(lines, d.scroll, height)
}
