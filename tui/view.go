package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

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
	if ringing(s) {
		word = "ALARM"
	}
	title := "pg-migrate-wizard: " + id.Title()
	if word != "" {
		title += ", " + word
	}
	return title
}

// layout is the screen in its parts: head, rail beside the body, foot.
type layout struct {
	head, rail, foot []string
	body             drawn
	margin, height   int // of the body: columns left of it, lines
}

func (m *model) layout() layout {
	p, spin := m.paint, ""
	if m.snap.Busy {
		spin = p.g.spinner[m.turn%len(p.g.spinner)]
	}
	l := layout{margin: 1, head: []string{p.header(m.snap, m.now, m.width, spin), p.rule(m.width)}}
	l.foot = append(append([]string{p.rule(m.width)}, m.standing()...), m.footer()...)
	switch d := m.top(); {
	case d != nil && d.wide():
	case m.width >= wideEnough:
		l.rail, l.margin = p.rail(m.snap.State, m.step()), railWidth+2
	default:
		l.head = append(l.head, p.place(m.snap.State, m.step(), m.width))
	}
	l.height = max(1, m.height-len(l.head)-len(l.foot))
	l.body = m.body(m.width-l.margin-1, l.height)
	return l
}

// frame puts the parts together.
func (m *model) frame() ([]string, *spot) {
	p, l := m.paint, m.layout()
	lines := l.head
	for i := range l.height {
		line := ""
		if i < len(l.body.lines) {
			line = l.body.lines[i]
		}
		switch {
		case l.rail == nil:
			line = " " + line
		case i < len(l.rail):
			line = pad(l.rail[i], railWidth, p.g.ellipsis) + p.styles.rule.Render(p.g.bar) + " " + line
		default:
			line = strings.Repeat(" ", railWidth) + p.styles.rule.Render(p.g.bar) + " " + line
		}
		lines = append(lines, line)
	}
	at := l.body.cursor
	if at != nil {
		if at = (&spot{at.x + l.margin, at.y + len(l.head)}); at.y >= len(lines) {
			at = nil
		}
	}
	return append(lines, l.foot...), at
}

// standing is the line that every screen carries: what it would mean to stop
// now. It is never cut; where it needs more than two lines, its opening words go.
func (m *model) standing() []string {
	lines := wrapped(steps.Standing(m.snap.State), m.width-2)
	if len(lines) > 2 {
		lines = wrapped(capital(steps.ShortStanding(m.snap.State)), m.width-2)
	}
	style := m.paint.plain
	if steps.BackOutPlan(m.snap.State).Lost {
		style = m.paint.warn
	}
	for i, l := range lines {
		lines[i] = " " + style.Render(l)
	}
	return lines
}

// noteLines is how many lines a word about the last key may have.
const noteLines = 3

func (m *model) footer() []string {
	if m.note == "" {
		return []string{joinHelp(m.paint, m.bindings(), m.width)}
	}
	lines := paint(m.paint.accent, m.note, m.width-2)
	return indent(lines[:min(noteLines, len(lines))], " ")
}

// body is the middle: a dialog, or the step with its decision below it.
func (m *model) body(width, height int) drawn {
	if d := m.top(); d != nil {
		return d.draw(m, width, height)
	}
	return m.stacked(func(dense bool) []string { return m.info(m.step(), width, dense) }, m.scroll, m.notice(), width, height)
}

// leastInfo is how many lines stay of what a decision is about.
const leastInfo = 4

// stacked puts a decision below what it is about. The decision is always in
// sight; what stands above it gives way: it is drawn densely, and can be scrolled.
func (m *model) stacked(draw func(dense bool) []string, scroll int, notice string, width, height int) drawn {
	p := m.paint
	q, d := m.asking()
	info := draw(false)
	if q == nil {
		if len(info) > height {
			info = draw(true)
		}
		return p.cut(info, scroll, height)
	}
	share := max(3, height/2)
	switch { // what the person is busy with comes first
	case d.form != nil:
		share = 0
	case notice != "":
		share = 3
	case m.top() != nil: // the card: to be read before it is answered
		share = height
	}
	room := func() int {
		return max(height-min(len(info), share)-1, min(p.least(d, q, notice, width), height-leastInfo-1))
	}
	decision, at := p.decision(d, q, notice, width, room())
	if len(info) > height-len(decision)-1 {
		info = draw(true)
		decision, at = p.decision(d, q, notice, width, room())
	}
	left := height - len(decision) - 1
	if d.form != nil && left < leastInfo && left < len(info) {
		left = 0 // a line or two are of no use
	}
	top := p.cut(info, scroll, left)
	if len(top.lines) == 0 {
		return drawn{decision, &at, top.scroll}
	}
	at.y += len(top.lines) + 1
	return drawn{append(append(top.lines, ""), decision...), &at, top.scroll}
}

func (m *model) notice() string {
	if m.viewing != "" {
		return ""
	}
	return m.snap.State.Notice
}

// cut shows as many lines as there is room for, from where the person has
// scrolled to, and says how many there are more.
func (p painter) cut(lines []string, scroll, height int) drawn {
	if len(lines) <= height {
		return drawn{lines: lines}
	}
	if height < 1 {
		return drawn{scroll: scroll}
	}
	scroll = min(scroll, len(lines)-height)
	out := slices.Clone(lines[scroll : scroll+height])
	if below := len(lines) - height - scroll; below > 0 {
		out[height-1] = p.quiet.Render(fmt.Sprintf("%s %d more lines: PgDn", p.g.more, below+1))
	}
	return drawn{lines: out, scroll: scroll}
}

// info is the upper part: title, state, facts. Densely drawn, what explains a
// table is left out: the guide says it, too.
func (m *model) info(id steps.ID, width int, dense bool) []string {
	p := m.paint
	s := m.snap.State
	items := steps.Show(s, id, m.now)
	head := ""
	for i, item := range items {
		if item.Kind == steps.ItemHeadline && !item.Clock { // the clock runs in the first line of the screen
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
	listed := slices.ContainsFunc(items, func(it steps.Item) bool { return it.Kind == steps.ItemRow })
	items = slices.DeleteFunc(items, func(it steps.Item) bool {
		return it.Clock || dense && listed && it.Kind == steps.ItemText && it.Tone == steps.Quiet
	})
	lines = append(lines, p.items(items, width, dense)...)
	if id != steps.Current(s) {
		return append(lines, "", p.quiet.Render("You are looking at another step. Esc goes back to where things stand."))
	}
	if age := m.age(id); age != "" {
		lines = append(lines, paint(p.quiet, age, width)...)
	}
	if m.snap.Warning != "" {
		lines = append(lines, paint(p.bad, p.g.attention+" "+m.snap.Warning, width)...)
	}
	if s.Choices.Ended != nil {
		word := "Press q to leave."
		if m.o.SaveReport != nil {
			word = "Press r for the report, q to leave."
		}
		lines = append(lines, "", p.focus.Render(word))
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
