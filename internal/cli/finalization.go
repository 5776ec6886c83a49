package cli

import "pg-migrate-wizard/internal/unattended"

var finalizationCommand = progressCommand(unattended.Finalization)
