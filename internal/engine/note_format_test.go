package engine

import (
	"encoding/json"
	"testing"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

// TestANoteNamesNoFileElsewhere: whoever works in the space can write a note, and its
// identity becomes the name of a file here.
func TestANoteNamesNoFileElsewhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for id, good := range map[string]bool{
		newJournalID(time.Now()): true, "20261128-112325-kxz6ls": true,
		"": false, "../x": false, "../../.ssh/config": false, "/etc/passwd": false, "a/b": false, `..\x`: false, `C:x`: false, "x\x1b[31m": false, "x\n": false, "x/": false,
	} {
		text, err := json.Marshal(noteHead{V: noteV, ID: id, Pieces: 1})
		if err != nil {
			t.Fatal(err)
		}
		head, err := noteOf(cfsession.Instance{GUID: "g", Annotations: map[string]string{noteKey: string(text)}})
		if head == nil || (err == nil) != good {
			t.Errorf("%q: %+v, %v", id, head, err)
		}
		if token := tokenOf(dir, id); token != "" {
			t.Errorf("%q has the token %q", id, token)
		}
	}
}

// TestANoteThatIsNotTakenIsNotSentAgainAndAgain: the other side's advice counts for it as
// for any other change, and what is refused is not tried every few seconds.
func TestANoteThatIsNotTakenIsNotSentAgainAndAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		problem steps.Problem
		least   time.Duration
	}{
		{steps.Problem{Kind: steps.ProblemNetwork}, noteAfterFail},
		{steps.Problem{Kind: steps.ProblemRateLimit, RetryAfter: time.Hour}, time.Hour},
		{steps.Problem{Kind: steps.ProblemRateLimit, RetryAfter: time.Second}, noteAfterFail},
		{steps.Problem{Kind: steps.ProblemForbidden}, noteLife},
		{steps.Problem{Kind: steps.ProblemRefused}, noteLife},
	} {
		if got := noteAgain(c.problem, Config{}); got < c.least {
			t.Errorf("%+v: again after %v", c.problem, got)
		}
	}
}
