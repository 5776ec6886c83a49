package unattended

import (
	"context"
	"fmt"
	"slices"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// Of a migration that this machine has no record of, what cannot be seen by looking.
const (
	unknownRecord = "This machine has no record of it: who decided what, what was accepted or waived, and how the applications were before is not known here."
	unknownKeys   = "The service was not asked: it takes a service key of each side, and neither those that the plan names nor the wizard's own are all there. If others are in use, name them in the plan."
)

// observeWithoutJournal looks at everything there is to see of a migration whose record is not
// here. The error is of what could not be seen; the page is there all the same.
func (u Runner) observeWithoutJournal(ctx context.Context, pl plan.Plan) (Observation, error) {
	v, err := u.observe(ctx, pl)
	if err != nil || v.end.Err != nil {
		return v, err
	}
	v.leaveAbsentKeys()
	for _, see := range []steps.Sight{steps.SeeAccess, steps.SeeReplication, steps.SeeFinalization, steps.SeeApps, steps.SeeElsewhere, steps.SeeShares} {
		if asksService(see) && !v.nameable {
			continue
		}
		if failed := v.observe(ctx, see); failed != nil && asksService(see) {
			err = failed // what the platform does not tell is a problem on the page
		}
		if ctx.Err() != nil {
			break
		}
	}
	return v, err
}

func asksService(see steps.Sight) bool {
	return see == steps.SeeReplication || see == steps.SeeFinalization
}

// leaveAbsentKeys chooses no key that is planned and not there.
func (v *Observation) leaveAbsentKeys() {
	absent := func(choice *steps.KeyChoice, keys []steps.Key) bool {
		return choice != nil && !slices.ContainsFunc(keys, func(k steps.Key) bool { return k.Name == choice.Name })
	}
	if c := &v.s.Choices; absent(c.SourceKey, v.s.Facts.SourceKeys) || absent(c.TargetKey, v.s.Facts.TargetKeys) {
		c.SourceKey, c.TargetKey, v.nameable = nil, nil, false
	}
}

// unknown lists what a look without a record leaves open.
func (v *Observation) unknown() []string {
	list := []string{unknownRecord}
	if v.end.Err == nil && !v.nameable {
		list = append(list, unknownKeys)
	}
	return list
}

// LookWithoutJournal is the page of a migration whose record is not here.
func (u Runner) LookWithoutJournal(ctx context.Context, pl plan.Plan) (status.Page, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	v, err := u.observeWithoutJournal(ctx, pl)
	if err == nil {
		err = v.end.Err
	}
	page := withoutJournal(status.PageOf(engine.Snapshot{State: v.s}), v.s, v.unknown())
	page.Names = namesOf(v.s, pl)
	return page, err
}

// withoutJournal takes out of a page what only a record could know.
func withoutJournal(v status.Page, s steps.State, unknown []string) status.Page {
	v.Unknown = unknown
	v.BackOut = backOutWithoutJournal(v.BackOut, s)
	v.Standing = standingWithoutJournal(s)
	v.Replication.Since, v.Finalization.Since = nil, nil // it is only known since when we look
	v.Step.Begin, v.Step.End, v.Step.Seconds = nil, nil, 0
	for n := range v.Steps {
		v.Steps[n].Begin, v.Steps[n].End, v.Steps[n].Seconds = nil, nil, 0
	}
	if v.Next != nil {
		for n, o := range v.Next.Options {
			if o.ID == steps.OptionBackOut {
				v.Next.Options[n].Consequence = v.BackOut.Outcome
			}
		}
	}
	return v
}

// backOutWithoutJournal is a back-out card where it is not known how the applications
// were: those are left as they are.
func backOutWithoutJournal(card status.BackOut, s steps.State) status.BackOut {
	if !asked(s) {
		return status.BackOut{
			Lines: []string{}, Cannot: []string{}, Outcome: "not known",
			Why: "It is not known what there is to take back: the service was not asked.",
		}
	}
	if !card.Possible || !onService(s) {
		return card
	}
	card.Outcome = "the migration is removed from the service, nothing lost; applications stay as they are"
	if isCompleted(s) {
		card.Lost = true
		card.Outcome = "the migration is removed from the service; what was written to the target since COMPLETED is not on the source"
	}
	card.Cannot = append(card.Cannot, "Applications that this migration has stopped or brought to the target: which, and how they were, is known where its record is. Go back from there.")
	return card
}

// asked reports whether the service has said how the migration stands.
func asked(s steps.State) bool { return s.Facts.Replication.Known && s.Facts.Finalization.Known }

// onService reports whether the service knows of the migration.
func onService(s steps.State) bool {
	return s.Facts.Replication.Exists || s.Facts.Finalization.Exists || isCompleted(s)
}

// standingWithoutJournal says where the applications are, as it is seen.
func standingWithoutJournal(s steps.State) string {
	if s.Seen[steps.SeeApps].At.IsZero() {
		return "Where the applications are was not seen."
	}
	source, stopped, target := 0, 0, 0
	for _, a := range s.Facts.Apps {
		if a.Source != nil && !a.Gone {
			if source++; a.State == steps.Stopped {
				stopped++
			}
		}
		if a.Target != nil && !a.Gone {
			target++
		}
	}
	says := fmt.Sprintf("Seen now: %d bound to SOURCE (%d of them stopped), %d bound to TARGET.", source, stopped, target)
	switch {
	case isCompleted(s):
		return says + " The finalization is COMPLETED: the target is the database."
	case !asked(s):
		return says + " Which of the two is the database is not known: the service was not asked."
	}
	return says + " Before COMPLETED the source is the database, and nothing is lost."
}
