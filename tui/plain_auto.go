package tui

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/steps"
)

// autoPatience is how long it is waited for something to happen where nobody is there.
const autoPatience = 10 * time.Minute

// nobody is the reason that is given where a person would have one.
const nobody = "nobody is there to ask"

// somebody says why nothing that is recommended can be taken.
type somebody string

func (s somebody) Error() string { return string(s) }

// Recommended answers a question with what is recommended, or with what a demonstration
// takes instead.
func (p *Plain) Recommended(q *steps.Question, _ steps.State) (steps.Answer, error) {
	o, ok := q.Option(q.Alone())
	a, open := q.Complete(q.Alone(), nobody)
	wrong := q.Check(a)
	switch {
	case !ok:
		return a, somebody("Nothing is recommended here: somebody has to decide.")
	case o.Wait:
		return a, somebody("This waits for somebody, and nobody is there.")
	case !open:
		return a, somebody("What is recommended is not possible now: " + sentence(obstacle(o)))
	case wrong != nil:
		return a, somebody(wrong.Error() + " Somebody has to say.")
	}
	return a, nil
}

// Given says what was answered without a person.
func (p *Plain) Given(q *steps.Question, a steps.Answer) {
	o, _ := q.Option(a.Option)
	p.answered = q.ID
	for i := range q.Options {
		if reflect.DeepEqual(q.Options[i], o) {
			p.out.say("Answer: %d. %s", i+1, o.Label)
		}
	}
	switch advised, ok := q.Option(q.Recommended); {
	case !ok:
		p.out.sub("Nothing is recommended here. This goes on with the demonstration.")
	case advised.ID != o.ID:
		p.out.sub("Not what is recommended: that waits for somebody, and this goes on with the demonstration.")
	}
	for _, f := range o.Fields {
		var said []string
		for _, v := range a.Values[f.ID] {
			if i := slices.IndexFunc(f.Choices, func(c steps.Choice) bool { return c.ID == v }); i >= 0 {
				v = f.Choices[i].Label
			}
			if v != "" {
				said = append(said, v)
			}
		}
		if len(said) > 0 {
			p.out.sub("%s: %s", f.Label, strings.Join(said, ", "))
		}
	}
	if a.Typed != "" {
		p.out.sub("Typed: %s", a.Typed)
	}
}

// GiveUp ends with the question open, and says why.
func (p *Plain) GiveUp(why string) {
	p.out.say("%s", why)
	p.out.say("The question stays open.")
	p.result.Question = p.question
	p.leave()
}
