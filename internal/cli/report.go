package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/report"
	"pg-migrate-wizard/steps"
)

// Forms that only a report has, beside those of every command.
const (
	formatMarkdown = "markdown"
	formatHTML     = "html"
)

type reportOptions struct {
	choice
	output *wordFlag
}

func (p *program) reportCommand() *cobra.Command {
	o := &reportOptions{}
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
		RunE: runE(p, o, p.report),
	}
	o.output = addOutputFlag(cmd, formatMarkdown, formatHTML)
	o.addFlags(cmd, &p.flags)
	return cmd
}

// report prints a record from its journal alone: no server is asked.
func (p *program) report(_ context.Context, o *reportOptions) error {
	m, err := p.choose(o.choice)
	if err != nil {
		return err
	}
	if m.record == nil {
		return fmt.Errorf("%w of %v: the record is on the machine that has led it. `status` says how it stands", engine.ErrNoMigration, m)
	}
	s, err := engine.LoadMigration(p.flags.stateDirectory(), m.record.ID)
	if err != nil {
		return err
	}
	r := report.New(s, time.Now())
	if o.output.word != formatHTML {
		return p.print(o.output, r, func(w io.Writer) { _, _ = io.WriteString(w, r.Markdown()) }) // into a buffer
	}
	return p.write([]byte(r.HTML()))
}

// saveReport writes the report of a state in its three forms beside the journals,
// under the name of the migration's journal: another migration has another one. A
// report of the same migration is replaced, whole or not at all. It returns where
// they are.
func saveReport(stateDir, journal string, s steps.State, at time.Time) (paths []string, err error) {
	if journal == "" {
		return nil, errors.New("there is nothing to report yet: no migration was begun")
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("report: %w", err)
		}
	}()
	r := report.New(s, at)
	asJSON, err := r.JSON()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(stateDir, "reports")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	stem := filepath.Join(dir, strings.TrimSuffix(filepath.Base(journal), filepath.Ext(journal)))
	for _, form := range []struct {
		ext  string
		text []byte
	}{{".md", []byte(r.Markdown())}, {".html", []byte(r.HTML())}, {".json", asJSON}} {
		if err := writeFile(stem+form.ext, form.text, 0o600); err != nil {
			return paths, err
		}
		paths = append(paths, stem+form.ext)
	}
	return paths, nil
}
