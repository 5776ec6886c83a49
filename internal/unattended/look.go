package unattended

import (
	"context"
	"errors"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// lookTime bounds how long a single look at everything may take.
const lookTime = 2 * time.Minute

// looking is the engine's configuration for looking at a remembered migration.
func (u Runner) looking(m steps.JournalSummary) engine.Config {
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
func (u Runner) LookOnce(ctx context.Context, m steps.JournalSummary) (view status.Page, unseen, err error) {
	if m.Ended != nil {
		s, err := engine.LoadMigration(u.Config.StateDir, m.ID)
		return status.PageOf(engine.Snapshot{State: s, Journal: m.Path}), nil, err
	}
	cfg := u.looking(m)
	cfg.Looks = once(steps.ObserveSourceKeys, steps.ObserveTargetKeys, steps.ObserveApps, steps.ObserveElsewhere, steps.ObserveReplication, steps.ObserveFinalization)
	looking, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	now, err := engine.LookOnce(looking, cfg)
	f, seen := now.State.Facts.Session, now.State.Seen[steps.ObserveSession]
	switch {
	case ctx.Err() != nil:
		unseen = status.Exit(status.ExitInterrupted, "interrupted")
	case looking.Err() != nil:
		unseen = status.Exit(status.ExitNotYet, "not everything could be looked at in time")
	case err != nil:
		return status.Page{}, nil, err
	case !f.SignedIn && seen.Problem != nil && seen.Problem.Passes():
		unseen = status.Exit(status.ExitNotYet, line(steps.ExplainLook(steps.ObserveSession, *seen.Problem).Says)+" "+line(steps.ExplainLook(steps.ObserveSession, *seen.Problem).Next))
	case !f.SignedIn && seen.Problem != nil:
		unseen = status.Exit(status.ExitFailed, line(seen.Problem.Says))
	case !f.SignedIn:
		unseen = status.Exit(status.ExitNoRight, "not signed in: "+line(f.Reason))
	default:
		unseen = nothingSeen(now.State, cfg.Looks)
	}
	return status.PageOf(now), unseen, nil
}

// nothingSeen is why none of these could be looked at; nil when any was.
func nothingSeen(s steps.State, looks []steps.Look) error {
	var why error
	for _, l := range looks {
		switch seen := s.Seen[l.Of]; {
		case !seen.At.IsZero():
			return nil
		case seen.Problem != nil && why == nil:
			why = unseen(s, l.Of).exit()
		}
	}
	return why
}

// blind is what has to be seen at this step and cannot be; nil when all was seen.
func blind(s steps.State) *stuckError {
	for _, l := range steps.Looks(s) {
		if seen := s.Seen[l.Of]; seen.At.IsZero() && seen.Problem != nil {
			return unseen(s, l.Of)
		}
	}
	return nil
}

// LookWithoutJournal is the page of a migration whose record is not here. The error is
// of what could not be seen; the page is there all the same.
func (u Runner) LookWithoutJournal(ctx context.Context, pl plan.Plan) (status.Page, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	end, err := u.observe(ctx, pl, everything(0))
	if err == nil {
		err = end.Err
	}
	page := status.PageOf(engine.Snapshot{State: end.Now.State})
	page.Names = namesOf(end.Now.State, pl)
	return page, err
}

// everything is what a page about a migration without a record is made of. What the
// platform does not tell is a problem on the page.
func everything(every time.Duration) observation {
	return observation{
		looks:  []steps.Look{{Of: steps.ObserveReplication, Every: every}, {Of: steps.ObserveFinalization, Every: every}},
		beside: append(once(steps.ObserveAccess, steps.ObserveElsewhere, steps.ObserveShares), steps.Look{Of: steps.ObserveApps, Every: 4 * every}),
	}
}
