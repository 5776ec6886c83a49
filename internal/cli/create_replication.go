package cli

import (
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

var createReplicationCommand = lineCommand{
	use: "create-replication", short: "Starts the replication",
	long: `Starts to copy the source to the target in the background; applications go on working.
The preflight check is run once more just before. Where there is a replication already,
whoever has started it, nothing is changed.

It does not open access and makes no keys: "prepare" and "keys" do.`,
	example: `# start it, and come back later
create-replication
# start it, and wait until the databases are in sync
create-replication --wait --timeout 12h`,
	flags:  acceptFlag,
	wait:   "until the databases are IN-SYNC, or the replication has FAILED",
	at:     []steps.ID{steps.Preflight, steps.Replicate},
	own:    append([]steps.QuestionID{steps.QuestionReplicate}, questionsOfCheck...),
	parts:  unattended.Parts{Findings: true},
	before: acceptFindings,
	reached: func(s steps.State, wait bool) bool {
		x := s.Facts.Replication
		there := unattended.SignedIn(s) && x.Known && x.Exists
		return unattended.Beyond(s, steps.Replicate) || there && (!wait || x.Word == steps.InSync || x.Word == steps.Failed)
	},
	after: func(end *unattended.StepEnd, r *lineRun) { refuseUnknown(r.accept, end) },
}
