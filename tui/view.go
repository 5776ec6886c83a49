package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/sanitize"
	"pg-migrate-wizard/steps"
)

// Sizes: below the first the rail is one line; below the second nothing can be
// shown that would be of use.
const (
	wideEnough = 80
	leastWidth = 40
	leastLines = 12
)

// View draws the screen from the state, and nothing else.
func (m *model) View() tea.View {
	v := tea.NewView("")
	v.WindowTitle = m.windowTitle()
	v.ReportFocus = true
	if m.quitting {
		return v // the last frame leaves the person's own screen behind
	}
	v.AltScreen = true
	switch {
	case m.width <= 0 || m.height <= 0:
		return v
	case m.width < leastWidth || m.height < leastLines:
		v.Content = clip(fmt.Sprintf("Too small: %dx%d.", m.width, m.height), m.width, "") + "\n" +
			clip(fmt.Sprintf("Needs %dx%d.", leastWidth, leastLines), m.width, "")
		if m.height < 2 {
			v.Content, _, _ = strings.Cut(v.Content, "\n")
		}
		return v
	}
	lines, at := m.frame()
	for i, l := range lines {
		lines[i] = clip(l, m.width, m.paint.g.ellipsis)
	}
	v.Content = strings.Join(lines, "\n")
	if at != nil {
		v.Cursor = tea.NewCursor(at.x, at.y)
		v.Cursor.Blink = false
	}
	return v
}

// windowTitle says in a word whether the person is waited for.
func (m *model) windowTitle() string {
	s := m.snap.State
	id := steps.Current(s)
	word := map[steps.Status]string{
		steps.Asking: "waits for you", steps.Attention: "needs you", steps.Done: "done",
	}[steps.StatusOf(s, id)]
	title := "pg-migrate-wizard: " + id.Title()
	if word != "" {
		title += ", " + word
	}
	return title
}

// frame puts the screen together: header, rule, body, rule, keys.
func (m *model) frame() ([]string, *spot) {
	p := m.paint
	spin := ""
	if m.snap.Busy {
		spin = p.g.spinner[m.turn%len(p.g.spinner)]
	}
	lines := []string{p.header(m.snap, m.now, m.width, spin), p.rule(m.width)}
	margin := 1
	height := m.height - 4
	var rail []string
	if m.width >= wideEnough {
		rail = p.rail(m.snap.State, m.step())
		margin = railWidth + 2
	} else {
		lines = append(lines, p.place(m.snap.State, m.step(), m.width))
		height--
	}
	body, at := m.body(m.width-margin-1, height)
	top := len(lines)
	for i := range height {
		line := ""
		if i < len(body) {
			line = body[i]
		}
		switch {
		case rail == nil:
			line = " " + line
		case i < len(rail):
			line = pad(rail[i], railWidth, p.g.ellipsis) + p.styles.rule.Render(p.g.bar) + " " + line
		default:
			line = strings.Repeat(" ", railWidth) + p.styles.rule.Render(p.g.bar) + " " + line
		}
		lines = append(lines, line)
	}
	lines = append(lines, p.rule(m.width), m.footer())
	if at != nil {
		at = &spot{at.x + margin, at.y + top}
		if at.y >= len(lines)-2 {
			at = nil
		}
	}
	return lines, at
}

func (m *model) footer() string {
	if m.note != "" {
		return " " + m.paint.accent.Render(clip(sanitize.Line(m.note), m.width-2, m.paint.g.ellipsis))
	}
	return joinHelp(m.paint, m.bindings(), m.width)
}

// body is the middle: a dialog, or the step with its decision.
func (m *model) body(width, height int) ([]string, *spot) {
	if d := m.top(); d != nil {
		var pg page
		switch d.kind {
		case guideDialog:
			pg = m.paint.guide(d.step, width)
		case commandsDialog:
			pg = m.paint.commands(m.snap.State, d, width)
		case logDialog:
			requests, total := m.m.Requests()
			pg = m.paint.log(requests, total, width)
		case helpDialog:
			top := m.dialogs
			m.dialogs = nil
			pg = m.paint.help(m.bindings(), width)
			m.dialogs = top
		case quitDialog:
			pg = m.paint.quit(m.snap.State, d, width)
		}
		return pg.scrolled(d, height), nil
	}
	return m.stepBody(width, height)
}

