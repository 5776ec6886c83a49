package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

// lineCommand is a one-line command: one step of a migration, or one look at it.
type lineCommand struct {
	use, short, long, example string

	flags        func(fs *pflag.FlagSet, o *lineOptions) // its own
	yes, confirm string                                  // what --yes and --confirm say; empty: there is no such flag
	wait         string                                  // until when --wait waits; empty: there is no such flag
	timeout      bool                                    // there is --timeout without --wait, too
	run          func(context.Context, lineRun) (outcome, error)
}

// lineCommands are the one-line commands: those of the plugin, and ours.
func lineCommands() []lineCommand {
	return []lineCommand{
		prepareCommand, keysCommand, stopAppsCommand, appsCommand, switchCommand, cleanUpCommand, backOutCommand,
		preflightCheckCommand, createReplicationCommand, replicationCommand, deleteReplicationCommand,
		createFinalizationCommand, finalizationCommand, deleteFinalizationCommand,
	}
}

// lineOptions are what the flags of the one-line commands say. Each command has
// some of them.
type lineOptions struct {
	selection
	output  *wordFlag
	consent unattended.Consent
	wait    bool
	timeout time.Duration

	sourceKey, targetKey                 string        // keys
	accept                               []string      // preflight-check, create-replication
	waive                                []string      // stop-apps
	decisionAfter                        time.Duration // stop-apps
	canary                               string        // switch
	restage, order                       []string      // switch
	remove, keep                         []string      // clean-up
	later, nameSwap                      bool          // clean-up
	dryRun, keepReplication, withTheKeys bool          // back-out
}

func (o *lineOptions) check() error {
	return cmp.Or(notNegative(flagTimeout, o.timeout), notNegative("decision-after", o.decisionAfter), o.checkWaivers(), o.checkPieces(), o.checkBackOut())
}

// notNegative refuses a length of time that is below zero.
func notNegative(flag string, d time.Duration) error {
	if d < 0 {
		return usage("--%s must not be negative", flag)
	}
	return nil
}

// lineRun is one run of a one-line command.
type lineRun struct {
	*lineOptions
	command string
	plan    plan.Plan
	runner  unattended.Runner
}

// outcome is what has come of a one-line command.
type outcome struct {
	result  interface{ Table(w io.Writer) }
	quiet   bool // people are told by the error alone
	warning string
	err     error // why it is not done
}

func (p *program) lineCommand(c lineCommand) *cobra.Command {
	o := &lineOptions{}
	cmd := &cobra.Command{Use: c.use, Short: c.short, Long: c.long, Example: examples(c.example), Args: noArgs}
	o.addFlags(cmd)
	o.output = addOutputFlag(cmd)
	fs := cmd.Flags()
	if c.flags != nil {
		c.flags(fs, o)
	}
	if c.yes != "" {
		fs.BoolVar(&o.consent.Yes, unattended.FlagYes, false, c.yes)
	}
	if c.confirm != "" {
		fs.StringVar(&o.consent.Confirm, unattended.FlagConfirm, "", c.confirm)
	}
	if c.wait != "" {
		fs.BoolVar(&o.wait, "wait", false, "wait "+c.wait)
	}
	if c.wait != "" || c.timeout {
		fs.DurationVar(&o.timeout, flagTimeout, 0, "give up waiting after so long, with status 4 (default: never)")
	}
	cmd.RunE = runE(p, o, func(ctx context.Context, o *lineOptions) error { return p.line(ctx, c, o) })
	return cmd
}

// line carries out a one-line command. It never turns back by itself, and goes as far
// as it says: what the plan says of that is for run. The result is always printed for
// programs, and for people where it has come to something.
func (p *program) line(ctx context.Context, c lineCommand, o *lineOptions) error {
	pl, err := p.readSelection(o.selection)
	if err != nil {
		return err
	}
	pl.Until, pl.OnFailure = plan.CleanedUp, plan.FailureStop
	at := p.flags.place(pl)
	if err := at.checkCommon(); err != nil {
		return err
	}
	out, err := c.run(ctx, lineRun{lineOptions: o, command: c.use, plan: pl, runner: p.runner(at.config())})
	if err != nil {
		return err
	}
	if !o.output.isTable() || !out.quiet {
		if err := p.print(o.output, out.result, out.result.Table); err != nil {
			return err
		}
	}
	if out.warning != "" {
		fmt.Fprintln(p.err, sanitize.Line(out.warning))
	}
	return out.err
}

// do leads the migration to the end of a step.
func (r lineRun) do(ctx context.Context, e unattended.StepCommand) (unattended.StepEnd, error) {
	e.Command, e.Plan, e.Consent, e.Timeout = r.command, r.plan, r.consent, r.timeout
	return r.runner.Do(ctx, &e)
}

// ended is what has come of it.
func (r lineRun) ended(end unattended.StepEnd, with unattended.Parts) outcome {
	changed := len(end.Changed) > 0 || with.Findings && end.Now.State.Facts.Findings != nil
	return outcome{
		result: unattended.ResultOf(r.command, end, with), quiet: end.Err != nil && !changed,
		warning: end.Now.Warning, err: end.Err,
	}
}

// lead is both, for a command about which nothing else is to be said.
func (r lineRun) lead(ctx context.Context, e unattended.StepCommand, with unattended.Parts) (outcome, error) {
	end, err := r.do(ctx, e)
	if err != nil {
		return outcome{}, err
	}
	return r.ended(end, with), nil
}

// beyond is the end of a step.
func beyond(id steps.ID) func(steps.State) bool {
	return func(s steps.State) bool { return unattended.Beyond(s, id) }
}

// listed is a flag's list: separated by commas, or said several times.
func listed(values []string) []string {
	var list []string
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// examples makes help of command lines, each below what it does.
func examples(lines string) string {
	var b strings.Builder
	for l := range strings.SplitSeq(lines, "\n") {
		if !strings.HasPrefix(l, "#") {
			l = programName + " " + l + "\n"
		}
		b.WriteString("  " + l + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
