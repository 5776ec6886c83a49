package tui

import (
	"fmt"
	"strings"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// spot is a place in drawn lines.
type spot struct{ x, y int }

// formLook is how much of a form is drawn: less when there is little room.
type formLook struct {
	others bool // the lists and helps of fields without the focus, whole
	airy   bool // blank lines between the fields
	rows   int  // at most so many lines of the list that has the focus
}

// fewRows is the least of a list that is of use.
const fewRows = 5

// form draws the form and says where the cursor is. What must not be out of
// sight, the option and the field that is wrong, stays; lists give way.
func (p painter) form(f *form, width, height int) ([]string, spot) {
	const all = 1 << 16
	for _, look := range []formLook{
		{others: true, airy: true, rows: all},
		{airy: true, rows: all},
		{airy: true, rows: fewRows},
		{rows: all},
	} {
		lines, at := p.formAs(f, width, look)
		if spare := height - len(lines); spare >= 0 {
			if look.rows == fewRows {
				look.rows += spare
				return p.formAs(f, width, look)
			}
			return lines, at
		}
	}
	look := formLook{rows: 1}
	lines, _ := p.formAs(f, width, look)
	look.rows += max(2, height-len(lines))
	lines, at := p.formAs(f, width, look)
	return p.window(lines, at, height)
}

func (p painter) formAs(f *form, width int, look formLook) (lines []string, at spot) {
	lines = paint(p.title, f.option.Label, width)
	if f.wrong != "" {
		lines = append(lines, paint(p.bad, p.g.attention+" "+f.wrong, width)...)
	}
	if f.wrong == "" || look.airy {
		lines = append(lines, paint(p.quiet, f.option.Consequence, width)...)
	}
	if f.option.Undo == steps.UndoNever {
		lines = append(lines, p.warn.Render(p.g.attention+" This cannot be undone."))
	}
	for i := range f.inputs {
		in := &f.inputs[i]
		focused := i == f.focus
		if look.airy {
			lines = append(lines, "")
		}
		style := p.quiet
		if focused {
			style = p.focus
		}
		lines = append(lines, paint(style, in.label(focused || look.others), width)...)
		if in.field.Help != "" && (focused || look.others) {
			lines = append(lines, paint(p.quiet, in.field.Help, width)...)
		}
		switch {
		case in.isText():
			in.text.SetWidth(max(8, min(60, width-4)))
			if focused {
				x := 2
				if c := in.text.Cursor(); c != nil {
					x += c.X
				}
				at = spot{x, len(lines)}
			}
			lines = append(lines, p.focus.Render(p.g.bar)+" "+in.text.View())
		case focused:
			drawn, here := p.list(in, width, look.rows)
			at = spot{here.x, len(lines) + here.y}
			lines = append(lines, drawn...)
		case look.others:
			drawn, _ := p.choices(in, false, width)
			lines = append(lines, drawn...)
		}
	}
	return lines, at
}

// label is the field's, with what is picked where its list is folded up, and how
// many are where it is long.
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
func (p painter) list(in *input, width, rows int) (lines []string, at spot) {
	if in.filtering || in.filter != "" {
		text := "/" + sanitize.Line(in.filter)
		lines = append(lines, p.focus.Render(text))
		at = spot{cells(text), 0}
	}
	drawn, here := p.choices(in, true, width)
	if len(drawn) == 0 {
		return append(lines, p.quiet.Render("Nothing of that name.")), at
	}
	first := len(lines)
	shown, top := p.around(drawn, here, max(1, rows-first))
	lines = append(lines, shown...)
	if !in.filtering {
		at = spot{0, first + here - top}
	}
	return lines, at
}

// around cuts a list to a height with a line of it in sight, and says how many
// lines are above and below.
func (p painter) around(lines []string, here, height int) (shown []string, top int) {
	if len(lines) <= height {
		return lines, 0
	}
	top = min(max(0, here-height/2), len(lines)-height)
	shown = append([]string(nil), lines[top:top+height]...)
	if height < 3 {
		return shown, top
	}
	if top > 0 && here > top {
		shown[0] = p.quiet.Render(fmt.Sprintf("  %s %d above", p.g.ellipsis, top+1))
	}
	if below := len(lines) - top - height; below > 0 && here < top+height-1 {
		shown[height-1] = p.quiet.Render(fmt.Sprintf("  %s %d below", p.g.ellipsis, below+1))
	}
	return shown, top
}

func (p painter) choices(in *input, focused bool, width int) (lines []string, here int) {
	on, off := p.g.boxOn, p.g.boxOff
	if in.field.Kind == steps.FieldOne {
		on, off = p.g.oneOn, p.g.oneOff
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
		cursor, style := "  ", p.plain
		if focused && i == in.at {
			cursor, style, here = p.focus.Render(p.g.cursor)+" ", p.focus, len(lines)
		}
		drawn := paint(style, sanitize.Line(c.Label), room) // whole: it is what the person agrees to
		if len(drawn) == 0 {
			drawn = []string{""}
		}
		if last := &drawn[len(drawn)-1]; c.Note != "" {
			*last += strings.Repeat(" ", max(0, label-cells(*last))) + "  " + p.quiet.Render(sanitize.Line(c.Note))
		}
		for n, l := range drawn {
			margin := strings.Repeat(" ", width-room)
			if n == 0 {
				margin = cursor + style.Render(box) + " "
			}
			lines = append(lines, clip(margin+l, width, p.g.ellipsis))
		}
	}
	return lines, here
}
