package cli

import (
	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/unattended"
)

// deleteCommand removes what the service does, the only way that leads somewhere:
// with everything that belongs to it.
func (p *program) deleteCommand(common *flags, x unattended.Process) *cobra.Command {
	long := `Removes the replication from the service. It goes the whole way back: a finalization is
removed first, applications that were stopped are started on the source as they were,
then the replication goes. What it is going to do is printed first.`
	if x.Name == unattended.Finalization.Name {
		long = `Removes the finalization from the service. A replication whose finalization was removed
leads nowhere, so it goes the whole way back: applications that were stopped are started
on the source as they were, and the replication goes, too. What it is going to do is
printed first. To end only the downtime: "back-out --keep-replication".`
	}
	way := unattended.Deleting(x)
	cmd, f := p.lineCommand(common, way.Command, "Removes the "+x.Name+", and takes back what belongs to it", long,
		"# see first what would go with the "+x.Name+"\nback-out --dry-run\n# remove the "+x.Name+", in a script\n"+way.Command+" --yes", nil)
	p.wayBackFlags(cmd, f, "remove it")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return p.goBack(cmd.Context(), f, way) }
	return cmd
}
