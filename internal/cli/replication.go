package cli

import (
	"context"
	"fmt"

	"pg-migrate-wizard/internal/unattended"
)

var replicationCommand = progressCommand(unattended.Replication)

// progressCommand looks at one of the two, and changes nothing.
func progressCommand(x unattended.Process) lineCommand {
	return lineCommand{
		use: x.Name, short: "Says how the " + x.Name + " stands",
		long: fmt.Sprintf(`Asks the migration service how the %s stands, and changes nothing; whoever has
started it. There is none: exists is false, and the status 0. It cannot be asked because
nobody has said with which service keys: known is false, and the status 7. FAILED is
status 6. With --wait it waits until %s or FAILED.`, x.Name, x.End),
		example: "# how does the " + x.Name + " stand?\n" + x.Name + "\n# wait until the " + x.Name + " is " + x.End + "\n" + x.Name + " --wait --timeout 6h",
		wait:    "until " + x.End + " or FAILED",
		looks:   true,
		run: func(ctx context.Context, r *lineRun) (outcome, error) {
			result, unseen, err := r.runner.Progress(ctx, r.plan, x, r.wait, r.timeout)
			return outcome{result: result, err: unseen}, err
		},
	}
}
