package cli

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// choosing are the questions whose answer picks something and changes nothing.
var choosing = []steps.QuestionID{
	steps.QuestionOrg, steps.QuestionSpace, steps.QuestionWhere,
	steps.QuestionSource, steps.QuestionTarget, steps.QuestionSourceKey, steps.QuestionTargetKey,
}

// errDry ends the looking part of a dry run: from here on something is done.
var errDry = errors.New("from here on something would be done")

// dryRun only looks, up to the first thing that would be done, and plays the rest
// of the plan in the machine alone: the whole road, also what takes --yes.
func (p *program) dryRun(cmd *cobra.Command, f *runFlags, pl plan.Plan, cfg engine.Config, was *engine.Remembered, v *voice) error {
	cfg, over, err := v.begin(pl, cfg, was, "dry run: nothing is changed")
	if err != nil {
		return err
	}
	if over != nil {
		return p.leaveDry(*over, over.last, &driven{}, v)
	}
	cfg.LookOnly = true
	answer, unsaid := f.imagining(pl)
	answer = unmatched(v, pl, answer)
	r, err := p.drive(cmd.Context(), cfg, driver{
		answer: func(q *steps.Question, s steps.State) (steps.Answer, error) {
			if s.Facts.Session.SignedIn && !slices.Contains(choosing, q.ID) {
				return steps.Answer{}, errDry
			}
			return answer(q, s)
		},
		done:    func(now engine.Snapshot) bool { return len(now.Withheld) > 0 || reached(pl, now.State) },
		timeout: lookTime,
	})
	if err != nil {
		return err
	}
	toCome := r.done && !reached(pl, r.last.State) || errors.Is(r.open, errDry) || r.open == nil && r.question != nil
	if !toCome {
		return p.leaveDry(r, r.last, unsaid, v)
	}
	seen := r.last
	i := imagine(r.eng, r.last.State, v.tell)
	i.due = slices.Clone(r.last.Withheld)
	played, err := i.play(cmd.Context(), pl, answer)
	if err != nil {
		return err
	}
	return p.leaveDry(played, seen, unsaid, v)
}

// imagining are the plan's answers as a run with --yes gives them. What a run
// without it would end at, is kept, once.
func (f *runFlags) imagining(pl plan.Plan) (func(*steps.Question, steps.State) (steps.Answer, error), *driven) {
	sure := *f
	sure.yes = true
	given, bare := sure.answers(pl), f.answers(pl)
	unsaid := &driven{}
	return func(q *steps.Question, s steps.State) (steps.Answer, error) {
		if _, err := bare(q, s); unsaid.open == nil {
			if _, unconfirmed := errors.AsType[*unconfirmedError](err); unconfirmed {
				unsaid.question, unsaid.open, unsaid.last = q, err, engine.Snapshot{State: s}
			}
		}
		return given(q, s)
	}, unsaid
}

// leaveDry tells how a run would end, and what stands in its way; the page in the
// end is that of the migration as it is, because nothing was done.
func (p *program) leaveDry(r driven, seen engine.Snapshot, unsaid *driven, v *voice) error {
	status, says := r.outcome()
	if r.open != nil && r.question != nil {
		says = r.tellQuestion(v, status, says)
	}
	switch {
	case r.interrupted, r.late:
	case status != StatusDone:
		says = "a run would end here: " + says
	case r.done && r.last.State.Sequence() == seen.State.Sequence():
		says = "it is as far as the plan says already"
	case r.done:
		says = "the plan answers everything"
	}
	page := viewOf(seen)
	end := Event{At: time.Now(), Event: eventEnd, ExitStatus: &status, Says: says + ". Nothing was done.", Status: &page}
	if unconfirmed, ok := errors.AsType[*unconfirmedError](unsaid.open); ok {
		without, _ := unsaid.outcome()
		end.WithoutYes = &without
		end.Says += fmt.Sprintf(" A run needs --%s: without it, it would end with status %d at %q.", flagYes, without, unconfirmed.label)
	}
	v.tell(end)
	return v.exit(status)
}
