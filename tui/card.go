package tui

import (
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/steps"
)

// backOutDialog is the back-out card, and below it the question whether to back out.
type backOutDialog struct {
	dialog
	decision decision
}

func newBackOutDialog(m *model) *backOutDialog {
	d := &backOutDialog{dialog: dialog{viewport: viewport{wide: true}, opener: m.keys.BackOut}}
	d.decision.follow(d.question(m)) // asked for: it takes an answer at once
	return d
}

func (d *backOutDialog) question(m *model) *steps.Question {
	q := steps.AskBackOut(m.snap.State)
	if q != nil {
		q.Why = "" // the card says it
	}
	return q
}

func (d *backOutDialog) follow(m *model) tea.Cmd {
	if d.decision.follow(d.question(m)) {
		m.asked = m.now
	}
	d.decision.form.fit(m.inner())
	return nil
}

func (d *backOutDialog) update(m *model, msg tea.Msg) tea.Cmd {
	if d.decision.update(m, d.question(m), msg) {
		return nil
	}
	return d.dialog.update(m, msg)
}

func (d *backOutDialog) bindings(m *model) []key.Binding {
	k := m.keys
	switch {
	case d.decision.form != nil:
		return d.decision.form.bindings(k)
	case d.question(m) != nil:
		return []key.Binding{k.Choose, k.Up, k.PageUp, k.Back}
	}
	return d.dialog.bindings(m)
}

func (d *backOutDialog) draw(m *model, width, height int) drawing {
	card := func(dense bool) []string { return m.theme.card(m.snap.State, width, dense) }
	return m.theme.stacked(card, d.scroll, &d.decision, d.question(m), "", height, width, height)
}

// card draws the back-out card: where the applications end, what is undone in
// which order, and what is not.
func (t theme) card(s steps.State, width int, dense bool) []string {
	card := steps.BackOutPlan(s)
	if !card.Possible { // where the applications are then, every screen says
		return append([]string{t.title.Render("Back out"), ""}, paragraph(t.plain, card.Why, width)...)
	}
	style := t.good
	if card.Lost {
		style = t.warn
	}
	lines := paragraph(style, "If you back out now: "+sentence(card.Outcome), width)
	heading := func(text string) {
		if !dense {
			lines = append(lines, "")
		}
		lines = append(lines, t.quiet.Render(text))
	}
	entry := func(mark, text string) {
		lines = append(lines, hanging(paragraph(t.plain, text, width-cells(mark)), mark)...)
	}
	if len(card.ToDo()) > 0 {
		heading("What is done, in this order:")
	}
	for i, l := range card.ToDo() {
		entry(strconv.Itoa(i+1)+". ", l)
	}
	if len(card.Cannot) > 0 {
		heading("What stays as it is:")
	}
	for _, l := range card.Cannot {
		entry(t.quiet.Render(t.dot)+" ", l)
	}
	if steps.AskBackOut(s) == nil {
		lines = append(lines, "")
		lines = append(lines, paragraph(t.warn, signInFirst, width)...)
	}
	return lines
}

const signInFirst = "To do it, sign in again first."
