package cli

import (
	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

var createFinalizationCommand = lineCommand{
	use: "create-finalization", short: "Finalizes the migration",
	long: `Lets the service transfer what is left and close the migration: from COMPLETED on the
target is the database. It is refused before IN-SYNC and while anything can write to the
source that is not stopped or waived: "stop-apps" does both. Where there is a
finalization already, nothing is changed.`,
	example: `# at a terminal: it asks for the name of the source before it begins
create-finalization
# in a script: finalize, and wait for COMPLETED
create-finalization --yes --wait`,
	flags:   func(fs *pflag.FlagSet, o *lineOptions) { o.consent.Single = true; o.addWas(fs) },
	yes:     "finalize: after COMPLETED there is no way back without losing new writes",
	confirm: "name of the source, instead of --yes",
	wait:    "until the finalization is COMPLETED or has FAILED",
	at:      []steps.ID{steps.Finalize}, own: []steps.QuestionID{steps.QuestionApplications, steps.QuestionFinalize, steps.QuestionDecision},
	reached: func(s steps.State, wait bool) bool {
		x := s.Facts.Finalization
		there := unattended.SignedIn(s) && x.Known && x.Exists
		return unattended.Beyond(s, steps.Finalize) || there && (!wait || x.Word == steps.Failed)
	},
	after: func(end *unattended.StepEnd, r *lineRun) {
		r.parts.Writers = end.Err != nil
	},
}
