package cli

import (
	"strings"

	"github.com/spf13/pflag"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/internal/unattended"
	"pg-migrate-wizard/steps"
)

// Flags and pieces of clean-up: the pieces are the keys of the plan.
const (
	flagDelete  = "delete"
	flagKeep    = "keep"
	pieceSource = "source-instance"
	pieceKeys   = "source-keys"
)

// pieces are what a migration leaves behind, in the order in which it goes.
var pieces = []string{"target-key", pieceKeys, "bindings", "shares", pieceSource}

var cleanUpCommand = lineCommand{
	use: "clean-up", short: "Deletes what the migration leaves behind, piece by piece",
	long: `Deletes what the migration needed and what the old database leaves behind, as the flags
or a plan named with -f says that goes as far as cleaned-up. With that it is also your
word that the applications work on the target. Without any word it only says what is
asked for, with status 7: nothing is deleted, and nothing is said of the applications.
What no word is about is done as a plan does it by default: the migration's key of the
target is deleted, and everything of the source is left; the source itself for later,
and this command is found again.

The pieces are target-key (the migration's key of the target), and of the source
source-keys, bindings, shares (with other spaces) and source-instance (with all its
data).

What cannot be undone needs --yes, or the name of the one thing in question with
--confirm.`,
	example: `# the applications work; leave the source for another day
clean-up --later
# a week later: delete the source with its keys and all its data, which is for good
clean-up --delete source-keys,source-instance --yes`,
	flags: func(fs *pflag.FlagSet, o *lineOptions) {
		fs.StringArrayVar(&o.deletePieces, flagDelete, nil, "pieces to delete, separated by commas: "+strings.Join(pieces, ", ")+" (default: the plan's)")
		fs.StringArrayVar(&o.keepPieces, flagKeep, nil, "pieces to leave on purpose; the record says so (default: the plan's)")
		fs.BoolVar(&o.later, "later", false, "leave the source for another day, whatever the plan says")
		fs.BoolVar(&o.nameSwap, "name-swap", false, "give the source's name to the target; there is no back-out after it")
	},
	yes: "delete what cannot be brought back", confirm: "name of the one thing that may be deleted", timeout: true,
	at: []steps.ID{steps.CleanUp},
	own: []steps.QuestionID{
		steps.QuestionAlarm, steps.QuestionNotUp, steps.QuestionValidate, steps.QuestionCleanUpTargetKey, steps.QuestionCleanUpNameSwap, steps.QuestionCleanUpCooling, steps.QuestionCleanUpSourceKey,
		steps.QuestionCleanUpBinding, steps.QuestionCleanUpShare, steps.QuestionCleanUpSourceInstance,
	},
	reached: func(s steps.State, _ bool) bool {
		return s.Choices.Ended != nil && s.Choices.Ended.How == steps.EndCompleted
	},
	before: func(r *lineRun) (err error) {
		if r.unsaid = !r.saysWhatIsLeft(); r.unsaid {
			return nil
		}
		if err = r.decide(&r.plan.CleanUp); err == nil {
			r.runner.Config, err = unattended.Reopened(r.plan, r.runner.Config)
		}
		return err
	},
	after: func(end *unattended.StepEnd, r *lineRun) {
		if r.unsaid && status.ExitStatus(end.Err) == status.ExitOpen {
			end.Err = status.Exit(status.ExitOpen, "Nothing was said of what is left, so nothing was done. With a word this deletes what is to go, and says that your applications work on the target: "+
				"--later leaves the source for another day, --delete and --keep decide about "+strings.Join(pieces, ", ")+". `status` shows what comes next.")
		}
	},
}

// saysWhatIsLeft reports whether somebody has said what becomes of what is left: what is
// done here is for good, and whoever says it says, too, that the applications work.
func (r *lineRun) saysWhatIsLeft() bool {
	return r.later || r.nameSwap || r.consent.Yes || r.consent.Confirm != "" || len(r.deletePieces)+len(r.keepPieces) > 0 || r.planned == plan.CleanedUp
}

// checkPieces refuses what contradicts itself, whatever the plan says.
func (o *lineOptions) checkPieces() error { return o.decide(&plan.CleanUp{}) }

// decide puts what the flags say into a plan. The instance takes its keys along, so
// that has to be said, too, as in a plan.
func (o *lineOptions) decide(c *plan.CleanUp) error {
	c.NameSwap = c.NameSwap || o.nameSwap
	fates := map[string]*plan.Fate{"target-key": &c.TargetKey, pieceKeys: &c.SourceKeys, "bindings": &c.Bindings, "shares": &c.Shares, pieceSource: &c.SourceInstance}
	said := map[string]plan.Fate{}
	if o.later {
		said[pieceSource], c.SourceInstance = plan.Later, plan.Later
	}
	for _, by := range []struct {
		flag   string
		fate   plan.Fate
		pieces []string
	}{{flagDelete, plan.Delete, listed(o.deletePieces)}, {flagKeep, plan.Keep, listed(o.keepPieces)}} {
		for _, piece := range by.pieces {
			switch before := said[piece]; {
			case fates[piece] == nil:
				return usage("--%s %s: there is no such piece; there are %s", by.flag, piece, joined(pieces))
			case before != "" && before != by.fate:
				return usage("--%s %s: the same piece is said to be left or deleted otherwise", by.flag, piece)
			}
			said[piece], *fates[piece] = by.fate, by.fate
		}
	}
	if c.SourceInstance == plan.Delete && c.SourceKeys == plan.Keep {
		return usage("--%s %s takes the keys of the source with it: say --%s %s, too", flagDelete, pieceSource, flagDelete, pieceKeys)
	}
	return nil
}
