package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/status"
)

type statusOptions struct {
	choice
	output *wordFlag
}

func (p *program) statusCommand() *cobra.Command {
	o := &statusOptions{}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Shows the whole migration on one page: where it stands, what comes next, the way back",
		Long: `Looks once at a migration, and shows it on one page. It changes nothing and writes
nothing, so that it can be called at any time, also while another program leads the
migration.

It is about the migration that --migration, --target or -f names; else about that of the
only target that is kept, else about the newest that is remembered here and has not
ended, else the newest. Where this machine has no record of it, it says how things stand
by what can be seen, and what is not known for want of the record.`,
		Example: `  # where does it stand?
  pg-migrate-wizard status

  # that of a colleague, who leads it from another machine
  pg-migrate-wizard status -f plan.yaml

  # for a program
  pg-migrate-wizard status -o json | jq -r .replication.status`,
		Args: noArgs,
		RunE: runE(p, o, p.status),
	}
	o.output = addOutputFlag(cmd)
	o.addFlags(cmd, &p.flags)
	return cmd
}

func (p *program) status(ctx context.Context, o *statusOptions) error {
	m, err := p.find(ctx, o.choice)
	if err != nil {
		return err
	}
	runner := p.runner(m.place(&p.flags).config())
	var page status.Page
	var unseen error
	if m.record != nil {
		page, unseen, err = runner.LookOnce(ctx, *m.record)
	} else {
		page, unseen = runner.LookWithoutJournal(ctx, *m.plan)
	}
	if err != nil {
		return err
	}
	return errors.Join(p.print(o.output, page, page.Table), unseen)
}
