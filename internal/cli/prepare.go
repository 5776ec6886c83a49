package cli

import (
	"pg-migrate-wizard/steps"
)

var prepareCommand = lineCommand{
	use: "prepare", short: "Opens the source for the migration service",
	long: `Updates the source with prepare_migration, so that the migration service can reach it.
The service allows it at any time, days ahead, too. Where it is open already nothing is
changed.`,
	example: `# open the source, also days ahead
prepare
# that of one target among several
prepare --target orders`,
	at: []steps.ID{steps.OpenAccess}, own: []steps.QuestionID{steps.QuestionOpenAccess},
}
