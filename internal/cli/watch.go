package cli

import (
	"slices"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
)

// Names of flags about waiting.
const (
	flagUntil     = "until"
	flagTimeout   = "timeout"
	flagHeartbeat = "heartbeat"
)

// usualHeartbeat is how often a long wait gives a sign of life.
const usualHeartbeat = time.Minute

// waiting are the flags of a command that may take long.
type waiting struct {
	timeout, heartbeat time.Duration
}

func (w *waiting) addFlags(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&w.timeout, flagTimeout, 0, "end with status 4 when it takes longer than this; 0: never")
	cmd.Flags().DurationVar(&w.heartbeat, flagHeartbeat, usualHeartbeat, "how often to print a sign of life where there is no terminal; 0: never")
}

func (w *waiting) check() error {
	if w.timeout < 0 || w.heartbeat < 0 {
		return usage("--%s and --%s: time runs forwards", flagTimeout, flagHeartbeat)
	}
	return nil
}

func (p *program) watchCommand(f *flags) *cobra.Command {
	var which choice
	var wait waiting
	until := &format{word: unattended.UntilEnded, choices: unattended.Untils}
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Watches a migration until it is as far as you say",
		Long: `Watches a migration without changing anything: one line that is rewritten on a
terminal, a line for every turn in a pipe. It ends with 0 when what was asked for is
there, 6 when the service says FAILED, 4 when it takes longer than --timeout, 5 when
nobody is signed in, and 7 when a question is in the way that no other program here is
about to answer.

Which migration it is about, is chosen as by status. Where this machine has no record of
it, the service is watched, at most until completed, and a question is for whoever leads
it from elsewhere; it ends with 7 where the service knows nothing of the migration.`,
		Example: `  # wait for the replication, for at most twelve hours
  pg-migrate-wizard watch --until in-sync --timeout 12h`,
		Args: noArgs,
	}
	out := addOutputFlag(cmd)
	wait.addFlags(cmd)
	which.addFlags(f, cmd)
	cmd.Flags().Var(until, flagUntil, "how far: "+either(unattended.Untils))
	_ = cmd.RegisterFlagCompletionFunc(flagUntil, cobra.FixedCompletions(unattended.Untils, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := wait.check(); err != nil {
			return err
		}
		m, err := p.choose(f, which)
		if err != nil {
			return err
		}
		if m.record == nil && !slices.Contains(unattended.UntilsWithoutJournal, until.word) {
			if cmd.Flags().Changed(flagUntil) {
				return usage("--%s %s shows only where the record of the migration is; here it is %s", flagUntil, until.word, either(unattended.UntilsWithoutJournal))
			}
			until.word = string(plan.Completed)
		}
		v := p.newVoice(out, wait.heartbeat)
		u := p.runner(m.place(f).config())
		u.Again = again(cmd)
		return v.PrintEnd(u.Watch(cmd.Context(), m.record, m.plan, until.word, wait.timeout, v))
	}
	return cmd
}
