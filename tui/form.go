package tui

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// form is what an option asks for before it is taken: its fields, and the text
// that has to be typed for what cannot be undone.
type form struct {
	question steps.QuestionID
	title    string // of the question
	option   steps.Option
	inputs   []input
	focus    int
	wrong    string // why the last attempt was not taken
	leaving  bool   // Esc was pressed once
}

// input is one field being filled in.
type input struct {
	field  steps.Field
	typed  bool            // the confirmation, which is typed and not pasted
	button bool            // nothing to fill in: Enter here hands the form in
	text   textinput.Model // text, secret, confirmation
	picked map[string]bool // one, many
	at     int             // the choice under the cursor, of those that are visible
	filter filter
}

func newForm(q *steps.Question, o steps.Option) *form {
	f := &form{question: q.ID, title: q.Title, option: o}
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
		}
		f.inputs = append(f.inputs, in)
	}
	if o.Typed != "" {
		f.inputs = append(f.inputs, input{
			typed: true, text: newTextInput(""),
			field: steps.Field{Label: "To confirm, type " + sanitize.Line(o.Typed), Kind: steps.FieldText},
		})
	}
	// A list has a use for Enter of its own, and what is not harmless is not handed in by
	// the key that ends a text.
	if n := len(f.inputs); n > 0 && (!f.inputs[n-1].isText() || o.Typed == "" && (o.Waives || o.BeginsDowntime || o.Deletes)) {
		f.inputs = append(f.inputs, input{button: true, field: steps.Field{Label: strings.TrimSuffix(sanitize.Line(o.Label), "…")}})
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

// follow brings the form up to date with its option. What was filled in stays,
// except a confirmation: that belongs to the text that was read. It reports
// whether the option can still be taken.
func (f *form) follow(q *steps.Question) bool {
	o, there := q.Option(f.option.ID)
	if q.ID != f.question || !there || o.Blocked != "" || len(o.Fields) == 0 && o.Typed == "" {
		return false
	}
	f.title = q.Title
	if reflect.DeepEqual(o, f.option) {
		return true
	}
	next := newForm(q, o)
	for i := range next.inputs {
		in := &next.inputs[i]
		was := slices.IndexFunc(f.inputs, func(x input) bool {
			return !x.typed && !x.button && x.field.ID == in.field.ID && x.field.Kind == in.field.Kind
		})
		if in.typed || in.button || was < 0 {
			continue
		}
		in.text, in.filter = f.inputs[was].text, f.inputs[was].filter
		picked := func(c steps.Choice) bool { return f.inputs[was].picked[c.ID] }
		if in.field.Kind != steps.FieldOne || slices.ContainsFunc(in.field.Choices, picked) {
			in.picked = f.inputs[was].picked
			in.at = min(f.inputs[was].at, max(0, len(in.visible())-1))
		}
	}
	next.focus = min(f.focus, len(next.inputs)-1)
	next.move(0)
	next.wrong = "What this is about has changed meanwhile: please read it again."
	*f = *next
	return true
}

// move puts the focus on another field.
func (f *form) move(by int) {
	f.focus = (f.focus + by + len(f.inputs)) % len(f.inputs)
	for i := range f.inputs {
		f.inputs[i].text.Blur()
	}
	if in := &f.inputs[f.focus]; in.isText() {
		in.text.Focus()
	}
}

func (in *input) isText() bool {
	return in.typed || in.field.Kind == steps.FieldText || in.field.Kind == steps.FieldSecret
}

// visible are the choices that the filter leaves.
func (in *input) visible() []steps.Choice {
	return narrowed(in.filter, in.field.Choices, func(c steps.Choice) string { return c.Label + "\n" + c.Note })
}

// searchable is how many choices make a list that can be narrowed.
const searchable = 8

func (in *input) isLong() bool { return !in.isText() && len(in.field.Choices) >= searchable }

func (f *form) filtering() bool { return f.inputs[f.focus].filter.typing }

// fit gives the text fields their width. A form that is not open needs none.
func (f *form) fit(width int) {
	if f == nil {
		return
	}
	for i := range f.inputs {
		f.inputs[i].text.SetWidth(max(8, min(60, width-4)))
	}
}

// bindings are the keys that work in the field that has the focus.
func (f *form) bindings(k keyMap) []key.Binding {
	in := &f.inputs[f.focus]
	enter := k.Choose.Help().Key
	switch {
	case in.filter.typing:
	case in.field.Kind == steps.FieldMany:
		k.Choose.SetHelp(enter, "mark")
	case f.focus < len(f.inputs)-1:
		k.Choose.SetHelp(enter, "next")
	default:
		k.Choose.SetHelp(enter, "done")
	}
	k.Next.SetHelp("tab", "next")
	var list []key.Binding
	switch {
	case in.filter.typing || in.isText() && len(f.inputs) == 1:
	case in.field.Kind == steps.FieldMany:
		list = []key.Binding{k.Next, k.All, k.Up}
	default:
		list = []key.Binding{k.Up}
	}
	if in.isLong() && !in.filter.typing {
		list = append(list, k.Filter)
	}
	return append(list, k.Choose, k.Back)
}

// press handles a key. It reports whether the form is to be submitted.
func (f *form) press(k tea.KeyPressMsg, keys keyMap) (submit bool) {
	in := &f.inputs[f.focus]
	list := in.visible()
	switch name := k.String(); {
	case in.filter.typing && name != "up" && name != "down" && name != "tab":
		in.narrow(k)
	case name == "tab" || name == "down" && (in.isText() || in.at >= len(list)-1):
		in.filter.typing = false
		f.move(1)
	case name == "shift+tab" || name == "up" && (in.isText() || in.at == 0):
		in.filter.typing = false
		f.move(-1)
	case in.field.Kind == steps.FieldMany && (key.Matches(k, keys.Choose) || key.Matches(k, keys.Toggle)):
		if in.at < len(list) {
			f.wrong = ""
			id := list[in.at].ID
			in.picked[id] = !in.picked[id]
		}
	case key.Matches(k, keys.Choose):
		if f.focus == len(f.inputs)-1 {
			return true
		}
		in.step(0) // of one that is to be picked, the one under the cursor
		if err := in.check(); err != nil {
			f.wrong = err.Error()
			break
		}
		f.wrong = ""
		f.move(1)
	case in.isText():
		f.wrong = ""
		in.text, _ = in.text.Update(k)
	case name == "up" || name == "k":
		in.step(-1)
	case name == "down" || name == "j":
		in.step(1)
	case key.Matches(k, keys.PageUp):
		in.step(-pageOfChoices)
	case key.Matches(k, keys.PageDown):
		in.step(pageOfChoices)
	case key.Matches(k, keys.Filter) && in.isLong():
		in.filter.typing = true
	case in.field.Kind == steps.FieldOne && key.Matches(k, keys.Toggle):
		in.step(0)
	case in.field.Kind == steps.FieldMany && key.Matches(k, keys.All):
		f.wrong = ""
		all := slices.ContainsFunc(list, func(c steps.Choice) bool { return !in.picked[c.ID] })
		for _, c := range list {
			in.picked[c.ID] = all
		}
	}
	return false
}

const pageOfChoices = 10

// step moves the cursor among the visible choices. Where only one counts, it is
// the one under the cursor.
func (in *input) step(by int) {
	list := in.visible()
	if len(list) == 0 {
		return
	}
	in.at = min(max(in.at+by, 0), len(list)-1)
	if in.field.Kind == steps.FieldOne {
		clear(in.picked)
		in.picked[list[in.at].ID] = true
	}
}

// narrow takes a key while the text that narrows the list is typed.
func (in *input) narrow(k tea.KeyPressMsg) {
	in.filter.press(k)
	in.at = 0
	if in.field.Kind == steps.FieldOne {
		in.at = max(0, slices.IndexFunc(in.visible(), func(c steps.Choice) bool { return in.picked[c.ID] }))
	}
}

// check reports whether what is filled in fits the field.
func (in *input) check() error {
	if in.typed || in.button || in.field.Kind == steps.FieldSecret {
		return nil
	}
	return checkField(in.field, in.values())
}

// checkField checks values of a field as the question will.
func checkField(field steps.Field, values []string) error {
	q := steps.Question{Options: []steps.Option{{Fields: []steps.Field{field}}}}
	return q.Check(steps.Answer{Values: map[string][]string{field.ID: values}})
}

// refuse says why the answer was not taken, at the field that it is about.
func (f *form) refuse(err error) {
	f.wrong = err.Error()
	bad, ok := errors.AsType[*steps.BadAnswerError](err)
	if !ok || bad.Field == "" {
		return
	}
	if i := slices.IndexFunc(f.inputs, func(in input) bool { return !in.typed && !in.button && in.field.ID == bad.Field }); i >= 0 {
		f.focus = i
		f.move(0)
	}
}

// paste puts pasted text into a field. A confirmation has to be typed by hand, so
// that nobody confirms by reflex.
func (f *form) paste(text string) {
	in := &f.inputs[f.focus]
	switch {
	case in.typed:
		f.wrong = "Please type it by hand: pasting does not confirm."
	case in.isText():
		in.text, _ = in.text.Update(tea.PasteMsg{Content: strings.TrimSpace(sanitize.Line(text))})
	}
}

// values are those of a field that is not a secret.
func (in *input) values() []string {
	if in.isText() {
		return []string{strings.TrimSpace(in.text.Value())}
	}
	var list []string
	for _, c := range in.field.Choices {
		if in.picked[c.ID] {
			list = append(list, c.ID)
		}
	}
	return list
}

// answer puts the fields together. A secret goes beside the answer, not into it.
func (f *form) answer() (steps.Answer, secret.Text) {
	a := steps.Answer{Question: f.question, Option: f.option.ID, Values: map[string][]string{}}
	var credential secret.Text
	for _, in := range f.inputs {
		switch {
		case in.button:
		case in.typed:
			a.Typed = in.text.Value()
		case in.field.Kind == steps.FieldSecret:
			credential = secret.New(in.text.Value())
		default:
			if values := in.values(); len(values) > 0 {
				a.Values[in.field.ID] = values
			}
		}
	}
	return a, credential
}
