package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/steps"
)

// quitDialog asks whether to leave while a migration stands open. Where the
// applications are, every screen says.
type quitDialog struct {
	overlay
	at int // 0: stay; 1: leave
}

func (m *model) openQuit() { m.open(&quitDialog{}) }

func (d *quitDialog) closedBy() []string { return nil }

func (d *quitDialog) bindings(m *model) []key.Binding {
	return []key.Binding{m.keys.Choose, m.keys.Up, m.keys.Back}
}

func (d *quitDialog) press(m *model, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(k, m.keys.Up):
		d.at = 0
	case key.Matches(k, m.keys.Down):
		d.at = 1
	case key.Matches(k, m.keys.Choose):
		if d.at == 1 {
			return m.leave()
		}
		m.close()
	}
	return nil
}

func (d *quitDialog) draw(m *model, width, height int) drawn {
	p, s := m.paint, m.snap.State
	lines := []string{p.title.Render("Quit the wizard?"), ""}
	for _, l := range m.o.Leaving(s) {
		if l != steps.Standing(s) {
			lines = append(lines, paint(p.plain, l, width)...)
		}
	}
	leave := "Quit; nothing is stopped or undone by it"
	switch {
	case m.o.Passing:
		leave = "Quit; the landscape ends with the program"
	case s.Choices.Where != nil:
		lines = append(lines, paint(p.plain, "To come back, start the wizard again: it finds this migration and looks where it stands.", width)...)
	}
	lines = append(lines, "")
	for i, label := range []string{"Stay here", leave} {
		cursor, style := "  ", p.plain
		if i == d.at {
			cursor, style = p.focus.Render(p.g.cursor)+" ", p.focus
		}
		lines = append(lines, cursor+style.Render(label))
	}
	return page{lines: lines, keep: len(lines) - 2 + d.at}.window(d.scroll, height)
}
