package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/notify"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

// runE is the seam between the flags of a command and its work: flags were read
// into options, are checked, and go to run. A test puts its own function into
// program.runF, and gets the options instead.
func runE[O any](p *program, options *O, run func(context.Context, *O) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		if checked, ok := any(options).(interface{ check() error }); ok {
			if err := checked.check(); err != nil {
				return err
			}
		}
		if p.runF != nil {
			return p.runF(options)
		}
		return run(cmd.Context(), options)
	}
}

// commandGroup is a command that only has others below it.
func commandGroup(cmd *cobra.Command, below ...*cobra.Command) *cobra.Command {
	cmd.AddCommand(below...)
	cmd.Args = noArgs
	cmd.RunE = func(*cobra.Command, []string) error {
		var names []string
		for _, c := range below {
			names = append(names, c.Name())
		}
		return usage("%s does what: %s?", cmd.Name(), either(names))
	}
	return cmd
}

// runner carries out commands that ask nobody but for a confirmation.
func (p *program) runner(cfg engine.Config) unattended.Runner {
	u := unattended.Runner{Config: cfg, Err: p.err, Again: p.again, PlanFile: p.planFile}
	u.Report = func(s steps.State, journal string) ([]string, error) {
		return saveReport(cfg.StateDir, journal, s, time.Now())
	}
	if _, person := p.hasTerminal(); person {
		u.Confirm = p.confirm
	}
	return u
}

// again is the command line that leads back here.
func again(cmd *cobra.Command) string {
	line := []string{cmd.CommandPath()}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if list, ok := f.Value.(pflag.SliceValue); ok {
			for _, v := range list.GetSlice() {
				if w, err := notify.Parse(v); f.Name == flagNotify && err == nil && w.Hooked() {
					continue // many a hook has its secret in the address
				}
				line = append(line, "--"+f.Name, unattended.ShellQuoted(v))
			}
			return
		}
		line = append(line, "--"+f.Name)
		if f.Value.Type() != "bool" {
			line = append(line, unattended.ShellQuoted(f.Value.String()))
		}
	})
	return strings.Join(line, " ")
}

// walk visits a command and all below it.
func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, below := range cmd.Commands() {
		walk(below, visit)
	}
}
