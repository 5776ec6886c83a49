package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/steps"
)

// dialog is a page laid over the step. Esc closes the topmost one, and all can be
// scrolled; the rest is its own.
type dialog interface {
	// draw shows it from the place that it is scrolled to.
	draw(m *model, width, height int) drawn
	// press does what a key says that neither closes nor scrolls it by a page.
	press(m *model, k tea.KeyPressMsg) tea.Cmd
	bindings(m *model) []key.Binding
	// asks is the question that it asks, and where the person stands in it; nil: none.
	asks(m *model) (*steps.Question, *decision)
	// closedBy lists the keys that close it besides Esc.
	closedBy() []string
	scrolledTo() *int
	// wide reports whether it needs the room of the rail.
	wide() bool
}

// overlay is what dialogs have in common.
type overlay struct {
	key      string // opens it, and closes it again
	scroll   int    // as the person wants it; see drawn
	decision decision
}

func (o *overlay) asks(*model) (*steps.Question, *decision) { return nil, &o.decision }
func (o *overlay) closedBy() []string                       { return []string{o.key, "q"} }
func (o *overlay) scrolledTo() *int                         { return &o.scroll }
func (o *overlay) wide() bool                               { return false }

func (o *overlay) bindings(m *model) []key.Binding {
	return []key.Binding{m.keys.Back, m.keys.Up, m.keys.PageUp}
}

func (o *overlay) press(m *model, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(k, m.keys.Up):
		m.scrollBy(-1)
	case key.Matches(k, m.keys.Down):
		m.scrollBy(1)
	}
	return nil
}

// drawn is a part of the screen: its lines, the cursor in it, and the line that it
// begins with, which is as near to what the person wants as there are lines.
type drawn struct {
	lines  []string
	cursor *spot
	scroll int
}

// page is a dialog before it is known how much of it fits.
type page struct {
	lines []string
	keep  int // the line that must be in sight; 0: none
}

// window is the part of a page that fits.
func (pg page) window(scroll, height int) drawn {
	if len(pg.lines) <= height {
		return drawn{lines: pg.lines}
	}
	if pg.keep > 0 {
		scroll = max(min(scroll, pg.keep-1), pg.keep-height+4)
	}
	scroll = min(max(scroll, 0), len(pg.lines)-height)
	return drawn{lines: pg.lines[scroll : scroll+height], scroll: scroll}
}

func (m *model) top() dialog {
	if len(m.dialogs) == 0 {
		return nil
	}
	return m.dialogs[len(m.dialogs)-1]
}

func (m *model) open(d dialog) { m.dialogs = append(m.dialogs, d) }

func (m *model) close() { m.dialogs = m.dialogs[:len(m.dialogs)-1] }

func (m *model) pressDialog(d dialog, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(k, m.keys.Back), slices.Contains(d.closedBy(), k.String()):
		m.close()
	case key.Matches(k, m.keys.PageUp):
		m.scrollBy(-max(1, m.height-8))
	case key.Matches(k, m.keys.PageDown):
		m.scrollBy(max(1, m.height-8))
	default:
		return d.press(m, k)
	}
	return nil
}

// scrollBy moves what is scrolled, beginning at what is on the screen.
func (m *model) scrollBy(lines int) {
	to := &m.scroll
	if d := m.top(); d != nil {
		to = d.scrolledTo()
	}
	*to = max(0, m.layout().body.scroll+lines)
}

// joinHelp is the line of keys: as many as there is room for, and always the
// last two, which lead to all the others and out.
func joinHelp(p painter, bindings []key.Binding, width int) string {
	var parts []string
	room := width - 1
	for _, b := range bindings {
		h := b.Help()
		if h.Key == "" || !b.Enabled() {
			continue
		}
		part := p.accent.Render(h.Key) + " " + p.quiet.Render(h.Desc)
		parts = append(parts, part)
		room -= cells(part) + 2
	}
	for len(parts) > 3 && room < -2 {
		cut := len(parts) - 3
		room += cells(parts[cut]) + 2
		parts = slices.Delete(parts, cut, cut+1)
	}
	return " " + strings.Join(parts, "  ")
}
