package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
)

type statusOptions struct {
	choice
	all    bool
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
only target that is kept, else about the only one that is under way on this machine, else
the newest. Where several are under way, and nothing says which, it lists them all, each
as it was seen last, with those that others lead by a note on their target: several may be
IN-SYNC and wait, one at a time is led through its downtime. --all lists always, with those
that have ended. Where this machine has no record of it, it says how things stand
by what can be seen, and what is not known for want of the record.`,
		Example: `  # where does it stand?
  pg-migrate-wizard status

  # that of a colleague, who leads it from another machine
  pg-migrate-wizard status -f plan.yaml

  # all that are known here
  pg-migrate-wizard status --all

  # for a program
  pg-migrate-wizard status -o json | jq -r .replication.status`,
		Args: noArgs,
		RunE: runE(p, o, p.status),
	}
	o.output = addOutputFlag(cmd)
	o.addFlags(cmd, &p.flags)
	cmd.Flags().BoolVar(&o.all, "all", false, "list all migrations that are known on this machine, ended ones too, each as it was seen last")
	return cmd
}

func (o *statusOptions) check() error {
	if o.all && o.file+o.target+o.id != "" {
		return usage("--all is about all of them: --%s, --%s and --%s name one", flagMigration, flagTarget, flagFile)
	}
	return nil
}

func (p *program) status(ctx context.Context, o *statusOptions) error {
	list, err := p.unselected(o.choice)
	switch {
	case err != nil:
		return err
	case o.all:
		list, _ = p.flags.journals() // they are read
		return p.printMigrations(o.output, p.withNotes(ctx, list), "No migration is remembered in "+sanitize.Line(p.flags.stateDirectory())+", and none is written down on a target that can be seen.")
	case len(list) > 1:
		p.mentionDamaged()
		return p.printMigrations(o.output, p.withNotes(ctx, list), "")
	}
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
