package tui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"

	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/steps"
)

// TestANoteLeavesTheKeysInSight: a note stands beside the keys, and not for ever.
func TestANoteLeavesTheKeysInSight(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)
	for _, size := range []struct{ w, h int }{{80, 24}, {60, 20}, {40, 12}} {
		m := newModel(stillMigration{steps.New()}, ScreenOptions{Width: size.w, Height: size.h, Now: func() time.Time { return now }})
		m.Update(tea.KeyPressMsg{Code: 'u', Text: "u"})
		for _, want := range []bool{true, false} {
			lines := strings.Split(ansi.Strip(m.View().Content), "\n")
			if keys := lines[len(lines)-1]; !strings.Contains(keys, "quit") || len(lines) != size.h {
				t.Errorf("%dx%d: %d lines, the last one is %q", size.w, size.h, len(lines), keys)
			}
			if said := strings.Contains(strings.Join(lines, "\n"), "Looking again."); said != want {
				t.Errorf("%dx%d: the note is there: %v, want %v", size.w, size.h, said, want)
			}
			now = now.Add(noteLife)
			m.Update(tickMsg{})
		}
	}
}

// TestTheFirstKeyBehindAFilterCounts holds what a key does that is none of the text.
func TestTheFirstKeyBehindAFilterCounts(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: "org", Search: true, Options: []steps.Option{{ID: "1", Label: "acme"}, {ID: "2", Label: "acme-test"}, {ID: "3", Label: "acme-old"}}}
	for key, want := range map[rune]string{tea.KeyDown: "2", tea.KeyUp: "3", tea.KeyTab: "2"} {
		m := newModel(stillMigration{steps.New()}, ScreenOptions{Width: 80, Height: 24, Grace: -1})
		var d decision
		d.follow(q)
		d.filter.typing = true
		for _, r := range "acme" {
			d.update(m, q, tea.KeyPressMsg{Code: r, Text: string(r)})
			d.follow(q)
		}
		d.update(m, q, tea.KeyPressMsg{Code: key})
		if d.option != want || d.filter.text != "acme" || d.filter.typing {
			t.Errorf("%v leads to %s, want %s; %+v", key, d.option, want, d.filter)
		}
	}
	m := newModel(stillMigration{steps.New()}, ScreenOptions{Width: 80, Height: 24, Grace: -1})
	d := decision{filter: filter{typing: true, text: "old"}}
	q.Options[2].Wait = true
	d.follow(q)
	d.filter = filter{typing: true, text: "old"}
	d.follow(q)
	d.update(m, q, tea.KeyPressMsg{Code: tea.KeyEnter})
	if m.note != "Staying. Nothing was done." {
		t.Errorf("Enter behind the text took nothing: %q", m.note)
	}
}

// TestEscKeepsWhatIsFilledIn: one Esc, which a terminal may have sent, leaves the form
// open; two leave it. A form that nobody has touched takes one.
func TestEscKeepsWhatIsFilledIn(t *testing.T) {
	t.Parallel()
	f := crowdedForm()
	if f.stays() {
		t.Error("an untouched form takes two")
	}
	f = crowdedForm()
	typed(f, "down", "space")
	if !f.stays() || f.stays() {
		t.Error("a touched form does not take two")
	}
}

// TestDoneIsNoFailure: where there is only ASCII, done, failed and to do are told apart.
func TestDoneIsNoFailure(t *testing.T) {
	t.Parallel()
	for _, s := range []symbols{unicodeSymbols, asciiSymbols} {
		if s.done == "x" || s.done == s.attention || s.done == s.todo || s.done == s.skipped || s.done == s.here {
			t.Errorf("done is %q among %+v", s.done, s)
		}
	}
}

// TestAPauseIsCarriedOut: the key stops the job, the signal the process, and what
// follows is looked at anew.
func TestAPauseIsCarriedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var stopped []bool
		m := newModel(stillMigration{steps.New()}, ScreenOptions{Width: 80, Height: 24, Stop: func(job bool) { stopped = append(stopped, job) }})
		for _, msg := range []tea.Msg{tea.KeyPressMsg{Code: 'z', Mod: tea.ModCtrl}, pauseMsg{}} {
			if m.update(msg) == nil {
				t.Errorf("%v does nothing", msg)
			}
		}
		m.o.Stop = nil
		if m.update(pauseMsg{}) != nil {
			t.Error("it pauses where nothing can be stopped")
		}
		if len(stopped) != 0 {
			t.Error("it was stopped before the terminal was given back")
		}
	})
}
