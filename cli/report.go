package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/engine"
	"pg-migrate-wizard/report"
)

// reportCommand prints the record of the newest migration of this machine, from
// its journal alone: no server is asked.
func (p *program) reportCommand(f *flags) *cobra.Command {
	format := "markdown"
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Prints the record of the last migration: who, what, when, and how it ended",
		Long: `Prints the record of the last migration of this machine, as its journal has it: each
step with its times, findings and acceptances, the history of states, the downtime,
what was cleaned up and what is left. No server is asked, and no secret is in it.`,
		Example: `  # a page for a browser
  pg-migrate-wizard report --format html > migration.html`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			s, err := engine.Load(f.config().StateDir)
			if err != nil {
				return err
			}
			r := report.New(s, time.Now())
			var out []byte
			switch format {
			case "markdown":
				out = []byte(r.Markdown())
			case "json":
				out, err = r.JSON()
			case "html":
				out, err = r.HTML()
			default:
				return &exit{StatusUsage, fmt.Sprintf("There is no format %q: markdown, json or html.", format)}
			}
			if err != nil {
				return err
			}
			_, err = p.out.Write(out)
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "markdown, json or html")
	return cmd
}
