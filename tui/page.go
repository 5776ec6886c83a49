package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// page fills the middle of the screen: the step, or a dialog laid over it. Each
// has its own keys, drawing and life. A new dialog is a type in a file of its own,
// and a key that opens it.
type page interface {
	// follow brings the page up to date, after every message.
	follow(m *model) tea.Cmd
	// update handles a key or a paste.
	update(m *model, msg tea.Msg) tea.Cmd
	// bindings are the keys that work now, the most useful first.
	bindings(m *model) []key.Binding
	// draw draws the page into the given room. It changes nothing.
	draw(m *model, width, height int) drawing
	// view is how the page is looked at.
	view() *viewport
}

// viewport is how a page is looked at.
type viewport struct {
	scroll int  // lines above the upper edge; Update keeps it within what there is
	wide   bool // takes the room of the rail, too
}

func (v *viewport) view() *viewport { return v }

// drawing is a page as drawn: its lines, where the text cursor is, and how many
// lines are above the upper edge.
type drawing struct {
	lines  []string
	cursor *tea.Position
	scroll int
}

// scrolled is the part of lines that fits into a height, from the given one on.
func scrolled(lines []string, from, height int) drawing {
	from = max(0, min(from, len(lines)-height))
	return drawing{lines: lines[from:min(len(lines), from+height)], scroll: from}
}

// keeping is scrolled such that one line, and what is around it, is in sight.
func keeping(line int, lines []string, from, height int) drawing {
	return scrolled(lines, max(min(from, line-1), line-height+4), height)
}

// dialog is what all dialogs have in common: they scroll, and close with Esc, with
// q, and with the key that opened them.
type dialog struct {
	viewport
	opener key.Binding
}

func (*dialog) follow(*model) tea.Cmd { return nil }

func (d *dialog) update(m *model, msg tea.Msg) tea.Cmd {
	k, _ := msg.(tea.KeyPressMsg)
	page := max(1, m.height-8)
	switch {
	case key.Matches(k, m.keys.Back, m.keys.Quit, d.opener):
		m.close()
	case key.Matches(k, m.keys.PageUp):
		d.scroll = max(0, d.scroll-page)
	case key.Matches(k, m.keys.PageDown):
		d.scroll += page
	case key.Matches(k, m.keys.Up):
		d.scroll = max(0, d.scroll-1)
	case key.Matches(k, m.keys.Down):
		d.scroll++
	}
	return nil
}

func (*dialog) bindings(m *model) []key.Binding {
	return []key.Binding{m.keys.Back, m.keys.Up, m.keys.PageUp}
}
