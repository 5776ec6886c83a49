package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

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
		p.preflightCommand(common), p.createReplicationCommand(common), p.progressCommand(common, theReplication),
		p.createFinalizationCommand(common), p.progressCommand(common, theFinalization),
		p.backOutCommand(common), p.deleteCommand(common, theReplication), p.deleteCommand(common, theFinalization),
	}
}

func (p *program) prepareCommand(common *flags) *cobra.Command {
	cmd, _ := p.lineCommand(common, "prepare", "Opens the source for the migration service",
		`Updates the source with prepare_migration, so that the migration service can reach it:
no restart, no downtime, safe days ahead. Where it is open already nothing is changed.`,
		`# open the source, also days ahead
prepare
# that of one target among several
prepare --target orders`, func(ctx context.Context, f *lineFlags) error {
			pl, cfg, err := p.open(f)
			if err != nil {
				return err
			}
			return p.carryOut(ctx, f, cfg, &errand{
				command: "prepare", plan: pl, own: []steps.QuestionID{steps.QuestionOpenAccess}, at: []steps.ID{steps.OpenAccess},
				reached: func(s steps.State) bool { return beyond(s, steps.OpenAccess) },
			}, parts{})
		})
	return cmd
}

func (p *program) keysCommand(common *flags) *cobra.Command {
	var source, target string
	cmd, f := p.lineCommand(common, "keys", "Uses or creates the service keys of both databases",
		`Sees to it that the migration service can sign in to both databases: uses the service
keys that the target names, or creates them; without names it takes or makes keys of
its own. On Google Cloud the target's is made with session replication.`,
		`# keys of the wizard's own
keys
# keys with names of your own, created where they are not there
keys --source-key migration --target-key migration`, nil)
	cmd.Flags().StringVar(&source, flagSourceKey, "", "service key of the source, created where it is not there")
	cmd.Flags().StringVar(&target, flagTargetKey, "", "service key of the target, created where it is not there")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		if source != "" {
			pl.Source.Key = plan.Key{Name: source, Create: true}
		}
		if target != "" {
			pl.Target.Key = plan.Key{Name: target, Create: true}
		}
		return p.carryOut(cmd.Context(), f, cfg, &errand{
			command: "keys", plan: pl, own: []steps.QuestionID{steps.QuestionSourceKey, steps.QuestionTargetKey}, at: []steps.ID{steps.Keys},
			reached: func(s steps.State) bool { return beyond(s, steps.Keys) },
		}, parts{})
	}
	return cmd
}

func (p *program) stopAppsCommand(common *flags) *cobra.Command {
	var waive []string
	var after time.Duration
	cmd, f := p.lineCommand(common, "stop-apps", "Stops what writes to the source: the downtime begins",
		`Stops the applications that are bound to the source and cancels their tasks, after it
has taken down exactly how each of them is. It begins only when everything else that
could write is switched off or waived: "apps" lists it.

A waiver is your word that something does no harm, and your reason stands in the record.
The writer is named by kind and name, or by its identity. Where nothing is to be stopped,
the command is your word that nothing else writes.`,
		`# who would have to be stopped, or waived?
apps
# stop the applications, and leave alone what does no harm
stop-apps --yes --waive 'scheduler:nightly-jobs=off tonight'`, nil)
	cmd.Flags().StringArrayVar(&waive, "waive", nil, "WRITER=REASON: leave a writer alone, because it does no harm; can be repeated")
	cmd.Flags().DurationVar(&after, "decision-after", 0, "time of downtime after which it is asked whether to go on (default: the plan's, or never)")
	f.consent.addFlags(cmd, "begin the downtime")
	f.addTimeout(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		if after < 0 {
			return usage("--decision-after %v: time runs forwards", after)
		}
		if after > 0 {
			pl.Stop.DecisionAfter = after
		}
		for _, w := range waive {
			writer, reason, ok := strings.Cut(w, "=")
			if kind, rest, of := strings.Cut(writer, ":"); !ok || !of || kind == "" || rest == "" || strings.TrimSpace(reason) == "" {
				return usage("--waive %q: it is WRITER=REASON, like app:orders-board=reads only", w)
			}
			pl.Waive = append(slices.DeleteFunc(pl.Waive, func(x plan.Waiver) bool { return x.Writer == writer }), plan.Waiver{Writer: writer, Reason: reason})
		}
		e := stopErrand(pl, f)
		end, err := p.do(cmd.Context(), engine.New(cfg), cfg, e)
		if err != nil {
			return err
		}
		q := steps.Ask(end.now.State)
		if wrong := unknownWriter(waive, end.now.State); end.err != nil && q != nil && q.ID == steps.QuestionStopWriters && wrong != "" {
			end.err = usage("--waive: there is no writer %s; \"apps\" lists them", wrong)
		}
		return p.tell(f, e.command, end, parts{writers: true, apps: true})
	}
	return cmd
}

