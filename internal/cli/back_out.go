package cli

import (
	"context"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
)

func (p *program) backOutCommand(common *flags) *cobra.Command {
	way := unattended.BackingOut()
	cmd, f := p.lineCommand(common, "back-out", "Takes everything back: applications on the source, replication removed",
		`Goes back to where everything was: removes the finalization, starts the applications on
the source as they were, and removes the replication. It prints first what it is going
to do, and what that costs; with --dry-run nothing else. A next try begins at zero, on
a new target.

After COMPLETED the applications may have written to the target, and that is lost: then
it needs --yes and the name of the source with --confirm.`,
		`# what would be taken back, and what would that cost?
back-out --dry-run
# take everything back, in a script
back-out --yes
# only end the downtime: applications on the source, the replication goes on
back-out --keep-replication --yes`, nil)
	cmd.Flags().BoolVar(&way.DryRun, "dry-run", false, "only print what would be done")
	cmd.Flags().BoolVar(&way.KeepReplication, "keep-replication", false, "only end the downtime: start the applications on the source again, and leave the rest")
	cmd.Flags().BoolVar(&way.DeleteKeys, "delete-keys", false, "delete the service keys that this migration has made, too")
	p.wayBackFlags(cmd, f, "go back")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if way.KeepReplication && way.DeleteKeys {
			return usage("--keep-replication needs the keys that --delete-keys deletes")
		}
		return p.goBack(cmd.Context(), f, way)
	}
	return cmd
}

func (p *program) wayBackFlags(cmd *cobra.Command, f *lineFlags, does string) {
	f.addYes(cmd, does)
	f.addConfirm(cmd, "name of the source: needed with --yes after COMPLETED, when what was written to the target is lost")
	f.addTimeout(cmd)
}

// goBack goes a way back, and prints what has come of it.
func (p *program) goBack(ctx context.Context, f *lineFlags, way unattended.WayBack) error {
	pl, cfg, err := p.open(f)
	if err != nil {
		return err
	}
	way.Consent, way.Timeout = f.consent, f.timeout
	r, undone, err := p.runner(cfg).GoBack(ctx, pl, way)
	if err != nil {
		return err
	}
	if f.form.word != status.FormatTable || undone == nil {
		if err := p.print(f.form, r, r.Table); err != nil {
			return err
		}
	}
	return undone
}
