package unattended

import (
	"fmt"
	"strings"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// flagsForKeys are the flags that say what a key of a plan says. Those of the place are
// flags of target set.
var flagsForKeys = map[string]string{
	"switch.canary": "--canary", "switch.restage": "--restage", "switch.order": "--order",
	"source.key": "`keys --" + FlagSourceKey + "`", "target.key": "`keys --" + FlagTargetKey + "`",
	"clean-up.name-swap": "--name-swap", "on-failure": "`back-out`",
	"org": "`target set --org`", "space": "`target set --space`", "landscape": "--landscape", "api": "--" + FlagAPI,
	"provider": "--provider", "migration-url": "--migration-url",
	"source.instance": "`target set --source-instance`", "target.instance": "`target set --target-instance`",
}

// inOwnWords puts what a plan says of itself into the words of a command line.
var inOwnWords = strings.NewReplacer(
	"the plan says", "you say", "The plan says", "You say", "the plan does not say", "you do not say", "The plan does not say", "You do not say",
	"No plan can accept that; mend it, then start again", "Nobody can accept that; mend it, then check again",
)

// undecided lists who can write and cannot be stopped here, each with what settles
// it.
func undecided(s steps.State) string {
	lines := []string{"not settled, so nothing was stopped. Switch each off, or say why it does no harm:"}
	for _, w := range openWriters(s) {
		if w.Fate == steps.FateDecide {
			lines = append(lines, line(fmt.Sprintf("%s (%s): --waive %s", WriterName(w), w.What, ShellQuoted(WriterName(w)+"=REASON"))))
		}
	}
	return strings.Join(lines, "\n  ")
}

// unanswered says why a question stays open where a one-line command asked, and
// which flag or command settles it: who typed one knows of no plan and its keys.
func unanswered(open *plan.OpenError, q *steps.Question, s steps.State) string {
	says := inOwnWords.Replace(strings.TrimSuffix(line(open.Says), "."))
	key := open.Key
	for _, of := range []string{"source.key", "target.key"} {
		if strings.HasPrefix(key, of+".") {
			key = of
		}
	}
	piece, cleaning := strings.CutPrefix(key, "clean-up.")
	switch {
	case key == "waive" && !strings.Contains(says, " is the name of "):
		return undecided(s)
	case key == "waive":
		return says + ". --waive takes an identity, too."
	case key == "accept":
		return says + ". --accept all, or --accept ID,ID."
	case flagsForKeys[key] != "":
		return says + ". What says it: " + flagsForKeys[key] + "."
	case cleaning:
		return says + ". What says it: --delete " + piece + ", or --keep " + piece + "."
	case key != "":
		return says + ". What says it: the key " + key + " of a plan, given with -f."
	}
	if q.Title != "" && !strings.Contains(says, strings.TrimSuffix(line(q.Title), ".")) && q.Step != steps.SignIn {
		says = line(q.Title) + " " + says
	}
	return says + "."
}
