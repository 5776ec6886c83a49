package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/steps"
)

// notesTime bounds the look for migrations that this machine has no record of: a command
// that has another answer does not wait long for it.
const notesTime = 30 * time.Second

// fromNote is the plan of a migration that is written down on its target, where it is the
// only one that the login can see, or the one of that identity. nil: there is none, or
// nobody can look.
func (p *program) fromNote(ctx context.Context, id string) (*plan.Plan, error) {
	ctx, cancel := context.WithTimeout(ctx, notesTime)
	defer cancel()
	found, err := engine.Notes(ctx, p.flags.config())
	if err != nil {
		return nil, nil //nolint:nilerr // without a login there is nothing to see: what is missing is said by the caller
	}
	var fit []engine.Noted
	for _, n := range found {
		if strings.HasPrefix(n.Note.ID, id) && n.Note.Damage == "" {
			fit = append(fit, n)
		}
	}
	switch len(fit) {
	case 0:
		return nil, nil
	case 1:
		pl := plan.FromState(fit[0].State)
		pl.CleanUp.SourceInstance = plan.Later // what becomes of it is a word of its own
		n := fit[0].Note
		fmt.Fprintf(p.err, "%s\n", sanitize.Line(fmt.Sprintf("This is about the migration %s, of which this machine has no record: %s leads it.", noted(n), n.Lead)))
		return &pl, nil
	}
	text := "which migration? --" + flagMigration + " ID says it; on their targets stand"
	for _, n := range fit {
		text += "\n  " + n.Note.ID + "  " + noted(n.Note) + ", led by " + n.Note.Lead.String()
	}
	return nil, usage("%s", text)
}

func noted(n steps.Note) string {
	return fmt.Sprintf("from %s to %s in %s / %s", n.Source.Name, n.Target.Name, n.Org, n.Space)
}

// notHereError says that no record of this machine, and no target that is kept, is meant.
type notHereError struct{ error }

func (e *notHereError) Unwrap() error { return e.error }

// find is choose, and looks at the targets in the landscape where this machine has nothing.
func (p *program) find(ctx context.Context, c choice) (chosen, error) {
	m, err := p.choose(c)
	if _, none := errors.AsType[*notHereError](err); none {
		if pl, failed := p.fromNote(ctx, c.id); pl != nil || failed != nil {
			return chosen{plan: pl}, failed
		}
	}
	return m, err
}

// findPlan is planOf, and looks at the targets in the landscape, too.
func (p *program) findPlan(ctx context.Context, c choice, changes bool) (plan.Plan, error) {
	pl, err := p.planOf(c, changes)
	if _, none := errors.AsType[*notHereError](err); none {
		if found, failed := p.fromNote(ctx, c.id); found != nil || failed != nil {
			return *cmp.Or(found, &plan.Plan{}), failed
		}
	}
	return pl, err
}

// withNotes joins migrations with those that are written down on the targets that the login
// can see, what is down first. Where nobody can look, it is said that they are missing.
func (p *program) withNotes(ctx context.Context, list []steps.JournalSummary) []steps.JournalSummary {
	ctx, cancel := context.WithTimeout(ctx, notesTime)
	defer cancel()
	found, err := engine.Notes(ctx, p.flags.config())
	if err != nil {
		fmt.Fprintln(p.err, "What others lead from elsewhere is not listed: "+sanitize.Line(err.Error()))
	}
	var notes []steps.Note
	for _, n := range found {
		notes = append(notes, n.Note)
	}
	return steps.Foremost(steps.WithNotes(list, notes))
}
