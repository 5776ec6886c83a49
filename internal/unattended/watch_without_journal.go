package unattended

import (
	"context"
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
func (u Runner) watchWithoutJournal(ctx context.Context, pl plan.Plan, until string, v *status.EventPrinter) driveResult {
	sv, err := u.observeWithoutJournal(ctx, pl)
	if err == nil {
		err = sv.end.Err
	}
	r := driveResult{unknown: sv.unknown(), last: engine.Snapshot{State: sv.s, LastLook: time.Now()}, open: err}
	events := status.NewEventRecorder(v.Print) // of what comes: what led here was only looking
	for _, x := range []Process{Replication, Finalization} {
		if now := x.of(sv.s); now.Exists {
			v.Print(status.Event{At: time.Now(), Event: status.EventStatus, Of: string(x.moment), Word: line(now.Word), Round: sv.s.Choices.Round})
		}
	}
	events.Record(r.last)
	if r.overWithoutJournal(ctx, until) {
		return r
	}
	var pulse <-chan time.Time
	if every := v.Interval(); every > 0 {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		pulse = ticker.C
	}
	look := time.NewTimer(paced(sv.pace, watchEvery(sv.s)))
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
		case <-pulse:
			v.Heartbeat(r.last)
			continue
		case <-look.C:
			r.open = sv.lookAgain(ctx, &r.last)
			events.Record(r.last)
		}
		if r.overWithoutJournal(ctx, until) {
			_ = sv.observeOnce(ctx, steps.SeeApps) // for the page in the end; one that is as old is better than none
			r.last.State = sv.s
			return r
		}
		look.Reset(paced(sv.pace, watchEvery(sv.s)))
	}
}

// overWithoutJournal reports whether the watching is over, and notes how it ended.
func (r *driveResult) overWithoutJournal(ctx context.Context, until string) bool {
	s := r.last.State
	replication, finalization := s.Facts.Replication, s.Facts.Finalization
	switch {
	case ctx.Err() != nil:
		r.interrupted, r.open = true, nil
	case r.open != nil:
	case r.last.Failures > 0:
		return false
	case untilReached(until, s):
		r.done = true
	case replication.Is(steps.Failed), finalization.Is(steps.Failed), !onService(s):
		r.question, r.open = steps.Ask(s), errNotAsked
	default:
		return false
	}
	return true
}

// lookAgain asks the service once more. A look that fails is made again later, for
// long.
func (v *Observation) lookAgain(ctx context.Context, now *engine.Snapshot) error {
	for _, see := range []steps.Sight{steps.SeeReplication, steps.SeeFinalization} {
		err := v.observeOnce(ctx, see)
		now.State = v.s
		if err == nil {
			continue
		}
		if now.Failures++; err.noRight() || now.Failures > patienceOfWaiting {
			return err.exit()
		}
		return nil
	}
	now.Failures, now.LastLook = 0, time.Now()
	return nil
}

// watchEvery is how often the service is asked: a finalization keeps applications
// down.
func watchEvery(s steps.State) time.Duration {
	if s.Facts.Finalization.Exists && !isCompleted(s) {
		return Finalization.lookEvery()
	}
	return Replication.lookEvery()
}
