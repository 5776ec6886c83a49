package cli

import (
	"context"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/status"
)

func (p *program) appsCommand(common *flags) *cobra.Command {
	cmd, _ := p.lineCommand(common, "apps", "Lists all that can write to the source",
		`Lists all that can write to the source, as far as the platform tells: applications that
are bound to it, their tasks, service keys, whoever else has the address, schedulers, and
what this login may not look into. It changes nothing, and can be asked days ahead.`,
		`# who can write to the source?
apps
# only what is still open, for a script
apps -o json | jq '.writers[] | select(.settled | not)'`, func(ctx context.Context, f *lineFlags) error {
			pl, cfg, err := p.open(f)
			if err != nil {
				return err
			}
			r, unseen, err := p.runner(cfg).Writers(ctx, pl)
			if err != nil {
				return err
			}
			if f.form.word != status.FormatTable || unseen == nil {
				if err := p.print(f.form, r, r.Table); err != nil {
					return err
				}
			}
			return unseen
		})
	return cmd
}
