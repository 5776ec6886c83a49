package tui

import (
	"pg-migrate-wizard/steps"
)

// guideDialog explains a step.
type guideDialog struct {
	overlay
	step steps.ID
}

func (m *model) openGuide() { m.open(&guideDialog{overlay{key: "g"}, m.step()}) }

func (d *guideDialog) draw(m *model, width, height int) drawn {
	return m.paint.guide(d.step, width).window(d.scroll, height)
}

func (p painter) guide(id steps.ID, width int) page {
	g := id.Guide()
	lines := []string{p.title.Render("Guide: " + id.Title()), ""}
	lines = append(lines, paint(p.plain, g.What, width)...)
	lines = append(lines, "")
	lines = append(lines, paint(p.plain, g.Why, width)...)
	for _, tip := range g.Tips {
		lines = append(lines, "")
		drawn := paint(p.plain, tip, width-2)
		for i := range drawn {
			if i == 0 {
				drawn[i] = p.accent.Render(p.g.dot) + " " + drawn[i]
			} else {
				drawn[i] = "  " + drawn[i]
			}
		}
		lines = append(lines, drawn...)
	}
	return page{lines: lines}
}
