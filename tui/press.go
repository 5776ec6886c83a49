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
		if d := m.top(); d != nil && d.kind == quitDialog || m.snap.State.Choices.Ended != nil {
			return m.leave()
		}
		m.open(quitDialog)
		return nil
	case key.Matches(k, m.keys.Suspend):
		return tea.Suspend
	case at.form != nil:
		m.pressForm(k, q, at)
		return nil
	case m.top() != nil:
		return m.pressDialog(k)
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

func (m *model) open(kind dialogKind) {
	if d := m.top(); d != nil && d.kind == kind {
		return
	}
	d := &dialog{kind: kind, step: m.step()}
	switch kind {
	case logDialog:
		d.scroll = 1 << 20 // at its end
	case backOutDialog:
		d.decision.follow(steps.AskBackOut(m.snap.State))
	}
	m.dialogs = append(m.dialogs, d)
}

func (m *model) pressStep(k tea.KeyPressMsg) tea.Cmd {
	q := m.question()
	switch {
	case key.Matches(k, m.keys.Quit):
		if m.snap.State.Choices.Ended != nil {
			return m.leave()
		}
		m.open(quitDialog)
	case key.Matches(k, m.keys.BackOut):
		m.open(backOutDialog)
	case key.Matches(k, m.keys.Guide):
		m.open(guideDialog)
	case key.Matches(k, m.keys.Commands):
		m.open(commandsDialog)
	case key.Matches(k, m.keys.Log):
		m.open(logDialog)
	case key.Matches(k, m.keys.Help):
		m.open(helpDialog)
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
		m.scroll = max(0, m.scroll-5)
	case key.Matches(k, m.keys.PageDown):
		m.scroll += 5
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

func (m *model) pressDialog(k tea.KeyPressMsg) tea.Cmd {
	d := m.top()
	page := max(1, m.height-8)
	q, _ := m.asking()
	switch {
	case key.Matches(k, m.keys.Back), d.kind != quitDialog && (key.Matches(k, m.keys.Quit) || closes(k, d.kind)):
		m.dialogs = m.dialogs[:len(m.dialogs)-1]
	case key.Matches(k, m.keys.PageUp):
		d.scroll = max(0, d.scroll-page)
	case key.Matches(k, m.keys.PageDown):
		d.scroll += page
	case q != nil && key.Matches(k, m.keys.Up):
		d.decision.move(q, -1)
	case q != nil && key.Matches(k, m.keys.Down):
		d.decision.move(q, 1)
	case q != nil && key.Matches(k, m.keys.Choose):
		m.choose(q, &d.decision)
	case key.Matches(k, m.keys.Up):
		d.at, d.scroll = max(0, d.at-1), max(0, d.scroll-1)
	case key.Matches(k, m.keys.Down):
		d.at, d.scroll = d.at+1, d.scroll+1
	case d.kind == quitDialog && key.Matches(k, m.keys.Choose):
		if d.at == 1 {
			return m.leave()
		}
		m.dialogs = m.dialogs[:len(m.dialogs)-1]
	case d.kind == commandsDialog && key.Matches(k, m.keys.Copy):
		if list := steps.Commands(m.snap.State, d.step); d.at < len(list) {
			m.note = "Sent to the clipboard."
			return tea.SetClipboard(list[d.at].Line)
		}
	}
	return nil
}

// closes reports whether the key that opened a dialog closes it again.
func closes(k tea.KeyPressMsg, kind dialogKind) bool {
	return map[dialogKind]string{
		guideDialog: "g", commandsDialog: "c", logDialog: "l", helpDialog: "?", backOutDialog: "b",
	}[kind] == k.String()
}

// bindings are the keys that work now, the most useful first.
func (m *model) bindings() []key.Binding {
	k := m.keys
	q, at := m.asking()
	if at.form != nil {
		return at.form.bindings(k)
	}
	if d := m.top(); d != nil {
		switch {
		case d.kind == quitDialog:
			return []key.Binding{k.Choose, k.Up, k.Back}
		case q != nil:
			return []key.Binding{k.Choose, k.Up, k.PageUp, k.Back}
		case d.kind == commandsDialog:
			return []key.Binding{k.Copy, k.Up, k.Back}
		}
		return []key.Binding{k.Back, k.Up, k.PageUp}
	}
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
