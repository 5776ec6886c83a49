package cli

import (
	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/unattended"
)

var deleteReplicationCommand = deleteCommand(unattended.Replication, `Removes the replication from the service. It goes the whole way back: a finalization is
removed first, applications that were stopped are started on the source as they were,
then the replication goes. What it is going to do is printed first.`)

// deleteCommand removes what the service does, the only way that leads somewhere:
// with everything that belongs to it.
func deleteCommand(x unattended.Process, long string) lineCommand {
	way := unattended.Deleting(x)
	return lineCommand{
		use: way.Command, short: "Removes the " + x.Name + ", and takes back what belongs to it", long: long,
		example: "# see first what would go with the " + x.Name + "\nback-out --dry-run\n# remove the " + x.Name + ", in a script\n" + way.Command + " --yes",
		flags:   func(fs *pflag.FlagSet, o *lineOptions) { o.addWas(fs) },
		yes:     "remove it", confirm: confirmsLoss, timeout: true,
		run: goBack(way),
	}
}
