package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/unattended"
)

// again is the command line that leads back here.
func again(cmd *cobra.Command) string {
	line := []string{cmd.CommandPath()}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		switch {
		case f.Value.Type() == "bool":
			line = append(line, "--"+f.Name)
		default:
			line = append(line, "--"+f.Name, unattended.ShellQuoted(f.Value.String()))
		}
	})
	return strings.Join(line, " ")
}

func joined(names []string) string { return strings.Join(names, ", ") }