func stopErrand(pl plan.Plan, f *lineFlags) *errand {
	return &errand{
		command: "stop-apps", plan: pl, own: []steps.QuestionID{steps.QuestionInSync, steps.QuestionStopWriters}, at: []steps.ID{steps.Writers},
		consent: f.consent, timeout: f.timeout,
		reached: func(s steps.State) bool { return beyond(s, steps.Writers) },
	}
}

// unknownWriter is the first writer of the waivers that the census does not have.
func unknownWriter(waive []string, s steps.State) string {
	census := steps.Census(s)
	for _, w := range waive {
		writer, _, _ := strings.Cut(w, "=")
		if !slices.ContainsFunc(census, func(x steps.Writer) bool { return x.ID == writer || writerName(x) == writer }) {
			return writer
		}
	}
	return ""
}

func (p *program) switchCommand(common *flags) *cobra.Command {
	var canary string
	var restage, order []string
	cmd, f := p.lineCommand(common, "switch", "Brings the applications to the target: the downtime ends",
		`Binds each application to the target as it was bound to the source, and starts it if it
was running before. It waits until all instances are healthy. With a canary, that one
goes first, and the others follow when it is healthy.`,
		`# one application first; the others when it is healthy
switch --canary orders-api
# all at once
switch`, nil)
	cmd.Flags().StringVar(&canary, "canary", "", "application that goes first, alone")
	cmd.Flags().StringArrayVar(&restage, "restage", nil, "application to restage; a restart is enough for most; can be repeated")
	cmd.Flags().StringArrayVar(&order, "order", nil, "application that starts before the others; can be repeated, in order")
	f.addTimeout(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		if canary != "" {
			pl.Switch.Canary = canary
		}
		if len(restage) > 0 {
			pl.Switch.How, pl.Switch.Restage = plan.Restart, listed(restage)
		}
		if len(order) > 0 {
			pl.Switch.Order = listed(order)
		}
		return p.carryOut(cmd.Context(), f, cfg, &errand{
			command: "switch", plan: pl, own: []steps.QuestionID{steps.QuestionSwitch, steps.QuestionCanary, steps.QuestionSwitchIll}, at: []steps.ID{steps.Switch},
			timeout: f.timeout, lasting: true,
			reached: func(s steps.State) bool { return beyond(s, steps.Switch) },
		}, parts{apps: true})
	}
	return cmd
}

// fates are the flags of clean-up: the pieces are the keys of the plan.
type fates struct {
	delete, keep []string
	later        bool
}

const (
	flagDelete   = "delete"
	flagKeep     = "keep"
	flagLater    = "later"
	pieceSource  = "source-instance"
	pieceKeys    = "source-keys"
	pieceTarget  = "target-key"
	pieceBinding = "bindings"
	pieceShares  = "shares"
)

// pieces are what a migration leaves behind, in the order in which it goes.
var pieces = []string{pieceTarget, pieceKeys, pieceBinding, pieceShares, pieceSource}

