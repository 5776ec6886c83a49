package cli

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

const flagDryRun = "dry-run"

type runOptions struct {
	waiting
	files  []string
	yes    bool
	dryRun bool

	takeOver string
	output   *wordFlag
	events   *status.EventPrinter
}

func (p *program) runCommand() *cobra.Command {
	o := &runOptions{}
	cmd := &cobra.Command{
		Use:   "run -f FILE...",
		Short: "Carries out a plan, without a person at the keys",
		Long: `Carries out a plan, as far as it says, with the wizard's rules and its journal. It can
be started again at any time: it looks where the migration stands, and goes on. A
question that the plan does not answer ends it with a status of its own (7; 3 at
critical findings, 5 without a login), the question, and the key that would answer it.

What cannot be undone, and what begins the downtime, takes the plan's word and --yes. With
--dry-run it only looks, and prints what it would do, in order, with the requests.

With several plans each database is led to IN-SYNC and parked there: they are begun one
after the other, and watched at once. What stops one stops no other; the status is the
worst of theirs. None may go further: one at a time is led through its downtime, with a
run of its own.`,
		Example: `  # what would it do?
  pg-migrate-wizard run -f plan.yaml --dry-run

  # do it, for a pipeline
  pg-migrate-wizard run -f plan.yaml --yes --output json --timeout 12h

  # bring two databases to IN-SYNC, each to wait there for its downtime
  pg-migrate-wizard run -f orders.yaml -f billing.yaml`,
		Args: noArgs,
	}
	o.output = addOutputFlag(cmd)
	o.addFlags(cmd)
	fs := cmd.Flags()
	fs.StringArrayVarP(&o.files, flagFile, "f", nil, "plan to carry out; - is standard input; said several times, each is led to IN-SYNC at the most")
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
	switch {
	case len(o.files) == 0 || slices.Contains(o.files, ""):
		return cmp.Or(o.waiting.check(), usage("run takes a plan: -f FILE"))
	case len(o.files) > 1 && slices.Contains(o.files, "-"):
		return usage("-f -: standard input is one plan, and no other beside it")
	}
	return o.waiting.check()
}

func (p *program) carryOut(ctx context.Context, o *runOptions) error {
	var list []unattended.Planned
	var sources []string
	for _, file := range o.files {
		pl, err := p.readPlan(file)
		if err != nil {
			return err
		}
		if sources = append(sources, pl.Source.Instance); len(o.files) == 1 || pl.Source.Instance == o.takeOver {
			if err := sayTakeOver(o.takeOver, &pl); err != nil {
				return err
			}
		}
		list = append(list, unattended.Planned{Runner: p.runner(p.flags.place(pl).config()), Plan: pl, File: file})
	}
	if o.takeOver != "" && !slices.Contains(sources, o.takeOver) {
		return usage("--%s %q: this is about %s", unattended.FlagTakeOver, o.takeOver, joined(sources))
	}
	if len(list) > 1 {
		if err := unattended.CheckSeveral(list); err != nil {
			return usage("%v. Nothing was done", err)
		}
	}
	p.mentionDamaged()
	defer p.notifyOf(o.events, steps.Names{}, p.flags.config())()
	how := unattended.RunOptions{Yes: o.yes, DryRun: o.dryRun, Timeout: o.timeout}
	if len(list) == 1 {
		return o.events.PrintEnd(list[0].Runner.Run(ctx, list[0].Plan, how, o.events))
	}
	return o.events.PrintEnd(list[0].Runner.RunSeveral(ctx, list, how, o.events))
}
