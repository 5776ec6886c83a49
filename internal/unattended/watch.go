package unattended

import (
	"context"
	"errors"
	"os"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// Untils are the words for how far to watch.
var Untils = []string{
	string(plan.Prepared), string(plan.Keys), string(plan.Preflight), string(plan.InSync),
	string(plan.Completed), string(plan.Switched), string(plan.CleanedUp), string(plan.Ended),
}

// errMoved ends a look at a migration that another program has led further.
var errMoved = errors.New("the journal has grown")

// Watch watches a migration until it is so far: by its record or, without one, that of
// a plan. No timeout: for ever.
func (u Runner) Watch(watching context.Context, record *steps.JournalSummary, pl *plan.Plan, until string, timeout time.Duration, v *status.EventPrinter) error {
	events := status.NewEventRecorder(v.Print)
	ctx := watching
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	d := driver{
		answer: func(_ *steps.Question, s steps.State) (steps.Answer, error) {
			if unseen := blind(s); unseen != nil { // what is asked of what nobody sees is no question
				if unseen.noRight() {
					return steps.Answer{}, unseen.exit()
				}
				return steps.Answer{}, errLater
			}
			if engine.InUse(record.Path) {
				return steps.Answer{}, errLater // somebody is there to answer
			}
			return steps.Answer{}, errNotAsked
		},
		done:      func(now engine.Snapshot) bool { return looked(now.State) && plan.Until(until).Reached(now.State) },
		news:      events.Record,
		stay:      true,
		heartbeat: v.Heartbeat, every: v.Interval(),
	}
	for {
		var r driveResult
		var err error
		if record == nil {
			r, err = u.watchWithoutJournal(ctx, *pl, until, v)
		} else {
			r, err = watchJournal(ctx, u.looking(*record), record.Path, d)
		}
		if err != nil {
			v.Clear()
			return err
		}
		if errors.Is(r.open, errMoved) && ctx.Err() == nil {
			continue
		}
		if r.interrupted && watching.Err() == nil {
			r.interrupted, r.late = false, true
		}
		return u.leave(r, v)
	}
}

// watchJournal watches as the journal has it, until it is written on.
func watchJournal(ctx context.Context, cfg engine.Config, path string, d driver) (driveResult, error) {
	watching, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		size := sizeOf(path)
		every := time.NewTicker(time.Second)
		defer every.Stop()
		for {
			select {
			case <-watching.Done():
				return
			case <-every.C:
				if sizeOf(path) != size {
					stop(errMoved)
					return
				}
			}
		}
	}()
	r, err := drive(watching, engine.New(cfg), d)
	if errors.Is(context.Cause(watching), errMoved) && r.interrupted {
		r.interrupted, r.open = false, errMoved
	}
	return r, err
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}
