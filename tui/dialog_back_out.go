package tui

import (
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/steps"
)

// backOutDialog is the card of the way back, and the question whether to take it.
type backOutDialog struct{ overlay }

func (m *model) openBackOut() {
	d := &backOutDialog{overlay{key: "b"}}
	d.decision.follow(steps.AskBackOut(m.snap.State))
	m.open(d)
}

func (d *backOutDialog) wide() bool { return true }

func (d *backOutDialog) asks(m *model) (*steps.Question, *decision) {
	q := steps.AskBackOut(m.snap.State)
	if q != nil {
		q.Why = "" // the card says it
	}
	return q, &d.decision
}

func (d *backOutDialog) bindings(m *model) []key.Binding {
	if q, _ := d.asks(m); q != nil {
		return []key.Binding{m.keys.Choose, m.keys.Up, m.keys.PageUp, m.keys.Back}
	}
	return d.overlay.bindings(m)
}

func (d *backOutDialog) press(m *model, k tea.KeyPressMsg) tea.Cmd {
	q, _ := d.asks(m)
	switch {
	case q == nil:
		return d.overlay.press(m, k)
	case key.Matches(k, m.keys.Up):
		d.decision.move(q, -1)
	case key.Matches(k, m.keys.Down):
		d.decision.move(q, 1)
	case key.Matches(k, m.keys.Choose):
		m.choose(q, &d.decision)
	}
	return nil
}

func (d *backOutDialog) draw(m *model, width, height int) drawn {
	return m.stacked(func(dense bool) []string { return m.paint.card(m.snap.State, width, dense) }, d.scroll, "", width, height)
}

// card draws the back-out card: where the applications end, what is undone in
// which order, and what is not.
func (p painter) card(s steps.State, width int, dense bool) []string {
	card := steps.BackOutPlan(s)
	if !card.Possible { // where the applications are then, every screen says
		return append([]string{p.title.Render("Back out"), ""}, paint(p.plain, card.Why, width)...)
	}
	style := p.good
	if card.Lost {
		style = p.warn
	}
	lines := paint(style, "If you back out now: "+sentence(card.Outcome), width)
	gap := []string{""}
	if dense {
		gap = nil
	}
	if len(card.ToDo()) > 0 {
		lines = append(append(lines, gap...), p.quiet.Render("What is done, in this order:"))
		for i, l := range card.ToDo() {
			mark := strconv.Itoa(i+1) + ". "
			lines = append(lines, hanging(paint(p.plain, l, width-cells(mark)), mark)...)
		}
	}
	if len(card.Cannot) > 0 {
		lines = append(append(lines, gap...), p.quiet.Render("What stays as it is:"))
		for _, l := range card.Cannot {
			lines = append(lines, hanging(paint(p.plain, l, width-2), p.quiet.Render(p.g.dot)+" ")...)
		}
	}
	if steps.AskBackOut(s) == nil {
		lines = append(lines, "")
		lines = append(lines, paint(p.warn, signInFirst, width)...)
	}
	return lines
}

const signInFirst = "To do it, sign in again first."

// hanging puts a mark before the first of some lines, and as many blanks before
// the others.
func hanging(lines []string, mark string) []string {
	for i := range lines {
		if i == 0 {
			lines[i] = mark + lines[i]
		} else {
			lines[i] = pad("", cells(mark), "") + lines[i]
		}
	}
	return lines
}
