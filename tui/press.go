package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// press does what a key says.
func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	q, at := m.asking()
	switch {
	case key.Matches(k, m.keys.Interrupt):
		if _, asked := m.top().(*quitDialog); asked || m.snap.State.Choices.Ended != nil {
			return m.leave()
		}
		m.openQuit()
		return nil
	case key.Matches(k, m.keys.Suspend):
		return tea.Suspend
	case at.form != nil:
		m.pressForm(k, q, at)
		return nil
	case m.top() != nil:
		return m.pressDialog(m.top(), k)
	case m.decision.filtering:
		m.pressFilter(k)
		return nil
	}
	return m.pressStep(k)
}

func (m *model) leave() tea.Cmd {
	m.quitting = true
	return tea.Quit
}

func (m *model) pressStep(k tea.KeyPressMsg) tea.Cmd {
	q := m.question()
	switch {
	case key.Matches(k, m.keys.Quit):
		if m.snap.State.Choices.Ended != nil {
			return m.leave()
		}
		m.openQuit()
	case key.Matches(k, m.keys.BackOut):
		m.openBackOut()
	case key.Matches(k, m.keys.Guide):
		m.openGuide()
	case key.Matches(k, m.keys.Commands):
		m.openCommands()
	case key.Matches(k, m.keys.Log):
		m.openLog()
	case key.Matches(k, m.keys.Help):
		m.openHelp()
	case key.Matches(k, m.keys.Look):
		m.m.LookAgain()
		m.note = "Looking again."
	case key.Matches(k, m.keys.Report):
		return m.saveReport()
	case key.Matches(k, m.keys.Left):
		m.turnTo(-1)
	case key.Matches(k, m.keys.Right):
		m.turnTo(1)
	case key.Matches(k, m.keys.Back):
		m.viewing, m.decision.filter = "", ""
	case key.Matches(k, m.keys.PageUp):
		m.scrollBy(-5)
	case key.Matches(k, m.keys.PageDown):
		m.scrollBy(5)
	case q == nil:
	case key.Matches(k, m.keys.Up):
		m.decision.move(q, -1)
	case key.Matches(k, m.keys.Down):
		m.decision.move(q, 1)
	case key.Matches(k, m.keys.Filter) && q.Search:
		m.decision.filtering = true
	case key.Matches(k, m.keys.Choose):
		m.choose(q, &m.decision)
	}
	return nil
}

// turnTo looks at a neighbouring step. It changes the screen and nothing else.
func (m *model) turnTo(by int) {
	road := steps.Road()
	n := m.step().Number()
	if n == 0 { // in a back-out, which is beside the road
		n = len(road) + 1
	}
	n = min(max(n+by, 1), len(road))
	m.viewing, m.scroll = road[n-1], 0
}

// choose takes the option under the cursor, or opens what it asks for.
func (m *model) choose(q *steps.Question, d *decision) {
	if m.now.Sub(m.asked) < m.o.Grace {
		return // the question has only just come: this key was meant for another
	}
	o, ok := q.Option(d.option)
	switch {
	case !ok:
		return
	case o.Blocked != "":
		m.note = "Not possible now: " + obstacle(o) + "."
	case o.Wait:
		m.note = "Staying. Nothing was done."
	case len(o.Fields) > 0 || o.Typed != "":
		d.form = newForm(q, o)
	default:
		m.send(q, d, steps.Answer{Question: q.ID, Option: o.ID}, secret.Text{})
	}
}

// send hands an answer in. Whatever was laid over the step is closed by it.
func (m *model) send(q *steps.Question, d *decision, a steps.Answer, word secret.Text) {
	if err := q.Check(a); err != nil {
		if d.form != nil {
			d.form.refuse(err)
		} else {
			m.note = err.Error()
		}
		return
	}
	d.form, m.viewing, m.dialogs = nil, "", nil
	m.m.Answer(a, word)
}

func (m *model) pressForm(k tea.KeyPressMsg, q *steps.Question, d *decision) {
	if key.Matches(k, m.keys.Back) && !d.form.filtering() {
		d.form = nil
		return
	}
	if !d.form.press(k, m.keys) {
		return
	}
	a, word := d.form.answer()
	m.send(q, d, a, word)
}

func (m *model) pressFilter(k tea.KeyPressMsg) {
	d := &m.decision
	switch name := k.String(); name {
	case "esc":
		d.filtering, d.filter = false, ""
	case "enter", "down", "up":
		d.filtering = false
	default:
		d.filter = edited(d.filter, k)
	}
}

// edited is what a key makes of the text of a filter.
func edited(text string, k tea.KeyPressMsg) string {
	if k.String() != "backspace" {
		return text + k.Text
	}
	if r := []rune(text); len(r) > 0 {
		return string(r[:len(r)-1])
	}
	return ""
}

// bindings are the keys that work now, the most useful first.
func (m *model) bindings() []key.Binding {
	if _, at := m.asking(); at.form != nil {
		return at.form.bindings(m.keys)
	}
	if d := m.top(); d != nil {
		return d.bindings(m)
	}
	return m.stepBindings()
}

// stepBindings are those that work on the step.
func (m *model) stepBindings() []key.Binding {
	k, q := m.keys, m.question()
	var list []key.Binding
	if q != nil {
		list = append(list, k.Choose)
		if len(q.Options) > 1 {
			list = append(list, k.Up)
		}
		if q.Search {
			list = append(list, k.Filter)
		}
	}
	if m.viewing != "" {
		list = append(list, k.Back)
	}
	if m.snap.State.Choices.Ended == nil {
		list = append(list, k.BackOut)
	}
	k.Report.SetEnabled(m.o.SaveReport != nil)
	if m.snap.State.Choices.Ended != nil {
		list = append(list, k.Report)
		k.Report = key.Binding{}
	}
	return append(list, k.Left, k.Commands, k.Guide, k.Log, k.Report, k.Look, k.PageUp, k.Suspend, k.Help, k.Quit)
}
