package tui

import (
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// stepPage shows a step: what it says of itself, and below it its question.
type stepPage struct {
	viewport
	decision decision
}

// question is what can be answered: what the migration asks, or what can be
// changed about the step being looked at.
func (*stepPage) question(m *model) *steps.Question {
	if m.viewing != "" {
		return steps.Revise(m.snap.State, m.viewing)
	}
	return steps.Ask(m.snap.State)
}

// follow sends a text that comes with a new question to the clipboard.
func (p *stepPage) follow(m *model) tea.Cmd {
	q := p.question(m)
	isNew := p.decision.follow(q)
	p.decision.form.fit(m.inner())
	if !isNew {
		return nil
	}
	m.asked, p.scroll = m.now, 0
	if q == nil || q.Copy == "" {
		return nil
	}
	m.note = "The address was sent to the clipboard."
	return tea.SetClipboard(sanitize.Line(q.Copy))
}

func (p *stepPage) update(m *model, msg tea.Msg) tea.Cmd {
	q := p.question(m)
	if p.decision.update(m, q, msg) {
		return nil
	}
	k, _ := msg.(tea.KeyPressMsg)
	switch {
	case key.Matches(k, m.keys.Quit):
		return m.askToQuit()
	case key.Matches(k, m.keys.BackOut):
		m.open(newBackOutDialog(m))
	case key.Matches(k, m.keys.Guide):
		m.open(&guideDialog{dialog: dialog{opener: m.keys.Guide}, step: m.step()})
	case key.Matches(k, m.keys.Commands):
		m.open(&commandsDialog{dialog: dialog{opener: m.keys.Commands}, step: m.step()})
	case key.Matches(k, m.keys.Log):
		m.open(&logDialog{dialog: dialog{opener: m.keys.Log, viewport: viewport{scroll: bottom}}})
	case key.Matches(k, m.keys.Help):
		m.open(&helpDialog{dialog{opener: m.keys.Help}})
	case key.Matches(k, m.keys.Look):
		m.m.LookAgain()
		m.note = "Looking again."
	case key.Matches(k, m.keys.Report):
		return m.saveReport()
	case key.Matches(k, m.keys.Left):
		p.turn(m, -1)
	case key.Matches(k, m.keys.Right):
		p.turn(m, 1)
	case key.Matches(k, m.keys.Back):
		m.viewing, p.decision.filter = "", filter{}
	case key.Matches(k, m.keys.PageUp):
		p.scroll = max(0, p.scroll-5)
	case key.Matches(k, m.keys.PageDown):
		p.scroll += 5
	case key.Matches(k, m.keys.Filter) && q != nil && q.Search:
		p.decision.filter.typing = true
	}
	return nil
}

// turn looks at a neighbouring step. It changes the screen and nothing else.
func (p *stepPage) turn(m *model, by int) {
	road := steps.Road()
	n := m.step().Number()
	if n == 0 { // in a back-out, which is beside the road
		n = len(road) + 1
	}
	m.viewing, p.scroll = road[min(max(n+by, 1), len(road))-1], 0
}

func (p *stepPage) bindings(m *model) []key.Binding {
	k, q, ended := m.keys, p.question(m), m.snap.State.Choices.Ended != nil
	if p.decision.form != nil {
		return p.decision.form.bindings(k)
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
	k.Report.SetEnabled(m.o.SaveReport != nil)
	if ended {
		list = append(list, k.Report)
		k.Report = key.Binding{}
	} else {
		list = append(list, k.BackOut)
	}
	return append(list, k.Left, k.Commands, k.Guide, k.Log, k.Report, k.Look, k.PageUp, k.Suspend, k.Help, k.Quit)
}

func (p *stepPage) draw(m *model, width, height int) drawing {
	notice := ""
	if m.viewing == "" {
		notice = m.snap.State.Notice
	}
	info := func(dense bool) []string { return m.info(width, dense) }
	return m.theme.stacked(info, p.scroll, &p.decision, p.question(m), notice, max(3, height/2), width, height)
}

// info is what a step says of itself: title, state, facts. Densely drawn, what
// explains a table is left out: the guide says it, too.
func (m *model) info(width int, dense bool) []string {
	t, s, id := m.theme, m.snap.State, m.step()
	items := steps.Show(s, id, m.now)
	head := ""
	// The downtime so far is in the first line of the screen.
	if i := slices.IndexFunc(items, func(it steps.Item) bool { return it.Kind == steps.ItemHeadline && !it.Clock }); i >= 0 {
		head = t.headline(items[i], width)
		items = slices.Delete(slices.Clone(items), i, i+1)
	}
	var lines []string
	switch {
	case m.width >= wideEnough:
		lines = append(lines, t.ends(t.title.Render(id.Title()), head, width), "")
	case head != "":
		lines = append(lines, head)
	}
	listed := slices.ContainsFunc(items, func(it steps.Item) bool { return it.Kind == steps.ItemRow })
	items = slices.DeleteFunc(items, func(it steps.Item) bool {
		return it.Clock || dense && listed && it.Kind == steps.ItemText && it.Tone == steps.Quiet
	})
	lines = append(lines, t.items(items, width, dense)...)
	if id != steps.Current(s) {
		return append(lines, "", t.quiet.Render("You are looking at another step. Esc goes back to where things stand."))
	}
	lines = append(lines, paragraph(t.quiet, m.age(id), width)...)
	if m.snap.Warning != "" {
		lines = append(lines, paragraph(t.bad, t.attention+" "+m.snap.Warning, width)...)
	}
	if s.Choices.Ended != nil {
		if m.report != "" {
			lines = append(lines, paragraph(t.plain, m.report, width)...)
		}
		leave := "Press q to leave."
		if m.o.SaveReport != nil {
			leave = "Press r for the report, q to leave."
		}
		lines = append(lines, "", t.focus.Render(leave))
	}
	return lines
}

// age says how old what is shown is, where the service is being watched.
func (m *model) age(id steps.ID) string {
	watched := slices.Contains([]steps.ID{steps.Replicate, steps.Writers, steps.Finalize, steps.Switch, steps.BackOut}, id)
	if !watched || m.snap.LastLook.IsZero() || id == steps.Replicate && !m.snap.State.Facts.Replication.Exists {
		return ""
	}
	age := "Checked " + steps.Lasting(m.now.Sub(m.snap.LastLook)) + " ago"
	if next := m.snap.NextLook.Sub(m.now); next > 0 {
		age += ", next in " + steps.Lasting(next)
	}
	failures := "no errors"
	if m.snap.Failures > 0 {
		failures = fmt.Sprintf("%d failed in a row", m.snap.Failures)
	}
	return fmt.Sprintf("%s %s look %d, %s", age, m.theme.dot, m.snap.Looks, failures)
}
