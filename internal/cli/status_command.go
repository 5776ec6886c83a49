package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/steps"
)

// lookTime bounds how long a single look at everything may take.
const lookTime = 2 * time.Minute

func (p *program) statusCommand(f *flags) *cobra.Command {
	var which choice
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Shows the whole migration on one page: where it stands, what comes next, the way back",
		Long: `Looks once at a migration, and shows it on one page. It changes nothing and writes
nothing, so that it can be called at any time, also while another program leads the
migration.

It is about the migration that --migration, --target or -f names; else about that of the
only target that is kept, else about the newest that is remembered here and has not
ended, else the newest. Where this machine has no record of it, it says how things stand
by what can be seen, and what is not known for want of the record.`,
		Example: `  # where does it stand?
  pg-migrate-wizard status

  # that of a colleague, who leads it from another machine
  pg-migrate-wizard status -f plan.yaml

  # for a program
  pg-migrate-wizard status -o json | jq -r .replication.status`,
		Args: noArgs,
	}
	out := addOutputFlag(cmd)
	which.addFlags(f, cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		m, err := p.choose(f, which)
		if err != nil {
			return err
		}
		var view Status
		var unseen error
		if m.record != nil {
			view, unseen, err = p.lookOnce(cmd.Context(), m.place(f), *m.record)
		} else {
			view, unseen = p.statusUnrecorded(cmd.Context(), f, *m.plan)
		}
		if err != nil {
			return err
		}
		return errors.Join(p.print(out, view, view.table), unseen)
	}
	return cmd
}

// looking is the engine's configuration for looking at a remembered migration.
func (f *flags) looking(m engine.Remembered) engine.Config {
	cfg := f.config()
	cfg.LookOnly, cfg.Resume = true, m.ID
	if cfg.API == "" {
		cfg.API = m.API
	}
	return cfg
}

var errNotAsked = errors.New("nobody is asked: this only looks")

// lookOnce looks at everything there is to see of a migration. The page is there
// also where something could not be seen; unseen then says what.
func (p *program) lookOnce(ctx context.Context, f *flags, m engine.Remembered) (view Status, unseen, err error) {
	if m.Ended != nil {
		s, err := engine.LoadMigration(f.stateDirectory(), m.ID)
		return viewOf(engine.Snapshot{State: s, Journal: m.Path}), nil, err
	}
	r, err := p.drive(ctx, f.looking(m), driver{
		answer:  func(*steps.Question, steps.State) (steps.Answer, error) { return steps.Answer{}, errNotAsked },
		done:    func(now engine.Snapshot) bool { return looked(now.State) },
		stay:    true,
		timeout: lookTime,
	})
	if err != nil {
		return Status{}, nil, err
	}
	return viewOf(lookAround(ctx, r.eng, r.last)), r.sawEnough(), nil
}

// sawEnough says why a look has not seen what it should; nil when it has.
func (r driven) sawEnough() error {
	f, seen := r.last.State.Facts.Session, r.last.State.Seen[steps.SeeSession]
	switch {
	case r.interrupted:
		return &exit{StatusInterrupted, "interrupted"}
	case r.late:
		return &exit{StatusNotYet, "not everything could be looked at in time"}
	case !f.SignedIn && seen.Problem != nil:
		return &exit{StatusFailed, line(seen.Problem.Says)}
	case !f.SignedIn:
		return &exit{StatusNoRight, "not signed in: " + line(f.Reason)}
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
		replication, finalization := lastWord(s, steps.MomentReplication), lastWord(s, steps.MomentFinalization)
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
