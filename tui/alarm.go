package tui

import (
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/steps"
)

// alarmed reports whether there is an alarm that has not ended.
func alarmed(s steps.State) bool {
	for _, a := range steps.Alarms(s) {
		if a.Until.IsZero() && a.Round == s.Choices.Round {
			return s.Choices.Ended == nil
		}
	}
	return false
}

// bell rings the terminal's bell for a new alarm, and for a new question when the
// terminal does not have the focus.
func (m *model) bell(was steps.State) tea.Cmd {
	now := m.snap.State
	alarm := len(steps.Alarms(now)) > len(steps.Alarms(was)) && alarmed(now)
	before, q := steps.Ask(was), steps.Ask(now)
	question := m.blurred && q != nil && !q.Waiting() && (before == nil || before.ID != q.ID)
	if !alarm && !question {
		return nil
	}
	return tea.Raw("\a")
}
