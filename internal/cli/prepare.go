package cli

import (
	"context"

	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

var prepareCommand = lineCommand{
	use: "prepare", short: "Opens the source for the migration service",
	long: `Updates the source with prepare_migration, so that the migration service can reach it:
no restart, no downtime, safe days ahead. Where it is open already nothing is changed.`,
	example: `# open the source, also days ahead
prepare
# that of one target among several
prepare --target orders`,
	run: func(ctx context.Context, r lineRun) (outcome, error) {
		return r.lead(ctx, unattended.StepCommand{
			Own: []steps.QuestionID{steps.QuestionOpenAccess}, At: []steps.ID{steps.OpenAccess}, Reached: beyond(steps.OpenAccess),
		}, unattended.Parts{})
	},
}
