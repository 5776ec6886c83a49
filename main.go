// Command pg-migrate-wizard leads a person through the migration of a database
// from the SAP BTP service PostgreSQL to PostgreSQL, hyperscaler option.
package main

import (
	"os"

	"pg-migrate-wizard/internal/cli"
)

func main() { os.Exit(cli.Main()) }
