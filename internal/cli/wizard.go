package cli

import (
	"context"

	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// wizard leads through a migration on the user's own landscape.
func (p *program) wizard(ctx context.Context, f *flags) error {
	screen, _ := p.hasTerminal()
	t, err := p.converse(ctx, f.config(), manner{screen: screen && !f.plain, leaving: steps.Leaving, reports: true})
	if err != nil {
		return err
	}
	if t.last.Journal != "" {
		if t.last.State.Choices.Ended == nil {
			p.sayCommand("To come back, run:", p.again)
		}
		p.sayPath("The record of this migration:", t.last.Journal)
	}
	if code := t.status(); code != status.ExitDone {
		return status.Exit(code, "")
	}
	return nil
}
