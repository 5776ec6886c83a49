package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/steps"
)

// quitDialog asks whether to leave while a migration is open.
type quitDialog struct {
	dialog
	leave bool // the entry under the cursor
}

func (d *quitDialog) update(m *model, msg tea.Msg) tea.Cmd {
	k, _ := msg.(tea.KeyPressMsg)
	switch {
	case key.Matches(k, m.keys.Quit):
		return nil // pressed twice, it neither quits nor stays
	case key.Matches(k, m.keys.Up):
		d.leave = false
	case key.Matches(k, m.keys.Down):
		d.leave = true
	case key.Matches(k, m.keys.Choose):
		if d.leave {
			return m.quit()
		}
		m.close()
	}
	return d.dialog.update(m, msg)
}

func (*quitDialog) bindings(m *model) []key.Binding {
	return []key.Binding{m.keys.Choose, m.keys.Up, m.keys.Back}
}

// draw leaves out where the applications are: every screen says that.
func (d *quitDialog) draw(m *model, width, height int) drawing {
	t, s := m.theme, m.snap.State
	lines := []string{t.title.Render("Quit the wizard?"), ""}
	for _, l := range m.o.Leaving(s) {
		if l != steps.Standing(s) {
			lines = append(lines, paragraph(t.plain, l, width)...)
		}
	}
	quit := "Quit; nothing is stopped or undone by it"
	switch {
	case m.o.Passing:
		quit = "Quit; the landscape ends with the program"
	case s.Choices.Where != nil:
		lines = append(lines, paragraph(t.plain, "To come back, start the wizard again: it finds this migration and looks where it stands.", width)...)
	}
	here := len(lines) + 1
	if d.leave {
		here++
	}
	stayCursor, stay := t.pointer(!d.leave)
	quitCursor, leave := t.pointer(d.leave)
	lines = append(lines, "", stayCursor+stay.Render("Stay here"), quitCursor+leave.Render(quit))
	return keeping(here, lines, d.scroll, height)
}
