package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// leastInfo is how many lines stay of what a decision is about.
const leastInfo = 4

// stacked draws a decision below what it is about. The decision is always in
// sight; what is above it gives way, but for its share of the height: it is drawn
// densely, and can be scrolled.
func (t theme) stacked(about func(dense bool) []string, scroll int, d *decision, q *steps.Question, notice string, share, width, height int) drawing {
	info := about(false)
	if q == nil {
		if len(info) > height {
			info = about(true)
		}
		return t.withRest(info, scroll, height)
	}
	switch { // what the person is busy with comes first
	case d.form != nil:
		share = 0
	case notice != "":
		share = 3
	}
	decide := func() ([]string, tea.Position) {
		least := 0
		if d.form == nil { // no option is to be out of sight, nor what it would mean; what is asked, in no case
			lines, _, head := t.question(d, q, notice, width, noReason)
			least = max(min(len(lines), height-leastInfo-1), min(len(lines), head+fewOptions, height))
		}
		return t.decision(d, q, notice, width, max(height-min(len(info), share)-1, least))
	}
	lines, cursor := decide()
	if len(info) > height-len(lines)-1 {
		info = about(true)
		lines, cursor = decide()
	}
	left := height - len(lines) - 1
	if (d.form != nil || height <= 2*leastInfo) && left < leastInfo && left < len(info) {
		left = 0 // a line or two are of no use
	}
	top := t.withRest(info, scroll, left)
	if len(top.lines) > 0 {
		cursor.Y += len(top.lines) + 1
		lines = append(append(top.lines, ""), lines...)
	}
	return drawing{lines, &cursor, top.scroll}
}

// withRest is scrolled, and says how many lines there are below.
func (t theme) withRest(lines []string, from, height int) drawing {
	if height < 1 && len(lines) > height {
		return drawing{scroll: from}
	}
	d := scrolled(lines, from, height)
	if below := len(lines) - height - d.scroll; below > 0 {
		d.lines[height-1] = t.quiet.Render(fmt.Sprintf("%s %d more lines: PgDn", t.down, below+1))
	}
	return d
}

// detail is how much of a decision is drawn: less when there is little room.
type detail int

const (
	everything   detail = iota
	onlyFocus           // the consequence of the option under the cursor only
	noReason            // and without the why
	oneLine             // and of the consequence one line
	detailLevels = iota
)

// decision draws a question, and says where the cursor is.
func (t theme) decision(d *decision, q *steps.Question, notice string, width, height int) (lines []string, cursor tea.Position) {
	if d.form != nil {
		return t.form(d.form, width, height)
	}
	head := 0
	for level := range detailLevels {
		lines, cursor, head = t.question(d, q, notice, width, detail(level))
		if len(lines) <= height {
			return lines, cursor
		}
	}
	return t.window(lines, cursor, head, height)
}

// fewOptions is how many lines of a list stay below a title that is too long for both.
const fewOptions = 3

// window cuts lines to a height: the first of them, which say what is asked, stay, and of
// the others those around the cursor.
func (t theme) window(lines []string, cursor tea.Position, head, height int) ([]string, tea.Position) {
	if len(lines) <= height || height < 1 {
		return lines, cursor
	}
	head = min(head, max(1, height-fewOptions), height)
	out := slices.Clone(lines[:head])
	shown, top := t.around(lines[head:], max(0, cursor.Y-head), height-head)
	if cursor.Y >= head {
		cursor.Y -= top
	}
	return append(out, shown...), cursor
}

// question draws a question. The first lines, head of them, say what is asked.
func (t theme) question(d *decision, q *steps.Question, notice string, width int, level detail) (lines []string, cursor tea.Position, head int) {
	if notice != "" {
		lines = paragraph(t.bad, t.attention+" "+notice, width)
	}
	style := t.title
	if q.Tone == steps.Bad {
		style = t.bad
	}
	lines = append(lines, paragraph(style, q.Title, width)...)
	head = len(lines)
	if level < noReason && notice == "" && q.Why != "" {
		lines = append(lines, paragraph(t.plain, withMore(q.Why, more(q.More)), width)...)
		lines = append(lines, "")
	}
	if d.filter.shown() {
		cursor = tea.Position{X: cells(d.filter.prompt()), Y: len(lines)}
		lines = append(lines, t.focus.Render(d.filter.prompt()))
		head = len(lines)
	}
	all := d.visible(q)
	if len(all) == 0 {
		return append(lines, t.quiet.Render("Nothing of that name.")), cursor, head
	}
	list := near(all, d.option)
	label := 0
	for _, o := range list {
		label = max(label, cells(sanitize.Line(o.Label)))
	}
	for _, o := range list {
		focused := o.ID == d.option
		if focused && !d.filter.typing {
			cursor = tea.Position{Y: len(lines)}
		}
		lines = append(lines, t.option(o, focused, label, width, level)...)
	}
	if len(list) < len(all) {
		lines = append(lines, t.quiet.Render(fmt.Sprintf("  %s %d in all; / searches", t.ellipsis, len(all))))
	}
	return lines, cursor, head
}

// nearby is how many options around the cursor are drawn of a long list.
const nearby = 30

func near(list []steps.Option, option string) []steps.Option {
	if len(list) <= 2*nearby {
		return list
	}
	from := max(0, indexOption(list, option)-nearby)
	return list[from:min(len(list), from+2*nearby)]
}

// option draws one option: the label, and its consequence beside it, or below
// it where there is no room.
func (t theme) option(o steps.Option, focused bool, label, width int, level detail) []string {
	cursor, style := t.pointer(focused)
	name, tail := sanitize.Line(o.Label), o.Consequence
	switch {
	case o.Blocked != "":
		style, tail = t.quiet, "not now: "+obstacle(o)
	case o.Undo == steps.UndoNever:
		tail = "cannot be undone: " + tail
	}
	tail = sanitize.Line(tail)
	short := cursor + style.Render(t.clip(name, width-2))
	switch {
	case tail == "" || level >= onlyFocus && !focused:
		return []string{short}
	case cells(tail) <= width-2-label-3:
		return []string{cursor + style.Render(name) + strings.Repeat(" ", label-cells(name)+3) + t.quiet.Render(tail)}
	case level >= oneLine:
		return []string{short, "    " + t.quiet.Render(t.clip(tail, width-4))}
	}
	lines := hanging(paragraph(style, name, width-2), cursor)
	return append(lines, indent(paragraph(t.quiet, tail, width-4), "    ")...)
}
