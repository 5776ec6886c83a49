package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// formLook is how much of a form is drawn: less when there is little room.
type formLook struct {
	others bool // the lists and helps of fields without the focus, whole
	airy   bool // blank lines between the fields
	rows   int  // at most so many lines of the list that has the focus
}

// fewRows is the shortest part of a list that is of use.
const fewRows = 5

// form draws the form and says where the cursor is. The option and the field that
// is wrong always stay in sight; lists give way.
func (t theme) form(f *form, width, height int) ([]string, tea.Position) {
	const all = 1 << 16
	for _, look := range []formLook{
		{others: true, airy: true, rows: all},
		{airy: true, rows: all},
		{airy: true, rows: fewRows},
		{rows: all},
	} {
		lines, at, _ := t.formAs(f, width, look)
		if spare := height - len(lines); spare >= 0 {
			if look.rows == fewRows {
				look.rows += spare
				lines, at, _ = t.formAs(f, width, look)
			}
			return lines, at
		}
	}
	look := formLook{rows: 1}
	lines, _, _ := t.formAs(f, width, look)
	look.rows += max(2, height-len(lines))
	lines, at, head := t.formAs(f, width, look)
	return t.window(lines, at, head, height)
}

// formAs draws a form. The first lines, head of them, say what it is about.
func (t theme) formAs(f *form, width int, look formLook) (lines []string, at tea.Position, head int) {
	switch title := sanitize.Line(f.title); {
	case title == "":
	case look.airy:
		lines = append(lines, paragraph(t.quiet, title, width)...)
	default:
		lines = append(lines, t.quiet.Render(t.clip(title, width)))
	}
	lines = append(lines, paragraph(t.title, f.option.Label, width)...)
	head = len(lines)
	if f.wrong != "" {
		lines = append(lines, paragraph(t.bad, t.attention+" "+f.wrong, width)...)
	}
	if f.wrong == "" || look.airy {
		lines = append(lines, paragraph(t.quiet, f.option.Consequence, width)...)
	}
	if f.option.Undo == steps.UndoNever {
		lines = append(lines, t.warn.Render(t.attention+" This cannot be undone."))
	}
	for i := range f.inputs {
		in := &f.inputs[i]
		focused := i == f.focus
		if look.airy {
			lines = append(lines, "")
		}
		if in.button {
			pointer, style := t.pointer(focused)
			if focused {
				at = tea.Position{Y: len(lines)}
			}
			lines = append(lines, pointer+style.Render(t.clip("[ "+in.field.Label, width-4)+" ]"))
			continue
		}
		style := t.quiet
		if focused {
			style = t.focus
		}
		lines = append(lines, paragraph(style, in.label(focused || look.others), width)...)
		if in.field.Help != "" && (focused || look.others) {
			lines = append(lines, paragraph(t.quiet, in.field.Help, width)...)
		}
		switch {
		case in.isText():
			if c := in.text.Cursor(); focused && c != nil {
				at = tea.Position{X: 2 + c.X, Y: len(lines)}
			}
			lines = append(lines, t.focus.Render(t.bar)+" "+in.text.View())
		case focused:
			drawn, here := t.list(in, width, look.rows)
			at = tea.Position{X: here.X, Y: len(lines) + here.Y}
			lines = append(lines, drawn...)
		case look.others:
			drawn, _ := t.choices(in, false, width)
			lines = append(lines, drawn...)
		}
	}
	return lines, at, head
}

// label is the field's, with what is picked if its list is folded, and with how
// many are picked if it is long.
func (in *input) label(open bool) string {
	if in.isText() {
		return in.field.Label
	}
	picked := in.values()
	switch {
	case in.field.Kind == steps.FieldMany && (!open || in.isLong()):
		return fmt.Sprintf("%s: %d of %d marked", strings.TrimRight(in.field.Label, "?:"), len(picked), len(in.field.Choices))
	case !open && len(picked) > 0:
		for _, c := range in.field.Choices {
			if c.ID == picked[0] {
				return in.field.Label + ": " + c.Label
			}
		}
	}
	return in.field.Label
}

// list draws the list that has the focus, in at most so many lines, with its
// filter and its cursor in sight.
func (t theme) list(in *input, width, rows int) (lines []string, at tea.Position) {
	if in.filter.shown() {
		lines = append(lines, t.focus.Render(in.filter.prompt()))
		at.X = cells(in.filter.prompt())
	}
	drawn, here := t.choices(in, true, width)
	if len(drawn) == 0 {
		return append(lines, t.quiet.Render("Nothing of that name.")), at
	}
	first := len(lines)
	shown, top := t.around(drawn, here, max(1, rows-first))
	lines = append(lines, shown...)
	if !in.filter.typing {
		at = tea.Position{Y: first + here - top}
	}
	return lines, at
}

// around cuts a list to a height with a line of it in sight, and says how many
// lines are above and below.
func (t theme) around(lines []string, here, height int) (shown []string, top int) {
	if len(lines) <= height {
		return lines, 0
	}
	top = min(max(0, here-height/2), len(lines)-height)
	shown = slices.Clone(lines[top : top+height])
	if height < 3 {
		return shown, top
	}
	if top > 0 && here > top {
		shown[0] = t.quiet.Render(fmt.Sprintf("  %s %d above", t.ellipsis, top+1))
	}
	if below := len(lines) - top - height; below > 0 && here < top+height-1 {
		shown[height-1] = t.quiet.Render(fmt.Sprintf("  %s %d below", t.ellipsis, below+1))
	}
	return shown, top
}

func (t theme) choices(in *input, focused bool, width int) (lines []string, here int) {
	on, off := t.boxOn, t.boxOff
	if in.field.Kind == steps.FieldOne {
		on, off = t.oneOn, t.oneOff
	}
	list := in.visible()
	room := width - 3 - cells(off)
	label := 0
	for _, c := range list {
		label = max(label, cells(sanitize.Line(c.Label)))
	}
	if label > room/2 { // notes would not stand in line
		label = 0
	}
	for i, c := range list {
		box := off
		if in.picked[c.ID] {
			box = on
		}
		if focused && i == in.at {
			here = len(lines)
		}
		cursor, style := t.pointer(focused && i == in.at)
		drawn := paragraph(style, sanitize.Line(c.Label), room) // whole: it is what the person agrees to
		if len(drawn) == 0 {
			drawn = []string{""}
		}
		if last := &drawn[len(drawn)-1]; c.Note != "" {
			*last += strings.Repeat(" ", max(0, label-cells(*last))) + "  " + t.quiet.Render(sanitize.Line(c.Note))
		}
		for _, l := range hanging(drawn, cursor+style.Render(box)+" ") {
			lines = append(lines, t.clip(l, width))
		}
	}
	return lines, here
}
