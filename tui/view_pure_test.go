package tui

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/steps"
)

// TestDrawingChangesNothing: the screen is drawn from the model, however the person
// has scrolled, and two frames of one moment are the same.
func TestDrawingChangesNothing(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 21, 0, 0, 0, time.UTC)
	s := steps.New()
	for i := range 60 {
		s.Facts.Orgs = append(s.Facts.Orgs, steps.Ref{GUID: fmt.Sprint(i), Name: fmt.Sprintf("org-%d", i)})
	}
	s.Facts.Session = steps.Session{SignedIn: true, User: "dana", API: "https://api.example", Space: steps.Ref{GUID: "s", Name: "prod"}, Org: s.Facts.Orgs[0]}
	keys := map[string]tea.KeyPressMsg{
		"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown},
		"esc": {Code: tea.KeyEscape}, "right": {Code: tea.KeyRight},
	}
	for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 20}, {40, 12}} {
		m := newModel(stillMigration{s}, ScreenOptions{Width: size[0], Height: size[1], Now: func() time.Time { return at }})
		for i, opens := range []string{"", "g", "c", "l", "?", "b", "q", "right"} {
			for _, name := range []string{opens, "pgdown", "pgdown", "down", "down", "pgdown", "up", "pgup", "esc"} {
				k, named := keys[name]
				if !named && name != "" {
					k = tea.KeyPressMsg{Code: rune(name[0]), Text: name}
				}
				if name != "" {
					m.Update(k)
				}
				was, first := dump(m), m.View().Content
				if now := dump(m); now != was {
					t.Fatalf("%v, %d: %q was drawn, and has changed\n%s\nto\n%s", size, i, name, was, now)
				}
				if second := m.View().Content; second != first {
					t.Fatalf("%v, %d: after %q two frames differ", size, i, name)
				}
			}
		}
	}
}

func dump(m *model) string {
	text := fmt.Sprintf("%d %q %s %+v", m.scroll, m.note, m.viewing, m.decision)
	for _, d := range m.dialogs {
		text += fmt.Sprintf("\n%+v", d)
	}
	return text
}
