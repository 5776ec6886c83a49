package report

import (
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// decisions lists the decision points. The record has the time of the next one
// only: when an earlier one was asked is known as long as nothing has moved that
// time on.
func (b *builder) decisions() []Decision {
	list := []Decision{}
	for _, m := range b.s.History {
		if !m.Answers(steps.QuestionDecision) {
			continue
		}
		d := Decision{Round: m.Round, Answered: b.when(m.At), Answer: sanitize.Line(m.Status), By: sanitize.Line(m.By)}
		if stop := steps.CutOverAt(steps.CutOvers(b.s), m.At).Stop; stop != nil {
			switch {
			case !stop.AskAfter.After(m.At):
				if m.Status != steps.OptionGoOn {
					d.Asked = b.when(stop.AskAfter)
				}
			case m.Status == steps.OptionGoOn && stop.AskAfter.Equal(m.At.Add(stop.Limit.Duration())):
				d.Again = int(stop.Limit)
			}
		}
		list = append(list, d)
	}
	if q := steps.Ask(b.s); q != nil && q.ID == steps.QuestionDecision {
		list = append(list, Decision{Round: b.s.Choices.Round, Asked: b.when(b.s.Choices.Stop.AskAfter)})
	}
	return list
}
