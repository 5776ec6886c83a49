package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/unattended"
)

// progressCommand looks at one of them, and changes nothing.
func (p *program) progressCommand(common *flags, x unattended.Process) *cobra.Command {
	cmd, f := p.lineCommand(common, x.Name, "Says how the "+x.Name+" stands",
		fmt.Sprintf(`Asks the migration service how the %s stands, and changes nothing; whoever has
started it. There is none: exists is false, and the status 0. It cannot be asked because
nobody has said with which service keys: known is false, and the status 7. FAILED is
status 6. With --wait it waits until %s or FAILED.`, x.Name, x.End),
		"# how does the "+x.Name+" stand?\n"+x.Name+"\n# wait until the "+x.Name+" is "+x.End+"\n"+x.Name+" --wait --timeout 6h", nil)
	f.addWait(cmd, "until "+x.End+" or FAILED")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		r, unseen, err := p.runner(cfg).Progress(cmd.Context(), pl, x, f.wait, f.timeout)
		if err != nil {
			return err
		}
		return errors.Join(p.print(f.form, r, r.Table), unseen)
	}
	return cmd
}
