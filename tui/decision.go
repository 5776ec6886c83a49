package tui

import (
	"fmt"
	"slices"
	"strings"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// decision is where the person stands in the question that is on the screen.
type decision struct {
	question    steps.QuestionID // its identity; another one begins anew
	recommended string           // what it recommended when it came
	option      string           // identity of the option under the cursor
	form        *form            // what the option asks for, while it is being filled in
	filter      string           // narrows a long list
	filtering   bool
}

// follow keeps the cursor where it was while the same question stays, and puts
// it on the recommended option of a new one. It reports whether it is new.
func (d *decision) follow(q *steps.Question) bool {
	if q == nil {
		isNew := d.question != ""
		*d = decision{}
		return isNew
	}
	// The same question with another recommendation is a new one: what was right
	// to press a moment ago is not any more. A form being filled in stays.
	isNew := q.ID != d.question || q.Recommended != d.recommended && d.form == nil
	if isNew {
		*d = decision{question: q.ID, option: q.Recommended, recommended: q.Recommended}
	}
	if _, there := q.Option(d.option); !there || !slices.ContainsFunc(d.visible(q), func(o steps.Option) bool { return o.ID == d.option }) {
		d.option = ""
		if list := d.visible(q); len(list) > 0 {
			d.option = list[0].ID
		}
	}
	if d.form != nil && !d.form.follow(q) {
		d.form = nil
	}
	return isNew
}

// visible are the options that the filter leaves.
func (d *decision) visible(q *steps.Question) []steps.Option {
	if d.filter == "" {
		return q.Options
	}
	var list []steps.Option
	for _, o := range q.Options {
		if strings.Contains(strings.ToLower(o.Label), strings.ToLower(d.filter)) {
			list = append(list, o)
		}
	}
	return list
}

// move puts the cursor on a neighbour.
func (d *decision) move(q *steps.Question, by int) {
	list := d.visible(q)
	i := slices.IndexFunc(list, func(o steps.Option) bool { return o.ID == d.option })
	if i < 0 || len(list) == 0 {
		return
	}
	d.option = list[(i+by+len(list))%len(list)].ID
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

// decision draws a question and says which line the cursor is on.
func (p painter) decision(d *decision, q *steps.Question, notice string, width, height int) (lines []string, at spot) {
	if d.form != nil {
		return p.form(d.form, width, height)
	}
	for level := range detailLevels {
		lines, at = p.question(d, q, notice, width, detail(level))
		if len(lines) <= height {
			return lines, at
		}
	}
	return p.window(lines, at, height)
}

// least is how many lines a question needs so that no option is out of sight.
func (p painter) least(d *decision, q *steps.Question, notice string, width int) int {
	if d.form != nil {
		return 0
	}
	lines, _ := p.question(d, q, notice, width, detailLevels-1)
	return len(lines)
}

// window cuts lines to a height so that the cursor's line stays in sight.
func (p painter) window(lines []string, at spot, height int) ([]string, spot) {
	if len(lines) <= height || height < 1 {
		return lines, at
	}
	top := min(max(0, at.y-height/2), len(lines)-height)
	if at.y < height-1 {
		top = 0
	}
	out := slices.Clone(lines[top : top+height])
	at.y -= top
	if top > 0 && at.y > 0 {
		out[0] = p.quiet.Render(p.g.ellipsis)
	}
	if top+height < len(lines) && at.y < height-1 {
		out[height-1] = p.quiet.Render(p.g.ellipsis)
	}
	return out, at
}

func (p painter) question(d *decision, q *steps.Question, notice string, width int, level detail) (lines []string, at spot) {
	if notice != "" {
		lines = append(lines, paint(p.bad, p.g.attention+" "+notice, width)...)
	}
	style := p.title
	if q.Tone == steps.Bad {
		style = p.bad
	}
	lines = append(lines, paint(style, q.Title, width)...)
	if level < noReason && notice == "" && q.Why != "" {
		lines = append(lines, paint(p.plain, withMore(q.Why, more(q.More)), width)...)
		lines = append(lines, "")
	}
	if d.filtering || d.filter != "" {
		lines = append(lines, p.focus.Render("/"+sanitize.Line(d.filter)))
		if d.filtering {
			at = spot{1 + cells(sanitize.Line(d.filter)), len(lines) - 1}
		}
	}
	list := d.visible(q)
	if len(list) == 0 {
		return append(lines, p.quiet.Render("Nothing of that name.")), at
	}
	list, more := near(list, d.option)
	label := 0
	for _, o := range list {
		label = max(label, cells(sanitize.Line(o.Label)))
	}
	for _, o := range list {
		focused := o.ID == d.option
		if focused && !d.filtering {
			at = spot{0, len(lines)}
		}
		lines = append(lines, p.option(o, focused, label, width, level)...)
	}
	if more {
		lines = append(lines, p.quiet.Render(fmt.Sprintf("  %s %d in all; / searches", p.g.ellipsis, len(d.visible(q)))))
	}
	return lines, at
}

// nearby is how many options around the cursor are drawn of a long list.
const nearby = 30

func near(list []steps.Option, option string) ([]steps.Option, bool) {
	if len(list) <= 2*nearby {
		return list, false
	}
	i := max(0, slices.IndexFunc(list, func(o steps.Option) bool { return o.ID == option }))
	from := max(0, i-nearby)
	return list[from:min(len(list), from+2*nearby)], true
}

// option draws one option: the label, and its consequence beside it, or below
// it where there is no room.
func (p painter) option(o steps.Option, focused bool, label, width int, level detail) []string {
	cursor, style := "  ", p.plain
	if focused {
		cursor, style = p.focus.Render(p.g.cursor)+" ", p.focus
	}
	name := sanitize.Line(o.Label)
	tail := o.Consequence
	switch {
	case o.Blocked != "":
		style, tail = p.quiet, "not now: "+obstacle(o)
	case o.Undo == steps.UndoNever:
		tail = "cannot be undone: " + tail
	}
	tail = sanitize.Line(tail)
	if tail == "" || level >= onlyFocus && !focused {
		return []string{cursor + style.Render(clip(name, width-2, p.g.ellipsis))}
	}
	if beside := width - 2 - label - 3; cells(tail) <= beside {
		return []string{cursor + style.Render(name) + strings.Repeat(" ", label-cells(name)+3) + p.quiet.Render(tail)}
	}
	if level >= oneLine {
		return []string{cursor + style.Render(clip(name, width-2, p.g.ellipsis)), "    " + p.quiet.Render(clip(tail, width-4, p.g.ellipsis))}
	}
	lines := paint(style, name, width-2)
	for i := range lines {
		if i == 0 {
			lines[i] = cursor + lines[i]
		} else {
			lines[i] = "  " + lines[i]
		}
	}
	return append(lines, indent(paint(p.quiet, tail, width-4), "    ")...)
}
