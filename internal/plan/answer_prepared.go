package plan

import (
	"cmp"
	"slices"

	"pg-migrate-wizard/steps"
)

// prepared says the first thing to prepare of which the plan knows more than the record;
// false where there is none, or where the list cannot be worked on.
func (p Plan) prepared(q *steps.Question, s *steps.State) (reply, bool) {
	if _, asked := q.Option(steps.OptionPrepared); !asked || len(p.Prepared) == 0 {
		return reply{}, false
	}
	for _, x := range steps.Preparations(*s) {
		i := slices.IndexFunc(p.Prepared, func(w Preparation) bool { return w.Item == string(x.ID) })
		if i < 0 || x.Settled() && x.By == "" || x.State == steps.PrepareUnknown {
			continue // a look says more, or has not been made
		}
		w := p.Prepared[i]
		by := cmp.Or(w.By, s.Facts.Session.User)
		if x.State == steps.PrepareState(w.State) && x.By == by {
			continue
		}
		return reply{option: steps.OptionPrepared, values: map[string][]string{
			steps.FieldItems: {w.Item}, steps.FieldState: {w.State}, steps.FieldBy: {by},
		}}, true
	}
	return reply{}, false
}
