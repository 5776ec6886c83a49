package cli

import "pg-migrate-wizard/internal/unattended"

var deleteFinalizationCommand = deleteCommand(unattended.Finalization, `Removes the finalization from the service. A replication whose finalization was removed
leads nowhere, so it goes the whole way back: applications that were stopped are started
on the source as they were, and the replication goes, too. What it is going to do is
printed first. To end only the downtime: "back-out --keep-replication".`)