func (p *program) cleanUpCommand(common *flags) *cobra.Command {
	var said fates
	var swap bool
	cmd, f := p.lineCommand(common, "clean-up", "Deletes what the migration leaves behind, piece by piece",
		`Deletes what the migration needed and what the old database leaves behind, as the flags
or the plan say. It is also your word that the applications work on the target. Without
a word on the source, that is left for later, and this command is found again.

The pieces are target-key (the migration's key of the target), and of the source
source-keys, bindings, shares (with other spaces) and source-instance (with all its
data).

What cannot be undone needs --yes, or the name of the one thing in question with
--confirm.`,
		`# the applications work; leave the source for another day
clean-up --later
# a week later: delete the source with its keys and all its data, which is for good
clean-up --delete source-keys,source-instance --yes`, nil)
	fs := cmd.Flags()
	fs.StringArrayVar(&said.delete, flagDelete, nil, "pieces to delete, separated by commas: "+strings.Join(pieces, ", ")+" (default: the plan's)")
	fs.StringArrayVar(&said.keep, flagKeep, nil, "pieces to leave on purpose; the record says so (default: the plan's)")
	fs.BoolVar(&said.later, flagLater, false, "leave the source for another day, whatever the plan says")
	fs.BoolVar(&swap, "name-swap", false, "give the source's name to the target; there is no back-out after it")
	for _, flag := range []string{flagDelete, flagKeep} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(pieces, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder))
	}
	f.consent.addFlags(cmd, "delete what cannot be brought back")
	f.consent.addConfirm(cmd, "name of the one thing that may be deleted")
	f.addTimeout(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		pl, cfg, err := p.open(f)
		if err != nil {
			return err
		}
		pl.CleanUp.NameSwap = pl.CleanUp.NameSwap || swap
		if err := said.into(&pl.CleanUp); err != nil {
			return err
		}
		if cfg, err = f.reopened(pl, cfg); err != nil {
			return err
		}
		return p.carryOut(cmd.Context(), f, cfg, &errand{
			command: "clean-up", plan: pl, at: []steps.ID{steps.CleanUp}, consent: f.consent, timeout: f.timeout,
			own: []steps.QuestionID{
				steps.QuestionValidate, steps.QuestionCleanUpTargetKey, steps.QuestionCleanUpNameSwap, steps.QuestionCleanUpCooling,
				steps.QuestionCleanUpSourceKey, steps.QuestionCleanUpBinding, steps.QuestionCleanUpShare, steps.QuestionCleanUpSourceInstance,
			},
			reached: func(s steps.State) bool { return s.Choices.Ended != nil && s.Choices.Ended.How == steps.EndCompleted },
		}, parts{})
	}
	return cmd
}

// into puts the words into a plan. The instance takes its keys along, so that
// has to be said, too, as in a plan.
func (x fates) into(c *plan.CleanUp) error {
	of := map[string]*plan.Fate{
		pieceTarget: &c.TargetKey, pieceKeys: &c.SourceKeys, pieceBinding: &c.Bindings, pieceShares: &c.Shares, pieceSource: &c.SourceInstance,
	}
	said := map[string]plan.Fate{}
	if x.later {
		said[pieceSource], c.SourceInstance = plan.Later, plan.Later
	}
	for _, y := range []struct {
		flag   string
		fate   plan.Fate
		pieces []string
	}{{flagDelete, plan.Delete, listed(x.delete)}, {flagKeep, plan.Keep, listed(x.keep)}} {
		for _, piece := range y.pieces {
			to, before := of[piece], said[piece]
			switch {
			case to == nil:
				return usage("--%s %s: there is no such piece; there are %s", y.flag, piece, joined(pieces))
			case before != "" && before != y.fate:
				return usage("--%s %s: the same piece is said to be left or deleted otherwise", y.flag, piece)
			}
			said[piece], *to = y.fate, y.fate
		}
	}
	if c.SourceInstance == plan.Delete && c.SourceKeys == plan.Keep {
		return usage("--%s %s takes the keys of the source with it: say --%s %s, too", flagDelete, pieceSource, flagDelete, pieceKeys)
	}
	return nil
}
