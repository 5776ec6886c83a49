package cli

import (
	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

func (p *program) keysCommand(common *flags) *cobra.Command {
	var source, target string
	cmd, f := p.lineCommand(common, "keys", "Uses or creates the service keys of both databases",
		`Sees to it that the migration service can sign in to both databases: uses the service
keys that the target names, or creates them; without names it takes or makes keys of
its own. On Google Cloud the target's is made with session replication.`,
		`# keys of the wizard's own
keys
# keys with names of your own, created where they are not there
keys --source-key migration --target-key migration`, nil)
	cmd.Flags().StringVar(&source, unattended.FlagSourceKey, "", "service key of the source, created where it is not there")
	cmd.Flags().StringVar(&target, unattended.FlagTargetKey, "", "service key of the target, created where it is not there")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		if source != "" {
			pl.Source.Key = plan.Key{Name: source, Create: true}
		}
		if target != "" {
			pl.Target.Key = plan.Key{Name: target, Create: true}
		}
		return p.carryOut(cmd.Context(), f, cfg, &unattended.StepCommand{
			Command: "keys", Plan: pl, Own: []steps.QuestionID{steps.QuestionSourceKey, steps.QuestionTargetKey}, At: []steps.ID{steps.Keys},
			Reached: func(s steps.State) bool { return unattended.Beyond(s, steps.Keys) },
		}, unattended.Parts{})
	}
	return cmd
}
