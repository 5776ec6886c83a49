package tui

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// nobody is the reason that is given where a person would have one.
const nobody = "nobody is there to ask"

// answerAlone takes what is recommended, as long as that leads anywhere.
func (p *plain) answerAlone() {
	q := p.question
	if n := len(p.now.State.History); n != p.moments {
		p.moments, p.progress = n, time.Now()
	}
	if q == nil || q.Waiting() {
		return
	}
	o, ok := q.Option(q.Alone())
	a, open := q.Complete(q.Alone(), nobody)
	switch {
	case !ok:
		p.out.say("Nothing is recommended here: somebody has to decide.")
	case o.Wait:
		p.out.say("This waits for somebody, and nobody is there.")
	case !open:
		p.out.say("What is recommended is not possible now: %s", sentence(obstacle(o)))
	case q.Check(a) != nil:
		p.out.say("%s Somebody has to say.", q.Check(a))
	case p.answeredTooOften(q):
		p.out.say("This was answered %d times, and nothing new came of it.", autoAttempts)
	default:
		p.sayOwnAnswer(q, o, a)
		p.send(q, a, secret.Text{})
		return
	}
	p.giveUp()
}

// answeredTooOften counts the answers to exactly this question.
func (p *plain) answeredTooOften(q *steps.Question) bool {
	key := string(q.ID) + "\n" + timeless(q.Title) + "\n" + timeless(q.Why)
	p.asked[key]++
	return p.asked[key] > autoAttempts
}

func (p *plain) sayOwnAnswer(q *steps.Question, o steps.Option, a steps.Answer) {
	for i := range q.Options {
		if reflect.DeepEqual(q.Options[i], o) {
			p.out.say("Answer: %d. %s", i+1, o.Label)
		}
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

func (p *plain) giveUp() {
	p.out.say("The question stays open.")
	p.result.Question = p.question
	p.leave()
}
