package cli

import (
	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

func (p *program) createReplicationCommand(common *flags) *cobra.Command {
	var accept []string
	cmd, f := p.lineCommand(common, "create-replication", "Starts the replication",
		`Starts to copy the source to the target in the background; applications go on working.
The preflight check is run once more just before. Where there is a replication already,
whoever has started it, nothing is changed.

It does not open access and makes no keys: "prepare" and "keys" do.`,
		`# start it, and come back later
create-replication
# start it, and wait until the databases are in sync
create-replication --wait --timeout 12h`, nil)
	acceptFlag(cmd, &accept)
	f.addWait(cmd, "until the databases are IN-SYNC, or the replication has FAILED")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		accepting(&pl, accept)
		e := &unattended.StepCommand{
			Command: "create-replication", Plan: pl, Own: append([]steps.QuestionID{steps.QuestionReplicate}, questionsOfCheck...),
			At: []steps.ID{steps.Preflight, steps.Replicate}, Timeout: f.timeout, Lasting: f.wait, Consent: f.consent,
			Reached: func(s steps.State) bool {
				r := s.Facts.Replication
				there := unattended.SignedIn(s) && r.Known && r.Exists
				return unattended.Beyond(s, steps.Replicate) || there && (!f.wait || r.Word == steps.InSync || r.Word == steps.Failed)
			},
		}
		end, err := p.runner(cfg).Do(cmd.Context(), e)
		if err != nil {
			return err
		}
		refuseUnknown(accept, &end)
		return p.tell(f, e.Command, end, unattended.Parts{Findings: true})
	}
	return cmd
}
