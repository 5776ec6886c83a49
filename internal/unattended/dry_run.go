package unattended

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
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
func (u Runner) dryRun(ctx context.Context, o RunOptions, pl plan.Plan, cfg engine.Config, was *steps.JournalSummary, v *status.EventPrinter) error {
	v.Untimed = true
	cfg, over, err := begin(v, pl, cfg, was, "dry run: nothing is changed")
	if err != nil {
		return err
	}
	if over != nil {
		return leaveDry(*over, over.last, nil, &driveResult{}, v)
	}
	answer, unsaid := o.simulated(pl)
	r, seen, would, err := rehearse(ctx, cfg, pl, unmatched(v, pl, answer), v.Print)
	if err != nil {
		return err
	}
	return leaveDry(r, seen, would, unsaid, v)
}

// rehearse looks as far as nothing has to be done, and plays the rest. Seen is where
// the migration stands; would is what is played, in sum.
func rehearse(ctx context.Context, cfg engine.Config, pl plan.Plan, answer func(*steps.Question, steps.State) (steps.Answer, error), tell func(status.Event)) (r driveResult, seen engine.Snapshot, would *status.Would, err error) {
	cfg.LookOnly, cfg.LookTries = true, triesOfLooks
	r, err = drive(ctx, engine.New(cfg), driver{
		answer: func(q *steps.Question, s steps.State) (steps.Answer, error) {
			if s.Facts.Session.SignedIn && !slices.Contains(choosing, q.ID) {
				return steps.Answer{}, errDry
			}
			return answer(q, s)
		},
		done:    func(now engine.Snapshot) bool { return len(now.Withheld) > 0 || reached(pl, now.State) },
		timeout: lookTime, brief: true,
	})
	seen = r.last
	toCome := r.done && !reached(pl, seen.State) || errors.Is(r.open, errDry) || r.open == nil && r.question != nil
	if err == nil && toCome {
		sim := newSimulation(r.eng, seen, tell)
		r, err = sim.play(ctx, pl, answer)
		would = &sim.would
	}
	return r, seen, would, err
}

// simulated are the plan's answers as a run with --yes gives them. What a run
// without it would end at, is kept, once.
func (o RunOptions) simulated(pl plan.Plan) (func(*steps.Question, steps.State) (steps.Answer, error), *driveResult) {
	sure := o
	sure.Yes = true
	given, bare := sure.answers(pl), o.answers(pl)
	unsaid := &driveResult{}
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
func leaveDry(r driveResult, seen engine.Snapshot, would *status.Would, unsaid *driveResult, v *status.EventPrinter) error {
	code, says := r.outcome()
	if r.open != nil && r.question != nil {
		says = r.tellQuestion(v, code, says)
	}
	switch {
	case r.interrupted, r.late, r.unseen:
	case code != status.ExitDone:
		says = "a run would end here: " + says
	case r.done && r.last.State.Sequence() == seen.State.Sequence():
		says = "it is as far as the plan says already"
	case r.done:
		says = "the plan answers everything"
	}
	page := status.PageOf(seen)
	end := status.Event{At: time.Now(), Event: status.EventEnd, ExitStatus: &code, Says: strings.TrimSuffix(says, ".") + ". Nothing was done.", Status: &page, Would: would}
	if unconfirmed, ok := errors.AsType[*unconfirmedError](unsaid.open); ok {
		without, _ := unsaid.outcome()
		end.WithoutYes = &without
		end.Says += fmt.Sprintf(" A run needs --%s: without it, it would end with status %d at %q.", FlagYes, without, unconfirmed.label)
	}
	v.Print(end)
	return v.Exit(code)
}
