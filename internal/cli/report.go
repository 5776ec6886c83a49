package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/report"
	"pg-migrate-wizard/internal/status"
)

// Forms that only a report has, beside those of every command.
const (
	formatMarkdown = "markdown"
	formatHTML     = "html"
)

// reportCommand prints the record of a migration of this machine, from its journal
// alone: no server is asked.
func (p *program) reportCommand(f *flags) *cobra.Command {
	var which choice
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Prints the record of a migration: who, what, when, and how it ended",
		Long: `Prints the record of a migration of this machine, as its journal has it: each step
with its times, findings and acceptances, the history of states, the downtime, what was
cleaned up and what is left. No server is asked, and no secret is in it.

It is about the migration that --migration, --target or -f names; else about that of the
only target that is kept, else about the newest that has not ended, else the newest. The
page for reading is Markdown, as a table and as markdown.`,
		Example: `  # a page for a browser
  pg-migrate-wizard report -o html > migration.html`,
		Args: noArgs,
	}
	out := addOutputFlag(cmd, status.FormatTable, status.FormatJSON, status.FormatYAML, formatMarkdown, formatHTML)
	which.addFlags(f, cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		m, err := p.choose(f, which)
		if err != nil {
			return err
		}
		if m.record == nil {
			return fmt.Errorf("%w of %v: the record is on the machine that has led it. `status` says how it stands", engine.ErrNoMigration, m)
		}
		s, err := engine.LoadMigration(f.stateDirectory(), m.record.ID)
		if err != nil {
			return err
		}
		return p.printReport(out, report.New(s, time.Now()))
	}
	return cmd
}

func (p *program) printReport(out *format, r report.Report) error {
	if out.word != formatHTML {
		return p.print(out, r, func(w io.Writer) { _, _ = io.WriteString(w, r.Markdown()) }) // into a buffer
	}
	if _, err := io.WriteString(p.out, r.HTML()); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}
