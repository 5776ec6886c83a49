package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
)

// lineFlags are those of the one-line commands.
type lineFlags struct {
	*flags
	selection selection
	consent   unattended.Consent
	form      *format
	wait      bool
	timeout   time.Duration
}

func newLineFlags(cmd *cobra.Command, common *flags) *lineFlags {
	f := &lineFlags{flags: common}
	f.selection.addFlags(cmd)
	f.form = addOutputFlag(cmd)
	return f
}

// addWait gives a command --wait and --timeout.
func (f *lineFlags) addWait(cmd *cobra.Command, until string) {
	cmd.Flags().BoolVar(&f.wait, "wait", false, "wait "+until)
	f.addTimeout(cmd)
}

func (f *lineFlags) addTimeout(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&f.timeout, "timeout", 0, "give up waiting after so long, with status 4 (default: never)")
}

// open reads the plan that the command is about, and says where it works. A
// one-line command never turns back by itself, and goes as far as it says: what
// the plan says of that is for run.
func (p *program) open(f *lineFlags) (plan.Plan, engine.Config, error) {
	if f.timeout < 0 {
		return plan.Plan{}, engine.Config{}, usage("--timeout %v: time runs forwards", f.timeout)
	}
	pl, err := p.readSelection(f.selection)
	if err != nil {
		return plan.Plan{}, engine.Config{}, err
	}
	pl.Until, pl.OnFailure = plan.CleanedUp, plan.FailureStop
	at := f.place(pl)
	if err := at.check(); err != nil {
		return plan.Plan{}, engine.Config{}, err
	}
	return pl, at.config(), nil
}

// listed is a flag's list: separated by commas, or said several times.
func listed(values []string) []string {
	var list []string
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
	}
	return list
}

// carryOut runs a step command and prints what has come of it.
func (p *program) carryOut(ctx context.Context, f *lineFlags, cfg engine.Config, e *unattended.StepCommand, with unattended.Parts) error {
	end, err := p.runner(cfg).Do(ctx, e)
	if err != nil {
		return err
	}
	return p.tell(f, e.Command, end, with)
}

// tell prints what has come of a step command: always for programs, for people where
// it has come to something. Why not is an error.
func (p *program) tell(f *lineFlags, command string, end unattended.StepEnd, with unattended.Parts) error {
	if f.form.word != status.FormatTable || end.Err == nil || len(end.Changed) > 0 || with.Findings && end.Now.State.Facts.Findings != nil {
		r := unattended.ResultOf(command, end, with)
		if err := p.print(f.form, r, r.Table); err != nil {
			return err
		}
	}
	if end.Now.Warning != "" {
		fmt.Fprintln(p.err, sanitize.Line(end.Now.Warning))
	}
	return end.Err
}

// lineCommand makes a one-line command.
func (p *program) lineCommand(common *flags, use, short, long, example string, run func(context.Context, *lineFlags) error) (*cobra.Command, *lineFlags) {
	cmd := &cobra.Command{Use: use, Short: short, Long: long, Example: examples(example), Args: noArgs}
	f := newLineFlags(cmd, common)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), f) }
	return cmd, f
}

// examples makes help of command lines, each below what it does.
func examples(lines string) string {
	var b strings.Builder
	for l := range strings.SplitSeq(lines, "\n") {
		switch {
		case strings.HasPrefix(l, "#"):
			b.WriteString("  " + l + "\n")
		case l != "":
			b.WriteString("  " + name + " " + l + "\n\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// lineCommands are the one-line commands: those of the plugin, and ours.
func (p *program) lineCommands(common *flags) []*cobra.Command {
	return []*cobra.Command{
		p.targetCommand(common),
		p.prepareCommand(common), p.keysCommand(common), p.stopAppsCommand(common), p.appsCommand(common), p.switchCommand(common), p.cleanUpCommand(common),
		p.preflightCommand(common), p.createReplicationCommand(common), p.progressCommand(common, unattended.Replication),
		p.createFinalizationCommand(common), p.progressCommand(common, unattended.Finalization),
		p.backOutCommand(common), p.deleteCommand(common, unattended.Replication), p.deleteCommand(common, unattended.Finalization),
	}
}
