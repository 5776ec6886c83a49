package tui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/steps"
)

// Sizes: below the first the rail is one line; below the others nothing can be
// shown that would be of use.
const (
	wideEnough = 80
	leastWidth = 40
	leastLines = 12
)

func (m *model) tooSmall() bool { return m.width < leastWidth || m.height < leastLines }

// View draws the screen from the model. It changes nothing.
func (m *model) View() tea.View {
	v := tea.NewView("")
	v.WindowTitle = m.windowTitle()
	v.ReportFocus = true
	if m.quitting {
		return v // the last frame leaves the person's own screen behind
	}
	v.AltScreen = true
	var lines []string
	switch {
	case m.width <= 0 || m.height <= 0:
		return v
	case m.tooSmall():
		t := theme{}
		lines = []string{t.clip(fmt.Sprintf("Too small: %dx%d.", m.width, m.height), m.width), t.clip(fmt.Sprintf("Needs %dx%d.", leastWidth, leastLines), m.width)}
		lines = lines[:min(len(lines), m.height)]
	default:
		var cursor *tea.Position
		lines, cursor = m.frame()
		for i, l := range lines {
			lines[i] = m.theme.clip(l, m.width)
		}
		if cursor != nil {
			v.Cursor = tea.NewCursor(cursor.X, cursor.Y)
			v.Cursor.Blink = false
		}
	}
	v.Content = strings.Join(lines, "\n")
	return v
}

// windowTitle says whether the person is waited for.
func (m *model) windowTitle() string {
	s := m.snap.State
	id := steps.Current(s)
	status := map[steps.Status]string{
		steps.Asking: ", waits for you", steps.Attention: ", needs you", steps.Done: ", done",
	}[steps.StatusOf(s, id)]
	if alarmed(s) {
		status = ", ALARM"
	}
	return "pg-migrate-wizard: " + id.Title() + status
}

// frame puts the screen together: header, page, and where the migration stands
// with the keys.
func (m *model) frame() ([]string, *tea.Position) {
	t, lines, foot, margin := m.theme, m.head(), m.foot(), m.margin()
	height := max(1, m.height-len(lines)-len(foot))
	body := m.middle(len(lines) + len(foot))
	cursor := body.cursor
	if cursor != nil {
		cursor = &tea.Position{X: cursor.X + margin, Y: cursor.Y + len(lines)}
		if cursor.Y >= len(lines)+height {
			cursor = nil
		}
	}
	rail := make([]string, height)
	if margin > 1 {
		copy(rail, t.rail(m.snap.State, m.step()))
		for i, l := range rail {
			rail[i] = t.pad(l, railWidth) + t.border.Render(t.bar)
		}
	}
	content := make([]string, height)
	copy(content, body.lines)
	for i, l := range content {
		lines = append(lines, rail[i]+" "+l)
	}
	return append(lines, foot...), cursor
}

// margin is how many cells are left of the page: for the rail, if there is room.
func (m *model) margin() int {
	if m.width < wideEnough || m.top().view().wide {
		return 1
	}
	return railWidth + 2
}

// inner is the width of the page.
func (m *model) inner() int { return m.width - m.margin() - 1 }

// middle draws the page into what some lines leave of the screen.
func (m *model) middle(taken int) drawing {
	return m.top().draw(m, m.inner(), max(1, m.height-taken))
}

func (m *model) head() []string {
	t, spin := m.theme, ""
	if m.snap.Busy {
		spin = t.spinner[m.turn%len(t.spinner)]
	}
	lines := []string{t.header(m.snap, m.now, m.width, spin), t.ruler(m.width)}
	if m.width < wideEnough && !m.top().view().wide {
		lines = append(lines, t.place(m.snap.State, m.step(), m.width))
	}
	return lines
}

// noteLines is how many lines a note about the last key may have, and noteLife how
// long it stands.
const (
	noteLines = 3
	noteLife  = 30 * time.Second
)

// foot is where the migration stands, a note, and the keys: they are always there.
func (m *model) foot() []string {
	lines := append([]string{m.theme.ruler(m.width)}, m.standing()...)
	if m.note != "" {
		note := paragraph(m.theme.accent, m.note, m.width-2)
		lines = append(lines, indent(note[:min(noteLines, len(note), max(1, m.height-leastLines))], " ")...)
	}
	return append(lines, m.theme.keyLine(m.top().bindings(m), m.width))
}

// standing says on every screen what it would mean to stop now. It is never cut;
// where it needs more than two lines, its opening words go.
func (m *model) standing() []string {
	t, s := m.theme, m.snap.State
	style := t.plain
	if steps.BackOutPlan(s).Lost {
		style = t.warn
	}
	lines := paragraph(style, steps.Standing(s), m.width-2)
	if len(lines) > 2 {
		lines = paragraph(style, capital(steps.ShortStanding(s)), m.width-2)
	}
	return indent(lines, " ")
}
