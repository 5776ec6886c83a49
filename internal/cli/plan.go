package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
)

func (p *program) planCommand() *cobra.Command {
	return commandGroup(&cobra.Command{
		Use:   "plan",
		Short: "Writes, checks and describes plans: migrations that can be reviewed, and run",
		Long: `A plan is a file that says what a migration shall do. It can be written by hand, or
saved from a migration that a person has led: a rehearsal in dev becomes the plan for
prod. There is no secret in it.`,
		Example: `  # what was done just now, as a plan
  pg-migrate-wizard plan save plan.yaml

  # is it right?
  pg-migrate-wizard plan check plan.yaml`,
	}, p.planSaveCommand(), p.planCheckCommand(), p.planSchemaCommand())
}

func (p *program) planSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Prints the JSON Schema of a plan, for editors",
		Long:    `Prints the JSON Schema (draft 2020-12) of a plan. Editors complete and check with it.`,
		Example: `  pg-migrate-wizard plan schema > plan.schema.json`,
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			data, err := plan.Schema()
			if err != nil {
				return fmt.Errorf("plan schema: %w", err)
			}
			return p.write(data)
		},
	}
}
