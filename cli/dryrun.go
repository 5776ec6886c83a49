package cli

import (
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/engine"
	"pg-migrate-wizard/plan"
	"pg-migrate-wizard/steps"
)

// choosing are the questions whose answer picks something and changes nothing.
var choosing = []string{"org", "space", "where", "source", "target", "source-key", "target-key"}

// errDry ends the looking part of a dry run: from here on something is done.
var errDry = errors.New("from here on something would be done")

// dryRun only looks, up to the first thing that would be done, and plays the rest
// of the plan in the machine alone.
func (p *program) dryRun(cmd *cobra.Command, f *runFlags, pl plan.Plan, cfg engine.Config, was *engine.Remembered) error {
	v := p.newVoice(f.output, 0)
	names := planNames(pl)
	v.tell(Event{
		At: time.Now(), Event: eventBegin, Names: &names, Until: string(pl.Until), Program: cfg.Program, Journal: journalOf(was),
		Says: "dry run: nothing is changed",
	})
	if was != nil && was.Ended != nil {
		s, err := engine.LoadMigration(cfg.StateDir, was.ID)
		if err != nil {
			return err
		}
		return p.leave(cmd, ended(pl, s, was), v)
	}
	cfg.LookOnly = true
	answer := f.answers(pl)
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
		return p.leave(cmd, r, v)
	}
	i := imagine(r.eng, r.last.State, v.tell)
	i.due = slices.Clone(r.last.Withheld)
	played, err := i.play(cmd.Context(), pl, answer)
	if err != nil {
		return err
	}
	played.last.Journal = r.last.Journal
	return p.leave(cmd, played, v)
}
