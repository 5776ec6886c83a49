package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/sanitize"
	"pg-migrate-wizard/secret"
	"pg-migrate-wizard/steps"
)

// form is what an option asks for before it is taken: its fields, and the text
// that has to be typed for what cannot be undone.
type form struct {
	question string
	option   steps.Option
	inputs   []input
	focus    int
	wrong    string // why the last attempt was not taken
}

// input is one field being filled in.
type input struct {
	field  steps.Field
	typed  bool            // the confirmation, which is typed and not pasted
	text   textinput.Model // text, secret, confirmation
	picked map[string]bool // one, many
	at     int             // the choice under the cursor
}

func newForm(q *steps.Question, o steps.Option) *form {
	f := &form{question: q.ID, option: o}
	for _, field := range o.Fields {
		in := input{field: field, picked: map[string]bool{}}
		switch field.Kind {
		case steps.FieldText, steps.FieldSecret:
			in.text = newTextInput(field.Default)
			if field.Kind == steps.FieldSecret {
				in.text.EchoMode = textinput.EchoPassword
			}
		case steps.FieldOne, steps.FieldMany:
			if i := slices.IndexFunc(field.Choices, func(c steps.Choice) bool { return c.ID == field.Default }); i >= 0 {
				in.at, in.picked[field.Default] = i, true
			}
			for _, id := range field.Preset {
				in.picked[id] = true
			}
		}
		f.inputs = append(f.inputs, in)
	}
	if o.Typed != "" {
		f.inputs = append(f.inputs, input{
			typed: true, text: newTextInput(""),
			field: steps.Field{Label: "To confirm, type " + sanitize.Line(o.Typed), Kind: steps.FieldText},
		})
	}
	f.move(0)
	return f
}

func newTextInput(value string) textinput.Model {
	in := textinput.New()
	in.Prompt = ""
	in.SetVirtualCursor(false)
	in.SetValue(value)
	in.CursorEnd()
	return in
}

// move puts the focus on another field.
func (f *form) move(by int) {
	f.focus = (f.focus + by + len(f.inputs)) % len(f.inputs)
	for i := range f.inputs {
		switch in := &f.inputs[i]; {
		case !in.isText(): // it has no text input to focus
		case i == f.focus:
			in.text.Focus()
		default:
			in.text.Blur()
		}
	}
}

func (in *input) isText() bool {
	return in.typed || in.field.Kind == steps.FieldText || in.field.Kind == steps.FieldSecret
}

// press handles a key. It reports whether the form is to be submitted.
func (f *form) press(k tea.KeyPressMsg, keys keyMap) (submit bool) {
	in := &f.inputs[f.focus]
	switch name := k.String(); {
	case name == "tab" || name == "down" && (in.isText() || in.at == len(in.field.Choices)-1):
		f.move(1)
	case name == "shift+tab" || name == "up" && (in.isText() || in.at == 0):
		f.move(-1)
	case key.Matches(k, keys.Choose):
		if f.focus < len(f.inputs)-1 {
			f.move(1)
			return false
		}
		return true
	case in.isText():
		f.wrong = ""
		in.text, _ = in.text.Update(k)
	case name == "up" || name == "k":
		in.at--
		in.follow()
	case name == "down" || name == "j":
		in.at++
		in.follow()
	case key.Matches(k, keys.Toggle) && in.field.Kind == steps.FieldMany:
		id := in.field.Choices[in.at].ID
		in.picked[id] = !in.picked[id]
	}
	return false
}

// follow makes the choice under the cursor the one that counts, where there is
// only one.
func (in *input) follow() {
	if in.field.Kind == steps.FieldOne {
		clear(in.picked)
		in.picked[in.field.Choices[in.at].ID] = true
	}
}

// paste puts pasted text into a field. A confirmation is typed by hand: the
// fingers are to know what the head decides.
func (f *form) paste(text string) {
	in := &f.inputs[f.focus]
	switch {
	case in.typed:
		f.wrong = "Please type it by hand: pasting does not confirm."
	case in.isText():
		in.text, _ = in.text.Update(tea.PasteMsg{Content: strings.TrimSpace(sanitize.Line(text))})
	}
}

// answer puts the fields together. A secret goes beside the answer, not into it.
func (f *form) answer() (steps.Answer, secret.Text) {
	a := steps.Answer{Question: f.question, Option: f.option.ID, Values: map[string][]string{}}
	var word secret.Text
	for _, in := range f.inputs {
		switch {
		case in.typed:
			a.Typed = in.text.Value()
		case in.field.Kind == steps.FieldSecret:
			word = secret.New(in.text.Value())
		case in.field.Kind == steps.FieldText:
			a.Values[in.field.ID] = []string{strings.TrimSpace(in.text.Value())}
		default:
			for _, c := range in.field.Choices {
				if in.picked[c.ID] {
					a.Values[in.field.ID] = append(a.Values[in.field.ID], c.ID)
				}
			}
		}
	}
	return a, word
}

// spot is a place in drawn lines.
type spot struct{ x, y int }

// form draws the form and says where the cursor is.
func (p painter) form(f *form, width int) (lines []string, at spot) {
	lines = paint(p.title, f.option.Label, width)
	if f.wrong != "" {
		lines = append(lines, paint(p.bad, p.g.attention+" "+f.wrong, width)...)
	} else {
		lines = append(lines, paint(p.quiet, f.option.Consequence, width)...)
	}
	if f.option.Undo == steps.UndoNever {
		lines = append(lines, p.warn.Render(p.g.attention+" This cannot be undone."))
	}
	for i := range f.inputs {
		in := &f.inputs[i]
		lines = append(lines, "")
		style := p.quiet
		if i == f.focus {
			style = p.focus
		}
		lines = append(lines, paint(style, in.field.Label, width)...)
		if in.field.Help != "" {
			lines = append(lines, paint(p.quiet, in.field.Help, width)...)
		}
		if in.isText() {
			in.text.SetWidth(max(8, min(60, width-4)))
			if i == f.focus {
				x := 2
				if c := in.text.Cursor(); c != nil {
					x += c.X
				}
				at = spot{x, len(lines)}
			}
			lines = append(lines, p.rule1()+" "+in.text.View())
			continue
		}
		drawn, here := p.choices(in, i == f.focus, width)
		if i == f.focus {
			at = spot{0, len(lines) + here}
		}
		lines = append(lines, drawn...)
	}
	return lines, at
}

func (p painter) rule1() string { return p.focus.Render(p.g.bar) }

func (p painter) choices(in *input, focused bool, width int) (lines []string, here int) {
	for i, c := range in.field.Choices {
		box := p.g.boxOff
		if in.picked[c.ID] {
			box = p.g.boxOn
		}
		cursor, style := "  ", p.plain
		if focused && i == in.at {
			cursor, style, here = p.focus.Render(p.g.cursor)+" ", p.focus, len(lines)
		}
		room := width - 3 - cells(box)
		drawn := paint(style, sanitize.Line(c.Label), room) // whole: it is what the person agrees to
		if len(drawn) == 0 {
			drawn = []string{""}
		}
		if c.Note != "" {
			drawn[len(drawn)-1] += "  " + p.quiet.Render(sanitize.Line(c.Note))
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
