package tui

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// choose takes a line for an answer to a question.
func (p *Plain) choose(ctx context.Context, q *steps.Question, text string) {
	options := offered(q)
	i, ok := p.pick(text, len(options))
	switch {
	case !ok && q.Search:
		labels := make([]string, len(options))
		for i, o := range options {
			labels[i] = o.Label
		}
		p.narrow(text, labels, func(i int) { p.sayOption(q, i, options[i]) })
		return
	case !ok:
		p.out.say(noChoice)
		p.sayPrompt(q)
		return
	}
	o := options[i]
	switch {
	case o.Blocked != "":
		p.out.say("Not possible now: %s", sentence(obstacle(o)))
		p.sayPrompt(q)
	case o.Wait:
		p.out.say("%s", cmp.Or(o.Then, "Nothing is done.")+" Type a number as soon as you have decided.")
	default:
		p.answer(ctx, q, o)
	}
}

// answer asks for what the option needs and hands the answer in.
func (p *Plain) answer(ctx context.Context, q *steps.Question, o steps.Option) {
	a := steps.Answer{Question: q.ID, Option: o.ID, Values: map[string][]string{}}
	var word secret.Text
	if o.ID == steps.OptionBackOut && q.ID != steps.QuestionGoBack {
		p.sayCard(steps.BackOutPlan(p.now.State)) // what it does is read first, whoever asks
	}
	for _, f := range o.Fields {
		values, w, ok := p.fill(ctx, f)
		if !ok {
			p.leaveOption(q)
			return
		}
		if f.Kind == steps.FieldSecret {
			word = w
		} else if len(values) > 0 {
			a.Values[f.ID] = values
		}
	}
	if o.Typed != "" {
		typed, ok := p.confirm(ctx, o)
		if !ok {
			p.leaveOption(q)
			return
		}
		a.Typed = typed
	}
	if err := q.Check(a); err != nil {
		p.out.say("%s", err)
		p.sayPrompt(q)
		return
	}
	p.out.say("Chosen: %s", o.Label)
	p.send(q, a, word)
}

// leaveOption is where a half-made answer ends.
func (p *Plain) leaveOption(q *steps.Question) {
	if !p.over {
		p.out.say("Nothing was done; the question is still open.")
		if p.shown != nil { // it is not printed anew
			p.sayPrompt(q)
		}
	}
}

// confirm asks for the text that must be typed for what cannot be undone.
func (p *Plain) confirm(ctx context.Context, o steps.Option) (string, bool) {
	p.out.say("%s", sentence(o.Label+": "+o.Consequence))
	if o.Undo == steps.UndoNever {
		p.out.say("This cannot be undone.")
	}
	for {
		p.out.say("To confirm, type %s. Anything else leaves everything as it is.", o.Typed)
		text, next := p.ask(ctx, o.Typed)
		switch next {
		case again:
			continue
		case stop:
			return "", false
		}
		if text != o.Typed {
			p.out.say("That is not %s.", o.Typed)
			return "", false
		}
		return text, true
	}
}

// fill asks for a field until there is a value for it, or none is wanted.
func (p *Plain) fill(ctx context.Context, f steps.Field) ([]string, secret.Text, bool) {
	for {
		p.sayField(f)
		if f.Kind == steps.FieldSecret && p.o.ReadSecret != nil {
			word, ok := p.askSecret(ctx, f)
			if !ok || !word.IsZero() {
				return nil, word, ok
			}
			p.out.say("%s must not be empty.", f.Label)
			continue
		}
		text, next := p.ask(ctx, "")
		switch next {
		case again:
			continue
		case stop:
			return nil, secret.Text{}, false
		}
		if f.Kind == steps.FieldSecret {
			if text != "" {
				return nil, secret.New(text), true
			}
			p.out.say("%s must not be empty.", f.Label)
			continue
		}
		values, ok := p.read(f, strings.TrimSpace(text))
		if err := checkField(f, values); ok && err != nil {
			p.out.say("%s", err)
		} else if ok {
			return values, secret.Text{}, true
		}
	}
}

