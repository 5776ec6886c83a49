package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// commandsDialog shows the lines that do the same by hand. The one under the cursor
// can be sent to the clipboard.
type commandsDialog struct {
	overlay
	step steps.ID
	at   int // the line under the cursor
}

func (m *model) openCommands() { m.open(&commandsDialog{overlay: overlay{key: "c"}, step: m.step()}) }

func (d *commandsDialog) list(m *model) []steps.Command { return steps.Commands(m.snap.State, d.step) }

func (d *commandsDialog) bindings(m *model) []key.Binding {
	return []key.Binding{m.keys.Copy, m.keys.Up, m.keys.Back}
}

func (d *commandsDialog) press(m *model, k tea.KeyPressMsg) tea.Cmd {
	list := d.list(m)
	switch {
	case key.Matches(k, m.keys.Up):
		d.at = max(0, d.at-1)
	case key.Matches(k, m.keys.Down):
		d.at = max(0, min(d.at+1, len(list)-1))
	case key.Matches(k, m.keys.Copy) && d.at < len(list):
		m.note = "Sent to the clipboard."
		return tea.SetClipboard(list[d.at].Line)
	}
	return d.overlay.press(m, k)
}

func (d *commandsDialog) draw(m *model, width, height int) drawn {
	return d.page(m, width).window(d.scroll, height)
}

func (d *commandsDialog) page(m *model, width int) page {
	p, list := m.paint, d.list(m)
	out := page{lines: []string{p.title.Render("By hand: " + d.step.Title()), ""}}
	if len(list) == 0 {
		out.lines = append(out.lines, p.quiet.Render("Nothing is done here that a command could do."))
		return out
	}
	for i, c := range list {
		cursor, style := "  ", p.plain
		if i == d.at {
			cursor, style, out.keep = p.focus.Render(p.g.cursor)+" ", p.focus, len(out.lines)
		}
		out.lines = append(out.lines, clip(cursor+style.Render(sanitize.Line(c.Does)), width, p.g.ellipsis))
		out.lines = append(out.lines, indent(paint(p.accent, c.Line, width-4), "    ")...)
		out.lines = append(out.lines, "")
	}
	return out
}
