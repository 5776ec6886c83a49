package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/status"
)

func (p *program) statusCommand(f *flags) *cobra.Command {
	var which choice
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
	}
	out := addOutputFlag(cmd)
	which.addFlags(f, cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		m, err := p.choose(f, which)
		if err != nil {
			return err
		}
		u := p.runner(m.place(f).config())
		var view status.Page
		var unseen error
		if m.record != nil {
			view, unseen, err = u.LookOnce(cmd.Context(), *m.record)
		} else {
			view, unseen = u.LookWithoutJournal(cmd.Context(), *m.plan)
		}
		if err != nil {
			return err
		}
		return errors.Join(p.print(out, view, view.Table), unseen)
	}
	return cmd
}
