package cli

import (
	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

func (p *program) switchCommand(common *flags) *cobra.Command {
	var canary string
	var restage, order []string
	cmd, f := p.lineCommand(common, "switch", "Brings the applications to the target: the downtime ends",
		`Binds each application to the target as it was bound to the source, and starts it if it
was running before. It waits until all instances are healthy. With a canary, that one
goes first, and the others follow when it is healthy.`,
		`# one application first; the others when it is healthy
switch --canary orders-api
# all at once
switch`, nil)
	cmd.Flags().StringVar(&canary, "canary", "", "application that goes first, alone")
	cmd.Flags().StringArrayVar(&restage, "restage", nil, "application to restage; a restart is enough for most; can be repeated")
	cmd.Flags().StringArrayVar(&order, "order", nil, "application that starts before the others; can be repeated, in order")
	f.addTimeout(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		if canary != "" {
			pl.Switch.Canary = canary
		}
		if len(restage) > 0 {
			pl.Switch.How, pl.Switch.Restage = plan.Restart, listed(restage)
		}
		if len(order) > 0 {
			pl.Switch.Order = listed(order)
		}
		return p.carryOut(cmd.Context(), f, cfg, &unattended.StepCommand{
			Command: "switch", Plan: pl, Own: []steps.QuestionID{steps.QuestionSwitch, steps.QuestionCanary, steps.QuestionSwitchIll}, At: []steps.ID{steps.Switch},
			Timeout: f.timeout, Lasting: true,
			Reached: func(s steps.State) bool { return unattended.Beyond(s, steps.Switch) },
		}, unattended.Parts{Apps: true})
	}
	return cmd
}
