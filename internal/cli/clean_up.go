package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

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
	f.addYes(cmd, "delete what cannot be brought back")
	f.addConfirm(cmd, "name of the one thing that may be deleted")
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
		if cfg, err = unattended.Reopened(pl, cfg); err != nil {
			return err
		}
		return p.carryOut(cmd.Context(), f, cfg, &unattended.StepCommand{
			Command: "clean-up", Plan: pl, At: []steps.ID{steps.CleanUp}, Consent: f.consent, Timeout: f.timeout,
			Own: []steps.QuestionID{
				steps.QuestionValidate, steps.QuestionCleanUpTargetKey, steps.QuestionCleanUpNameSwap, steps.QuestionCleanUpCooling, steps.QuestionCleanUpSourceKey,
				steps.QuestionCleanUpBinding, steps.QuestionCleanUpShare, steps.QuestionCleanUpSourceInstance,
			},
			Reached: func(s steps.State) bool { return s.Choices.Ended != nil && s.Choices.Ended.How == steps.EndCompleted },
		}, unattended.Parts{})
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
