package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pg-migrate-wizard/steps"
)

// wizard leads through a migration on the user's own landscape.
func (p *program) wizard(cmd *cobra.Command, f *flags) error {
	screen, _ := p.hasTerminal()
	t, err := p.converse(cmd.Context(), f.config(), manner{screen: screen && !f.plain, leaving: steps.Leaving})
	if err != nil {
		return err
	}
	if t.last.Journal != "" {
		if t.last.State.Choices.Ended == nil {
			fmt.Fprintf(p.out, "To come back, run: %s\n", again(cmd))
		}
		fmt.Fprintf(p.out, "The record of this migration: %s\n", t.last.Journal)
	}
	if status := t.status(); status != StatusDone {
		return &exit{status, ""}
	}
	return nil
}

// again is the command line that leads back here.
func again(cmd *cobra.Command) string {
	line := []string{cmd.CommandPath()}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		switch {
		case f.Value.Type() == "bool":
			line = append(line, "--"+f.Name)
		default:
			line = append(line, "--"+f.Name, quoted(f.Value.String()))
		}
	})
	return strings.Join(line, " ")
}

// quoted is a word for a POSIX shell.
func quoted(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
