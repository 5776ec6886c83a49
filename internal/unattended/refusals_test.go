package unattended

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"pg-migrate-wizard/steps"
)

// TestEveryQuestionSaysWhichCommandSettlesIt: a step command that stops at a question
// names the command that goes on from there.
func TestEveryQuestionSaysWhichCommandSettlesIt(t *testing.T) {
	t.Parallel()
	without := map[string][]steps.QuestionID{
		"the plan's word, and what it lacks, is said": {
			steps.QuestionAPI, steps.QuestionSignIn, steps.QuestionPasscode, steps.QuestionOrg, steps.QuestionSpace, steps.QuestionWhere,
			steps.QuestionSource, steps.QuestionTarget, steps.QuestionTargetNotMade, steps.QuestionDatabasesUnfit,
		},
		"said in the words of what has happened": {
			steps.QuestionStopWriters, steps.QuestionReplicationFailed, steps.QuestionFinalizationFailed, steps.QuestionFinalizationSupport,
		},
		"no command settles it: it says itself what is wrong, and the wizard leads on": {
			steps.QuestionTaken, steps.QuestionKeysUnfit, steps.QuestionPreflightLost, steps.QuestionPreflightLimits, steps.QuestionReplicationGone,
			steps.QuestionFinalizationGone, steps.QuestionDecision, steps.QuestionMisnamed,
		},
		"of the last command, which answers it": {
			steps.QuestionValidate, steps.QuestionCleanUpTargetKey, steps.QuestionCleanUpNameSwap, steps.QuestionCleanUpCooling, steps.QuestionCleanUpSourceKey,
			steps.QuestionCleanUpBinding, steps.QuestionCleanUpShare, steps.QuestionCleanUpSourceInstance, steps.QuestionCleanUpWorking, steps.QuestionCleanUpRenaming,
		},
		"never in the way": {steps.QuestionDatabasesRevise, steps.QuestionKeysRevise, steps.QuestionPreflightRevise, steps.QuestionGoBack},
	}
	text, err := os.ReadFile("../../steps/question_ids.go")
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile(`QuestionID = "([a-z.-]+)"`).FindAllStringSubmatch(string(text), -1)
	if len(all) < 50 {
		t.Fatalf("only %d questions were found", len(all))
	}
	for _, m := range all {
		id, places := steps.QuestionID(m[1]), 0
		if settles[id] != "" {
			places++
		}
		for _, list := range without {
			if slices.Contains(list, id) {
				places++
			}
		}
		if places != 1 {
			t.Errorf("%s has %d places: say which command settles it, or why none does", id, places)
		}
	}
}

// TestReasonsHaveWords: nothing takes a word of its own without saying why.
func TestReasonsHaveWords(t *testing.T) {
	t.Parallel()
	for _, r := range []steps.Reason{steps.ReasonIrreversible, steps.ReasonDowntime, steps.ReasonKept} {
		if reasonWords[r] == "" {
			t.Errorf("nothing says what %s means", r)
		}
	}
}