// stepBody is what the step says, and below it the decision. The decision is
// always in sight; what the step says gives way and can be scrolled.
func (m *model) stepBody(width, height int) ([]string, *spot) {
	p := m.paint
	id := m.step()
	info := m.info(id, width)
	q := m.question()
	if q == nil {
		return m.cut(info, height), nil
	}
	share := max(3, height/2)
	if m.notice() != "" || m.decision.form != nil {
		share = 3 // what the person is busy with comes first
	}
	room := height - min(len(info), share) - 1
	decision, at := p.decision(&m.decision, q, m.notice(), width, room)
	top := m.cut(info, height-len(decision)-1)
	at.y += len(top) + 1
	return append(append(top, ""), decision...), &at
}

func (m *model) notice() string {
	if m.viewing != "" {
		return ""
	}
	return m.snap.State.Notice
}

// cut shows as many lines as there is room for, from where the person has
// scrolled to, and says how many there are more.
func (m *model) cut(lines []string, height int) []string {
	if len(lines) <= height {
		m.scroll = 0
		return lines
	}
	if height < 1 {
		return nil
	}
	m.scroll = min(m.scroll, len(lines)-height)
	out := append([]string(nil), lines[m.scroll:m.scroll+height]...)
	if below := len(lines) - height - m.scroll; below > 0 {
		out[height-1] = m.paint.quiet.Render(fmt.Sprintf("%s %d more lines: PgDn", m.paint.g.more, below+1))
	}
	return out
}

// info is the upper part: title, state, facts, and where the person would stand.
func (m *model) info(id steps.ID, width int) []string {
	p := m.paint
	s := m.snap.State
	items := steps.Show(s, id, m.now)
	head := ""
	for i, item := range items {
		if item.Kind == steps.ItemHeadline {
			head = p.item(item, width, 0, nil)[0]
			items = append(append([]steps.Item(nil), items[:i]...), items[i+1:]...)
			break
		}
	}
	lines := []string{ends(p.title.Render(id.Title()), head, width, p.g.ellipsis), ""}
	if m.width < wideEnough {
		lines = lines[:0]
		if head != "" {
			lines = append(lines, head)
		}
	}
	lines = append(lines, p.items(items, width)...)
	if id != steps.Current(s) {
		return append(lines, "", p.quiet.Render("You are looking at another step. Esc goes back to where things stand."))
	}
	if age := m.age(id); age != "" {
		lines = append(lines, paint(p.quiet, age, width)...)
	}
	if m.snap.Warning != "" {
		lines = append(lines, paint(p.bad, p.g.attention+" "+m.snap.Warning, width)...)
	}
	if !strings.HasSuffix(strings.Join(lines, "\n"), "\n") && len(lines) > 0 {
		lines = append(lines, "")
	}
	lines = append(lines, paint(p.plain, steps.Standing(s), width)...)
	if s.Choices.Ended != nil {
		lines = append(lines, "", p.focus.Render("Press q to leave."))
	}
	return lines
}

// age says how old what is shown is, where the service is being watched.
func (m *model) age(id steps.ID) string {
	switch id {
	case steps.Replicate, steps.Writers, steps.Finalize, steps.Switch, steps.BackOut:
	default:
		return ""
	}
	s := m.snap.State
	if m.snap.LastLook.IsZero() || id == steps.Replicate && !s.Facts.Replication.Exists {
		return ""
	}
	age := "Checked " + steps.Lasting(m.now.Sub(m.snap.LastLook)) + " ago"
	if next := m.snap.NextLook.Sub(m.now); next > 0 {
		age += ", next in " + steps.Lasting(next)
	}
	looks := fmt.Sprintf("look %d, no errors", m.snap.Looks)
	if m.snap.Failures > 0 {
		looks = fmt.Sprintf("look %d, %d failed in a row", m.snap.Looks, m.snap.Failures)
	}
	return age + " " + m.paint.g.dot + " " + looks
}