func (p *Plain) sayField(f steps.Field) {
	line := f.Label
	if f.Help != "" {
		line += " (" + f.Help + ")"
	}
	if !strings.HasSuffix(line, "?") {
		line += ":"
	}
	p.out.say("%s", line)
	for i, c := range f.Choices {
		if i == listedAtOnce {
			p.out.say("%d more are not listed. Type a part of a name to narrow the list.", len(f.Choices)-i)
			break
		}
		p.sayChoice(i, c)
	}
	fallback := f.Default
	if i := slices.IndexFunc(f.Choices, func(c steps.Choice) bool { return c.ID == f.Default }); i >= 0 {
		fallback = f.Choices[i].Label
	}
	switch {
	case f.Kind == steps.FieldSecret:
		p.out.say("Type it; it is not shown and not kept.")
	case f.Kind == steps.FieldMany && !f.Optional:
		p.out.say("Type their numbers with commas between them, or all; at least one.")
	case f.Kind == steps.FieldMany:
		p.out.say("Type their numbers with commas between them, all, or an empty line for none.")
	case f.Kind == steps.FieldOne && fallback == "":
		p.out.say("Type %s.", numbers(len(f.Choices)))
	case f.Kind == steps.FieldOne:
		p.out.say("Type %s, or an empty line for %s.", numbers(len(f.Choices)), fallback)
	case fallback != "":
		p.out.say("Type it, or an empty line for %s.", fallback)
	case f.Optional:
		p.out.say("Type it, or an empty line for none.")
	default:
		p.out.say("Type it.")
	}
}

func (p *Plain) sayChoice(i int, c steps.Choice) {
	line := strconv.Itoa(i+1) + ". " + c.Label
	if c.Note != "" {
		line += ": " + c.Note
	}
	p.out.say("%s", line)
}

// read makes the values of a field from a line; it says why when it cannot.
func (p *Plain) read(f steps.Field, text string) ([]string, bool) {
	if text == "" && f.Default != "" {
		return []string{f.Default}, true
	}
	switch f.Kind {
	case steps.FieldOne:
		if i, ok := p.pick(text, len(f.Choices)); ok {
			return []string{f.Choices[i].ID}, true
		}
		p.notInList(f, text)
		return nil, false
	case steps.FieldMany:
		return p.readMany(f, text)
	}
	if text == "" {
		return nil, true
	}
	return []string{text}, true
}

func (p *Plain) readMany(f steps.Field, text string) ([]string, bool) {
	var values []string
	switch strings.ToLower(text) {
	case "0":
		return nil, true
	case "all":
		for _, c := range f.Choices {
			values = append(values, c.ID)
		}
		return values, true
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		i, ok := p.pick(part, len(f.Choices))
		if !ok {
			p.notInList(f, text)
			return nil, false
		}
		if id := f.Choices[i].ID; !slices.Contains(values, id) {
			values = append(values, id)
		}
	}
	return values, true
}

// noChoice does not repeat what was typed, nor does anything else that refuses it: it
// may be a password at the wrong prompt, and the lines may go into a log.
const noChoice = "That is not one of the choices."

func (p *Plain) notInList(f steps.Field, text string) {
	if len(f.Choices) <= narrowable {
		p.out.say(noChoice)
		return
	}
	labels := make([]string, len(f.Choices))
	for i, c := range f.Choices {
		labels[i] = c.Label
	}
	p.narrow(text, labels, func(i int) { p.sayChoice(i, f.Choices[i]) })
}

// what follows from a line that was asked for inside an option.
type outcome int

const (
	taken outcome = iota // the text is the answer
	again                // it was a word of its own; ask anew
	stop                 // the option is left, or the conversation is over
)

// ask waits for a line inside an option. The words that work at every prompt
// work here, unless the expected text is one of them.
func (p *Plain) ask(ctx context.Context, expected string) (string, outcome) {
	var l Line
	select {
	case <-ctx.Done():
		p.Interrupt(ctx)
		return "", stop
	case l = <-p.Lines():
		p.in.waiting = false
	}
	if l.end != nil {
		p.inputEnded()
		return "", stop
	}
	if l.long {
		p.out.say("That line is too long to be an answer.")
		return "", again
	}
	if name, _, _ := wordOf(l.text); p.staying(name) {
		return "", again
	}
	if literal, ok := strings.CutPrefix(l.text, "="); ok {
		return literal, taken
	}
	if name, arg, ok := wordOf(l.text); ok && strings.TrimSpace(l.text) != expected {
		if name == wordAgain {
			p.shown = nil
			return "", stop
		}
		p.word(name, arg)
		if p.over || p.beside() {
			return "", stop
		}
		return "", again
	}
	return l.text, taken
}

// askSecret reads a secret without echo; it can be interrupted.
func (p *Plain) askSecret(ctx context.Context, f steps.Field) (secret.Text, bool) {
	type reading struct {
		word secret.Text
		err  error
	}
	done := make(chan reading, 1)
	go func() {
		word, err := p.o.ReadSecret(f.Label + ": ")
		done <- reading{word, err}
	}()
	select {
	case <-ctx.Done():
		p.Interrupt(ctx)
		return secret.Text{}, false
	case r := <-done:
		if r.err != nil {
			if errors.Is(r.err, context.Canceled) {
				p.Interrupt(ctx)
			} else {
				p.inputEnded()
			}
			return secret.Text{}, false
		}
		return r.word, true
	}
}
