package cli

import (
	"context"

	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/unattended"
)

var backOutCommand = lineCommand{
	use: "back-out", short: "Takes everything back: applications on the source, replication removed",
	long: `Goes back to where everything was: removes the finalization, starts the applications on
the source as they were, and removes the replication. It prints first what it is going
to do, and what that costs; with --dry-run nothing else. A next try begins at zero, on
a new target.

After COMPLETED the applications may have written to the target, and that is lost: then
it needs --yes and the name of the source with --confirm.`,
	example: `# what would be taken back, and what would that cost?
back-out --dry-run
# take everything back, in a script
back-out --yes
# only end the downtime: applications on the source, the replication goes on
back-out --keep-replication --yes`,
	flags: func(fs *pflag.FlagSet, o *lineOptions) {
		o.addWas(fs)
		fs.BoolVar(&o.dryRun, flagDryRun, false, "only print what would be done")
		fs.BoolVar(&o.keepReplication, "keep-replication", false, "only end the downtime: start the applications on the source again, and leave the rest")
		fs.BoolVar(&o.deleteKeys, "delete-keys", false, "delete the service keys that this migration has made, too")
	},
	yes: "go back", confirm: confirmsLoss, timeout: true,
	run: goBack(unattended.BackingOut()),
}

// confirmsLoss is what --confirm says where something may be lost.
const confirmsLoss = "name of the source: needed with --yes after COMPLETED, when what was written to the target is lost"

func (o *lineOptions) checkBackOut() error {
	if o.keepReplication && o.deleteKeys {
		return usage("--keep-replication needs the keys that --delete-keys deletes")
	}
	return nil
}

// goBack goes a way back.
func goBack(way unattended.WayBack) func(context.Context, *lineRun) (outcome, error) {
	return func(ctx context.Context, r *lineRun) (outcome, error) {
		way := way
		way.DryRun, way.KeepReplication, way.DeleteKeys = r.dryRun, r.keepReplication, r.deleteKeys
		way.Consent, way.Timeout = r.consent, r.timeout
		r.sayWas()
		result, undone, err := r.runner.GoBack(ctx, r.plan, way)
		return outcome{result: result, quiet: undone != nil, err: undone}, err
	}
}
