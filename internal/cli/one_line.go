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

	run func(context.Context, *lineRun) (outcome, error) // nil: it leads the migration to the end of a step

	at      []steps.ID                          // steps in which it waits for what is under way; the last is its own
	own     []steps.QuestionID                  // questions that it answers itself, by the plan
	looks   bool                                // it changes nothing, whatever it is about
	lasting bool                                // waiting is what it is for, also without --wait
	reached func(s steps.State, wait bool) bool // nil: the migration stands behind its step
	before  func(r *lineRun) error              // puts what the flags say into the plan
	after   func(*unattended.StepEnd, *lineRun) // has the last word on the end
	parts   unattended.Parts                    // lists in its result
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
	choice
	output  *wordFlag
	consent unattended.Consent
	wait    bool
	timeout time.Duration
	beat    time.Duration

	sourceKey, targetKey                string        // keys
	accept                              []string      // preflight-check, create-replication
	waive                               []string      // stop-apps
	was                                 []string      // what brings applications back, or has them stopped
	decisionAfter                       time.Duration // stop-apps
	beside                              bool          // stop-apps
	canary                              string        // switch
	restage, order, green               []string      // switch
	leaveBlue                           bool          // switch
	deletePieces, keepPieces            []string      // clean-up
	later, nameSwap                     bool          // clean-up
	dryRun, keepReplication, deleteKeys bool          // back-out
	takeOver                            string        // what changes something
}

func (o *lineOptions) check() error {
	return cmp.Or(notNegative(flagTimeout, o.timeout), notNegative(flagHeartbeat, o.beat), notNegative("decision-after", o.decisionAfter), o.checkWaivers(), o.checkWas(), o.checkPieces(), o.checkBackOut())
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
	plan    plan.Plan
	planned plan.Until // how far a plan goes that was named; empty: it was none, or a kept target
	unsaid  bool       // a word is missing without which nothing is done
	runner  unattended.Runner
	parts   unattended.Parts
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
	o.addFlags(cmd, &p.flags)
	o.output = addOutputFlag(cmd)
	fs := cmd.Flags()
	if c.flags != nil {
		c.flags(fs, o)
	}
	if !c.looks {
		addTakeOver(fs, &o.takeOver)
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
	fs.DurationVar(&o.beat, flagHeartbeat, time.Minute, "how often to say on standard error that it still waits; 0: never")
	cmd.RunE = runE(p, o, func(ctx context.Context, o *lineOptions) error { return p.line(ctx, c, o) })
	return cmd
}

// line carries out a one-line command. It never turns back by itself, and goes as far
// as it says: what the plan says of that is for run. The result is always printed for
// programs, and for people where it has come to something.
func (p *program) line(ctx context.Context, c lineCommand, o *lineOptions) error {
	pl, err := p.findPlan(ctx, o.choice, !c.looks)
	if err != nil {
		return err
	}
	planned := plan.Until("")
	if o.file != "" {
		planned = pl.Until
	}
	pl.Until, pl.OnFailure = plan.CleanedUp, plan.FailureStop
	if err := sayTakeOver(o.takeOver, &pl); err != nil {
		return err
	}
	at := p.flags.place(pl)
	if err := at.checkCommon(); err != nil {
		return err
	}
	if c.run == nil {
		c.run = c.lead
	}
	cfg, told := p.toldOf(at.config())
	defer told()
	runner := p.runner(cfg)
	runner.Heartbeat = o.beat
	out, err := c.run(ctx, &lineRun{lineOptions: o, plan: pl, planned: planned, runner: runner, parts: c.parts})
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

// lead leads the migration to the end of a step.
func (c lineCommand) lead(ctx context.Context, r *lineRun) (outcome, error) {
	r.sayWas()
	if c.before != nil {
		if err := c.before(r); err != nil {
			return outcome{}, err
		}
	}
	if r.unsaid {
		c.own = nil
	}
	end, err := r.runner.Do(ctx, &unattended.StepCommand{
		Command: c.use, Plan: r.plan, Own: c.own, At: c.at, Consent: r.consent, Timeout: r.timeout, Lasting: c.lasting || r.wait,
		Reached: func(s steps.State) bool {
			if c.reached != nil {
				return c.reached(s, r.wait)
			}
			return unattended.Beyond(s, c.at[len(c.at)-1])
		},
	})
	if err != nil {
		return outcome{}, err
	}
	if c.after != nil {
		c.after(&end, r)
	}
	changed := len(end.Changed) > 0 || r.parts.Findings && end.Now.State.Facts.Findings != nil
	return outcome{
		result: r.runner.ResultOfStep(c.use, end, r.parts), quiet: end.Err != nil && !changed,
		warning: end.Now.Warning, err: end.Err,
	}, nil
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
