package tui

import (
	"cmp"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// decision is how far the person is with a question on the screen.
type decision struct {
	question steps.QuestionID // another one begins anew
	start    string           // where the cursor was when it came
	option   string           // identity of the option under the cursor
	form     *form            // what the option asks for, while it is being filled in
	filter   filter
}

// follow keeps the cursor where it was while the same question stays, and puts it where
// a new one begins: on no option at all where none is to be taken by a reflex. It reports
// whether it is new.
func (d *decision) follow(q *steps.Question) bool {
	if q == nil {
		isNew := d.question != ""
		*d = decision{}
		return isNew
	}
	// The same question that begins elsewhere is a new one: what was right to press a
	// moment ago is not any more. A form being filled in stays.
	start := q.Start()
	isNew := q.ID != d.question || start != d.start && d.form == nil
	if isNew {
		*d = decision{question: q.ID, option: start, start: start}
	}
	if list := d.visible(q); indexOption(list, d.option) < 0 {
		d.option = ""
		if d.filter.text != "" && len(list) > 0 {
			d.option = list[0].ID // looked for by name
		}
	}
	if d.form != nil && !d.form.follow(q) {
		d.form = nil
	}
	return isNew
}

func indexOption(list []steps.Option, id string) int {
	return slices.IndexFunc(list, func(o steps.Option) bool { return o.ID == id })
}

// visible are the options that the filter leaves.
func (d *decision) visible(q *steps.Question) []steps.Option {
	return narrowed(d.filter, q.Options, func(o steps.Option) string { return o.Label })
}

// move puts the cursor on a neighbour; from nowhere, on the first option or the last.
func (d *decision) move(q *steps.Question, by int) {
	list := d.visible(q)
	if len(list) == 0 {
		return
	}
	i := indexOption(list, d.option)
	if i < 0 && by < 0 {
		i = 0
	}
	d.option = list[(i+by+len(list))%len(list)].ID
}

// update handles a key or a paste. It reports whether it was meant for the question.
func (d *decision) update(m *model, q *steps.Question, msg tea.Msg) bool {
	if paste, ok := msg.(tea.PasteMsg); ok {
		if d.form != nil {
			d.form.paste(paste.Content)
		}
		return true
	}
	k, _ := msg.(tea.KeyPressMsg)
	switch {
	case d.form != nil:
		d.fill(m, q, k)
	case q == nil:
		return false
	case d.filter.typing && !d.filter.leaves(k):
		d.filter.press(k)
	case key.Matches(k, m.keys.Up):
		d.move(q, -1)
	case key.Matches(k, m.keys.Down):
		d.move(q, 1)
	case key.Matches(k, m.keys.Choose):
		d.choose(m, q)
	default:
		return false
	}
	return true
}

// fill hands a key to the form, and the answer in when it is complete.
func (d *decision) fill(m *model, q *steps.Question, k tea.KeyPressMsg) {
	if key.Matches(k, m.keys.Back) && !d.form.filtering() {
		if d.form.stays() {
			return
		}
		d.form = nil
		return
	}
	d.form.leaving = false
	if d.form.press(k, m.keys) {
		a, credential := d.form.answer()
		d.send(m, q, a, credential)
	}
}

// choose takes the option under the cursor, or opens what it asks for.
func (d *decision) choose(m *model, q *steps.Question) {
	if m.now.Sub(m.asked) < m.o.Grace {
		return // the question has only just come: this key was meant for another
	}
	o, ok := q.Option(d.option)
	switch {
	case !ok:
		m.note = "Nothing is chosen yet: move to one first."
	case o.Blocked != "":
		m.note = "Not possible now: " + obstacle(o) + "."
	case o.Wait:
		m.note = cmp.Or(o.Then, "Staying. Nothing was done.")
	case o.ID == steps.OptionBackOut && q.ID != steps.QuestionGoBack && steps.AskBackOut(m.snap.State) != nil:
		m.open(newBackOutDialog(m)) // what it does is read first, whoever asks
	case len(o.Fields) > 0 || o.Typed != "":
		d.form = newForm(q, o)
	default:
		d.send(m, q, steps.Answer{Question: q.ID, Option: o.ID}, secret.Text{})
	}
}

// send hands an answer in, and closes what is laid over the step.
func (d *decision) send(m *model, q *steps.Question, a steps.Answer, credential secret.Text) {
	switch err := q.Check(a); {
	case err == nil:
		d.form, m.viewing, m.pages = nil, "", m.pages[:1]
		m.m.Answer(a, credential)
	case d.form != nil:
		d.form.refuse(err)
	default:
		m.note = err.Error()
	}
}
