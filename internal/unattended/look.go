package unattended

import (
	"context"
	"errors"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// lookTime bounds how long a single look at everything may take.
const lookTime = 2 * time.Minute

// looking is the engine's configuration for looking at a remembered migration.
func (u Runner) looking(m engine.Remembered) engine.Config {
	cfg := u.Config
	cfg.LookOnly, cfg.Resume = true, m.ID
	if cfg.API == "" {
		cfg.API = m.API
	}
	return cfg
}

var errNotAsked = errors.New("nobody is asked: this only looks")

// LookOnce looks at everything there is to see of a migration. The page is there
// also where something could not be seen; unseen then says what.
func (u Runner) LookOnce(ctx context.Context, m engine.Remembered) (view status.Page, unseen, err error) {
	if m.Ended != nil {
		s, err := engine.LoadMigration(u.Config.StateDir, m.ID)
		return status.PageOf(engine.Snapshot{State: s, Journal: m.Path}), nil, err
	}
	r, err := drive(ctx, engine.New(u.looking(m)), driver{
		answer:  func(*steps.Question, steps.State) (steps.Answer, error) { return steps.Answer{}, errNotAsked },
		done:    func(now engine.Snapshot) bool { return looked(now.State) },
		stay:    true,
		timeout: lookTime,
	})
	if err != nil {
		return status.Page{}, nil, err
	}
	return status.PageOf(lookAround(ctx, r.eng, r.last)), r.sawEnough(), nil
}

// sawEnough says why a look has not seen what it should; nil when it has.
func (r driveResult) sawEnough() error {
	f, seen := r.last.State.Facts.Session, r.last.State.Seen[steps.SeeSession]
	switch {
	case r.interrupted:
		return status.Exit(status.ExitInterrupted, "interrupted")
	case r.late:
		return status.Exit(status.ExitNotYet, "not everything could be looked at in time")
	case !f.SignedIn && seen.Problem != nil:
		return status.Exit(status.ExitFailed, line(seen.Problem.Says))
	case !f.SignedIn:
		return status.Exit(status.ExitNoRight, "not signed in: "+line(f.Reason))
	}
	return nil
}

// lookAround looks at what the present step does not need, so that the page is
// whole: what the service says, and who writes.
func lookAround(ctx context.Context, eng *engine.Engine, now engine.Snapshot) engine.Snapshot {
	return lookAlso(ctx, eng, now, steps.SeeSourceKeys, steps.SeeTargetKeys, steps.SeeApps, steps.SeeElsewhere, steps.SeeReplication, steps.SeeFinalization)
}

// lookAfter looks at what the end of a one-line command tells: where nothing was to
// be done, nobody has looked yet.
func lookAfter(ctx context.Context, eng *engine.Engine, now engine.Snapshot) engine.Snapshot {
	sights := []steps.Sight{steps.SeeReplication, steps.SeeFinalization}
	if len(now.State.Choices.Memory) > 0 {
		sights = append(sights, steps.SeeApps)
	}
	return lookAlso(ctx, eng, now, sights...)
}

// lookAlso looks at what was not looked at just now. What cannot be seen is left out.
func lookAlso(ctx context.Context, eng *engine.Engine, now engine.Snapshot, sights ...steps.Sight) engine.Snapshot {
	s := now.State
	if !s.Facts.Session.SignedIn || s.Choices.Source == nil || s.Choices.Ended != nil {
		return now
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	for _, see := range sights {
		if s.Seen[see].Fresh() || asksService(see) && !s.Names().Complete() {
			continue
		}
		seen, err := eng.Look(ctx, s, see)
		if err != nil {
			continue
		}
		replication, finalization := status.LastStatus(s, steps.MomentReplication), status.LastStatus(s, steps.MomentFinalization)
		next, due := steps.Apply(s, steps.Event{At: time.Now(), Is: seen})
		s = without(next, due)
		if p := &s.Facts.Replication; see == steps.SeeReplication && p.Word != replication {
			p.Since = time.Time{} // it is only known that it is so now
		}
		if p := &s.Facts.Finalization; see == steps.SeeFinalization && p.Word != finalization {
			p.Since = time.Time{}
		}
	}
	now.State = s
	return now
}

// without takes back that requests are under way which nobody sends.
func without(s steps.State, effects []steps.Effect) steps.State {
	for _, e := range effects {
		delete(s.Work, e.ID()) // a map of its own, since Apply
	}
	return s
}
