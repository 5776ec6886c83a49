package cli

import (
	"cmp"
	"context"
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

// waiting are the flags of a command that may take long.
type waiting struct {
	timeout, heartbeat time.Duration
}

func (w *waiting) addFlags(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&w.timeout, flagTimeout, 0, "end with status 4 when it takes longer than this; 0: never")
	cmd.Flags().DurationVar(&w.heartbeat, flagHeartbeat, time.Minute, "how often to print a sign of life where there is no terminal; 0: never")
}

func (w *waiting) check() error {
	return cmp.Or(notNegative(flagTimeout, w.timeout), checkHeartbeat(w.heartbeat))
}

type watchOptions struct {
	choice
	waiting
	until, output *wordFlag
}

func (p *program) watchCommand() *cobra.Command {
	o := &watchOptions{}
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
		RunE: runE(p, o, p.watch),
	}
	o.output = addOutputFlag(cmd)
	o.waiting.addFlags(cmd)
	o.choice.addFlags(cmd, &p.flags)
	o.until = addWordFlag(cmd, flagUntil, "", "how far", string(plan.Ended), unattended.Untils)
	return cmd
}

func (p *program) watch(ctx context.Context, o *watchOptions) error {
	m, err := p.find(ctx, o.choice)
	if err != nil {
		return err
	}
	p.mentionSeveral(o.choice, m)
	until := o.until.word
	if m.record == nil && !slices.Contains(unattended.UntilsWithoutJournal, until) {
		if p.flags.given(flagUntil) {
			return usage("--%s %s shows only where the record of the migration is; here it is %s", flagUntil, until, either(unattended.UntilsWithoutJournal))
		}
		until = string(plan.Completed)
	}
	events := p.newEventPrinter(o.output, o.heartbeat)
	cfg := m.place(&p.flags).config()
	defer p.notifyOf(events, m.names(), cfg)()
	runner := p.runner(cfg)
	runner.Report = nil // it writes nothing
	return events.PrintEnd(runner.Watch(ctx, m.record, m.plan, until, o.timeout, events))
}

// shortestHeartbeat keeps signs of life from being all that there is.
const shortestHeartbeat = 10 * time.Millisecond

func checkHeartbeat(every time.Duration) error {
	if every > 0 && every < shortestHeartbeat {
		return usage("--%s must be 0, for never, or at least %v", flagHeartbeat, shortestHeartbeat)
	}
	return notNegative(flagHeartbeat, every)
}
