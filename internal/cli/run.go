package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
)

const flagDryRun = "dry-run"

// runFlags are those of the command run.
type runFlags struct {
	*flags
	waiting
	file   string
	yes    bool
	dryRun bool
	output *format
}

func (p *program) runCommand(common *flags) *cobra.Command {
	f := &runFlags{flags: common}
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
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runPlan(cmd, f) },
	}
	f.output = addOutputFlag(cmd)
	f.addFlags(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&f.file, flagFile, "f", "", "plan to carry out; - is standard input")
	fs.BoolVar(&f.yes, unattended.FlagYes, false, "also do what cannot be undone and what begins the downtime, where the plan says so")
	fs.BoolVar(&f.dryRun, flagDryRun, false, "only look, and print what would be done")
	_ = cmd.MarkFlagFilename(flagFile, "yaml", "yml")
	return cmd
}

func (p *program) runPlan(cmd *cobra.Command, f *runFlags) error {
	v := p.newVoice(f.output, f.heartbeat)
	return v.PrintEnd(func() error {
		if err := f.waiting.check(); err != nil {
			return err
		}
		if f.file == "" {
			return usage("run takes a plan: -f FILE")
		}
		pl, err := p.plan(f.file)
		if err != nil {
			return err
		}
		u := p.runner(f.planned(pl))
		u.Again = again(cmd)
		return u.Run(cmd.Context(), pl, unattended.RunOptions{Yes: f.yes, DryRun: f.dryRun, Timeout: f.timeout}, v)
	}())
}

// plan reads a plan from a file or from standard input.
func (p *program) plan(file string) (plan.Plan, error) {
	if file != "-" {
		pl, _, err := readPlanFile(file)
		return pl, planUsage(err)
	}
	data, err := readPlan(p.in)
	if err != nil {
		return plan.Plan{}, err
	}
	pl, err := plan.Parse(data)
	if e, ok := errors.AsType[*plan.CheckError](err); ok {
		e.File = "-"
		return plan.Plan{}, usage("%v", e)
	}
	return pl, err
}

// planned is the engine's configuration for a plan.
func (f *flags) planned(pl plan.Plan) engine.Config { return f.place(pl).config() }
