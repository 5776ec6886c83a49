package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// commandsDialog shows the commands that do the same by hand. The one under the
// cursor can be copied to the clipboard.
type commandsDialog struct {
	dialog
	step steps.ID
	at   int
}

func (d *commandsDialog) follow(m *model) tea.Cmd {
	d.at = max(0, min(d.at, len(steps.Commands(m.snap.State, d.step))-1))
	return nil
}

func (d *commandsDialog) update(m *model, msg tea.Msg) tea.Cmd {
	k, _ := msg.(tea.KeyPressMsg)
	switch {
	case key.Matches(k, m.keys.Up):
		d.at--
	case key.Matches(k, m.keys.Down):
		d.at++
	case key.Matches(k, m.keys.Copy):
		if list := steps.Commands(m.snap.State, d.step); d.at < len(list) {
			m.note = "Sent to the clipboard."
			return tea.SetClipboard(m.o.Command(list[d.at].Line))
		}
	}
	return d.dialog.update(m, msg)
}

// asItIs is a line that is run as it stands.
func asItIs(line string) string { return line }

func (*commandsDialog) bindings(m *model) []key.Binding {
	return []key.Binding{m.keys.Copy, m.keys.Up, m.keys.Back}
}

func (d *commandsDialog) draw(m *model, width, height int) drawing {
	t, list, here := m.theme, steps.Commands(m.snap.State, d.step), 0
	lines := []string{t.title.Render("By hand: " + d.step.Title()), ""}
	if len(list) == 0 {
		lines = append(lines, t.quiet.Render("Nothing is done here that a command could do."))
	}
	for i, c := range list {
		if i == d.at {
			here = len(lines)
		}
		cursor, style := t.pointer(i == d.at)
		lines = append(lines, t.clip(cursor+style.Render(sanitize.Line(c.Does)), width))
		lines = append(lines, indent(paragraph(t.accent, m.o.Command(c.Line), width-4), "    ")...)
		lines = append(lines, "")
	}
	return keeping(here, lines, d.scroll, height)
}
