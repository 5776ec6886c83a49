package cli

import (
	"context"

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
	flags: acceptFlag,
	wait:  "until the databases are IN-SYNC, or the replication has FAILED",
	run: func(ctx context.Context, r lineRun) (outcome, error) {
		accepting(&r.plan, r.accept)
		end, err := r.do(ctx, unattended.StepCommand{
			Own: append([]steps.QuestionID{steps.QuestionReplicate}, questionsOfCheck...), At: []steps.ID{steps.Preflight, steps.Replicate}, Lasting: r.wait,
			Reached: func(s steps.State) bool {
				x := s.Facts.Replication
				there := unattended.SignedIn(s) && x.Known && x.Exists
				return unattended.Beyond(s, steps.Replicate) || there && (!r.wait || x.Word == steps.InSync || x.Word == steps.Failed)
			},
		})
		if err != nil {
			return outcome{}, err
		}
		refuseUnknown(r.accept, &end)
		return r.ended(end, unattended.Parts{Findings: true}), nil
	},
}
