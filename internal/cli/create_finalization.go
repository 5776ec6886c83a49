package cli

import (
	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

func (p *program) createFinalizationCommand(common *flags) *cobra.Command {
	cmd, f := p.lineCommand(common, "create-finalization", "Finalizes the migration",
		`Lets the service transfer what is left and close the migration: from COMPLETED on the
target is the database. It is refused before IN-SYNC and while anything can write to the
source that is not stopped or waived: "stop-apps" does both. Where there is a
finalization already, nothing is changed.`,
		`# at a terminal: it asks for the name of the source before it begins
create-finalization
# in a script: finalize, and wait for COMPLETED
create-finalization --yes --wait`, nil)
	f.addYes(cmd, "finalize: after COMPLETED there is no way back without losing new writes")
	f.addConfirm(cmd, "name of the source, instead of --yes")
	f.consent.Single = true
	f.addWait(cmd, "until the finalization is COMPLETED or has FAILED")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		e := &unattended.StepCommand{
			Command: "create-finalization", Plan: pl, Own: []steps.QuestionID{steps.QuestionFinalize, steps.QuestionDecision}, At: []steps.ID{steps.Finalize},
			Timeout: f.timeout, Lasting: f.wait, Consent: f.consent,
			Reached: func(s steps.State) bool {
				x := s.Facts.Finalization
				there := unattended.SignedIn(s) && x.Known && x.Exists
				return unattended.Beyond(s, steps.Finalize) || there && (!f.wait || x.Word == steps.Failed)
			},
		}
		end, err := p.runner(cfg).Do(cmd.Context(), e)
		if err != nil {
			return err
		}
		unattended.NameWriters(cmd.Context(), &end)
		return p.tell(f, e.Command, end, unattended.Parts{Writers: end.Err != nil})
	}
	return cmd
}
