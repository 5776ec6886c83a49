package cli

import (
	"context"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

func (p *program) prepareCommand(common *flags) *cobra.Command {
	cmd, _ := p.lineCommand(common, "prepare", "Opens the source for the migration service",
		`Updates the source with prepare_migration, so that the migration service can reach it:
no restart, no downtime, safe days ahead. Where it is open already nothing is changed.`,
		`# open the source, also days ahead
prepare
# that of one target among several
prepare --target orders`, func(ctx context.Context, f *lineFlags) error {
			pl, cfg, err := p.open(f)
			if err != nil {
				return err
			}
			return p.carryOut(ctx, f, cfg, &unattended.StepCommand{
				Command: "prepare", Plan: pl, Own: []steps.QuestionID{steps.QuestionOpenAccess}, At: []steps.ID{steps.OpenAccess},
				Reached: func(s steps.State) bool { return unattended.Beyond(s, steps.OpenAccess) },
			}, unattended.Parts{})
		})
	return cmd
}
