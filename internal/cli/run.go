package cli

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
)

const flagDryRun = "dry-run"

type runOptions struct {
	waiting
	file   string
	yes    bool
	dryRun bool

	takeOver string
	output   *wordFlag
	events   *status.EventPrinter
}

func (p *program) runCommand() *cobra.Command {
	o := &runOptions{}
	cmd := &cobra.Command{
		Use:   "run -f FILE",
		Short: "Carries out a plan, without a person at the keys",
		Long: `Carries out a plan, as far as it says, with the wizard's rules and its journal. It can
be started again at any time: it looks where the migration stands, and goes on. A
question that the plan does not answer ends it with a status of its own (7; 3 at
critical findings, 5 without a login), the question, and the key that would answer it.

What cannot be undone, and what begins the downtime, takes the plan's word and --yes. With --dry-run it only looks,
and prints what it would do, in order, with the requests.`,
		Example: `  # what would it do?
  pg-migrate-wizard run -f plan.yaml --dry-run

  # do it, for a pipeline
  pg-migrate-wizard run -f plan.yaml --yes --output json --timeout 12h`,
		Args: noArgs,
	}
	o.output = addOutputFlag(cmd)
	o.addFlags(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&o.file, flagFile, "f", "", "plan to carry out; - is standard input")
	fs.BoolVar(&o.yes, unattended.FlagYes, false, "also do what cannot be undone and what begins the downtime, where the plan says so")
	fs.BoolVar(&o.dryRun, flagDryRun, false, "only look, and print what would be done")
	addTakeOver(fs, &o.takeOver)
	_ = cmd.MarkFlagFilename(flagFile, "yaml", "yml")
	run := runE(p, o, p.carryOut)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { // whoever reads events is told of a wrong flag, too
		o.events = p.newEventPrinter(o.output, o.heartbeat)
		return o.events.PrintEnd(run(cmd, args))
	}
	return cmd
}

func (o *runOptions) check() error {
	if o.file == "" {
		return cmp.Or(o.waiting.check(), usage("run takes a plan: -f FILE"))
	}
	return o.waiting.check()
}

func (p *program) carryOut(ctx context.Context, o *runOptions) error {
	pl, err := p.readPlan(o.file)
	if err != nil {
		return err
	}
	if err := sayTakeOver(o.takeOver, &pl); err != nil {
		return err
	}
	p.mentionDamaged()
	runner := p.runner(p.flags.place(pl).config())
	return runner.Run(ctx, pl, unattended.RunOptions{Yes: o.yes, DryRun: o.dryRun, Timeout: o.timeout}, o.events)
}
