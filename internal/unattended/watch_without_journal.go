package unattended

import (
	"context"
	"slices"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// UntilsWithoutJournal are the words for how far to watch that show without a record.
var UntilsWithoutJournal = []string{string(plan.Prepared), string(plan.Keys), string(plan.Preflight), string(plan.InSync), string(plan.Completed)}

// watchWithoutJournal watches a migration whose record is not here: somebody leads it
// from another machine, and a question is for them, as long as the service knows
// of the migration.
func (u Runner) watchWithoutJournal(ctx context.Context, pl plan.Plan, until string, v *status.EventPrinter) (driveResult, error) {
	o := everything(15 * time.Second)
	var events *status.EventRecorder // of what comes: what leads here is only looking
	o.news = func(now engine.Snapshot) {
		if events == nil {
			events = status.NewEventRecorder(v.Print)
			for _, x := range []Process{Replication, Finalization} {
				if p := x.of(now.State); p.Exists {
					v.Print(status.Event{At: time.Now(), Event: status.EventStatus, Of: string(x.moment), Word: line(p.Word), Round: now.State.Choices.Round})
				}
			}
		}
		events.Record(now)
	}
	o.heartbeat, o.every = v.Heartbeat, v.Interval()
	o.until = func(now engine.Snapshot) bool {
		s := now.State
		lost := slices.ContainsFunc(o.looks, func(l steps.Look) bool { return slices.Contains(now.GivenUp, l.Of) })
		return lost || now.Failures == 0 && (plan.Until(until).Reached(s) || !steps.OnService(s) || s.Facts.Replication.Is(steps.Failed) || s.Facts.Finalization.Is(steps.Failed))
	}
	end, err := u.observe(ctx, pl, o)
	r := end.result
	switch s := r.last.State; {
	case r.interrupted:
	case end.Err != nil:
		r.open = end.Err
	default:
		if r.done = plan.Until(until).Reached(s); !r.done {
			r.question, r.open = steps.Ask(s), errNotAsked
		}
	}
	return r, err
}
