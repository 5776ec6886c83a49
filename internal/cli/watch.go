package cli

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// Names of flags about waiting.
const (
	flagUntil     = "until"
	flagTimeout   = "timeout"
	flagHeartbeat = "heartbeat"
)

// usualHeartbeat is how often a long wait gives a sign of life.
const usualHeartbeat = time.Minute

// untilEnded is watch's word for the end of the migration, beside those of a plan.
const untilEnded = "ended"

// untils are the words for how far to watch.
var untils = []string{
	string(plan.Prepared), string(plan.Keys), string(plan.Preflight), string(plan.InSync),
	string(plan.Completed), string(plan.Switched), string(plan.CleanedUp), untilEnded,
}

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
	until := &format{word: untilEnded, choices: untils}
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
	cmd.Flags().Var(until, flagUntil, "how far: "+either(untils))
	_ = cmd.RegisterFlagCompletionFunc(flagUntil, cobra.FixedCompletions(untils, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := wait.check(); err != nil {
			return err
		}
		m, err := p.choose(f, which)
		if err != nil {
			return err
		}
		if m.record == nil && !slices.Contains(untilsSeen, until.word) {
			if cmd.Flags().Changed(flagUntil) {
				return usage("--%s %s shows only where the record of the migration is; here it is %s", flagUntil, until.word, either(untilsSeen))
			}
			until.word = string(plan.Completed)
		}
		v := p.newVoice(out, wait.heartbeat)
		return v.ending(p.watch(cmd, m.place(f), m, until.word, wait, v))
	}
	return cmd
}

// errMoved ends a look at a migration that another program has led further.
var errMoved = errors.New("the journal has grown")

func (p *program) watch(cmd *cobra.Command, f *flags, m chosen, until string, wait waiting, v *voice) error {
	events := newChronicle(v.tell)
	ctx := cmd.Context()
	if wait.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, wait.timeout)
		defer cancel()
	}
	d := driver{
		answer: func(*steps.Question, steps.State) (steps.Answer, error) {
			if engine.InUse(m.record.Path) {
				return steps.Answer{}, errLater // somebody is there to answer
			}
			return steps.Answer{}, errNotAsked
		},
		done:  func(now engine.Snapshot) bool { return looked(now.State) && untilReached(until, now.State) },
		news:  events.news,
		stay:  true,
		pulse: v.pulse, every: v.every(),
	}
	for {
		var r driven
		var err error
		if m.record == nil {
			r = p.watchUnrecorded(ctx, f, *m.plan, until, v)
		} else {
			r, err = p.watchJournal(ctx, f.looking(*m.record), m.record.Path, d)
		}
		if err != nil {
			v.clear()
			return err
		}
		if errors.Is(r.open, errMoved) && ctx.Err() == nil {
			continue
		}
		if r.interrupted && cmd.Context().Err() == nil {
			r.interrupted, r.late = false, true
		}
		return p.leave(cmd, r, v)
	}
}

func untilReached(until string, s steps.State) bool {
	if until == untilEnded {
		return s.Choices.Ended != nil
	}
	return plan.Until(until).Reached(s)
}

// watchJournal watches as the journal has it, until it is written on.
func (p *program) watchJournal(ctx context.Context, cfg engine.Config, path string, d driver) (driven, error) {
	watching, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		size := sizeOf(path)
		every := time.NewTicker(time.Second)
		defer every.Stop()
		for {
			select {
			case <-watching.Done():
				return
			case <-every.C:
				if sizeOf(path) != size {
					stop(errMoved)
					return
				}
			}
		}
	}()
	r, err := p.drive(watching, cfg, d)
	if errors.Is(context.Cause(watching), errMoved) && r.interrupted {
		r.interrupted, r.open = false, errMoved
	}
	return r, err
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}
