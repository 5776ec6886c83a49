package cli

import "context"

var appsCommand = lineCommand{
	use: "apps", short: "Lists all that can write to source or target",
	long: `Lists all that can write to the source or, before COMPLETED, to the target, as far as the
platform tells: applications that are bound to it, their tasks, service keys, whoever else
has the address, schedulers, and what this login may not look into. It changes nothing,
and can be asked days ahead.`,
	example: `# who can write?
apps
# only what is still open, for a script
apps -o json | jq '.writers[] | select(.settled | not)'`,
	looks: true,
	run: func(ctx context.Context, r *lineRun) (outcome, error) {
		result, unseen, err := r.runner.Writers(ctx, r.plan)
		return outcome{result: result, quiet: unseen != nil, err: unseen}, err
	},
}
