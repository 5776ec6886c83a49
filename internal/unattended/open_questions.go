package unattended

import (
	"fmt"
	"strings"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// flagsForKeys are the flags and commands that say what a key of a plan says.
var flagsForKeys = map[string]string{
	plan.KeyCanary: "--canary", plan.KeyRestage: "--restage", plan.KeyOrder: "--order", plan.KeyGreen: "--green",
	plan.KeyBeside:       "--" + FlagBeside,
	plan.KeyApplications: "--" + FlagWas + " NAME=started or NAME=stopped", plan.KeyNameSwap: "--name-swap", plan.KeyOnFailure: "`back-out`",
	plan.KeySourceKey: "`keys --" + FlagSourceKey + "`", plan.KeyTargetKey: "`keys --" + FlagTargetKey + "`",
	plan.KeyLandscape: "--" + cfsession.SettingLandscape, plan.KeyAPI: "--" + FlagAPI,
	plan.KeyProvider: "--" + cfsession.SettingProvider, plan.KeyMigrationURL: "--" + cfsession.SettingMigrationURL,
}

// placeFlags are the flags of target set that say where a migration is: of use where
// a kept target says it, and no file.
var placeFlags = map[string]string{
	plan.KeyOrg: "org", plan.KeySpace: "space", plan.KeySourceInstance: "source-instance", plan.KeyTargetInstance: "target-instance",
}

// inOwnWords are the reasons that speak of a plan, in the words of a command line.
var inOwnWords = map[*plan.Reason]string{
	plan.OtherMigration:   "the migration that was taken up has %s, and you say %s",
	plan.OtherLogin:       "the login is at %s, and you say %s",
	plan.KeyNotThere:      "%s has no key %s, and you do not say to create it",
	plan.TakenAlong:       "%s You say to leave it, and to delete the source, which takes it along",
	plan.NamesHalfSwapped: "%s You do not say to swap the names",
	plan.OtherDowntime:    "%s One is led through its downtime at a time: start again when it is through",
	plan.NotKnownBefore:   "whether %[1]s ran before the migration is not known: they are stopped, and not by this record",
	plan.NotSure:          "%s: this cannot be undone, and you do not say it in so many words",
	plan.CriticalFindings: "%s Nobody can accept that; mend it, then check again",
}

// undecided lists who can write and cannot be stopped here, each with what settles
// it.
func undecided(s steps.State) string {
	lines := []string{"not settled, so nothing was stopped. Switch each off, or say why it does no harm:"}
	for _, w := range steps.OpenWriters(s) {
		if w.Fate == steps.FateDecide {
			lines = append(lines, line(fmt.Sprintf("%s (%s): --waive %s", w.Handle(), w.What, ShellQuoted(w.Handle()+"=REASON"))))
		}
	}
	return strings.Join(lines, "\n  ")
}

// stillOpen lists what is open, each with what closes it.
func stillOpen(s steps.State) string {
	lines := []string{"nothing of the source is deleted while things are open. Do each, and say so:"}
	for _, i := range steps.Holding(s) {
		if i.Kind != steps.OpenAlarm {
			lines = append(lines, line(fmt.Sprintf("%s: open close %s --by NAME --note TEXT", i.What, ShellQuoted(steps.HandleOf(s, i)))))
		}
	}
	return strings.Join(lines, "\n  ")
}

// unanswered says why a question stays open where a one-line command asked, and
// which flag or command settles it: who typed one knows of no plan and its keys,
// unless it was given a file.
func unanswered(open *plan.OpenError, q *steps.Question, s steps.State, file bool) string {
	says := open.Message
	if words, ok := inOwnWords[open.Reason]; ok {
		says = fmt.Sprintf(words, open.Args...)
	}
	says = strings.TrimSuffix(line(says), ".")
	key := open.Key
	for _, of := range []string{plan.KeySourceKey, plan.KeyTargetKey} {
		if strings.HasPrefix(key, of+".") {
			key = of
		}
	}
	piece, cleaning := strings.CutPrefix(key, plan.KeyCleanUp)
	switch {
	case open.Reason == plan.NotSettled:
		return undecided(s)
	case open.Reason == plan.ItemsOpen:
		return stillOpen(s)
	case open.Reason == plan.SeveralWriters:
		return says + ". --waive takes an identity, too."
	case open.Reason == plan.NotAccepted:
		return says + ". --accept all, or --accept ID,ID."
	case flagsForKeys[key] != "":
		return says + ". What says it: " + flagsForKeys[key] + "."
	case placeFlags[key] != "" && !file:
		return says + ". What says it: `target set --" + placeFlags[key] + "`."
	case placeFlags[key] != "":
		return says + ". What says it: the key " + key + " of the plan."
	case cleaning:
		return says + ". What says it: --delete " + piece + ", or --keep " + piece + "."
	case key != "":
		return says + ". What says it: the key " + key + " of a plan, given with -f."
	case q.Title != "" && q.Step != steps.SignIn && open.Reason != plan.CriticalFindings: // which has the title in it
		says = line(q.Title) + " " + says
	}
	return says + "."
}
