package tui

import (
	"bytes"
	"strings"
	"testing"

	"pg-migrate-wizard/steps"
)

// TestKeysAreNamedWhereSomebodyCanPressThem: at a prompt, and not in a pipe.
func TestKeysAreNamedWhereSomebodyCanPressThem(t *testing.T) {
	t.Parallel()
	for _, auto := range []bool{false, true} {
		var out bytes.Buffer
		p := Plain{out: &lineWriter{w: &out}, o: PlainOptions{Auto: auto}, said: map[string]bool{}}
		p.sayQuestion(&steps.Question{Title: "There is none.", Why: "Create one.", More: steps.MoreCommands})
		p.sayItems([]steps.Item{{Kind: steps.ItemProblem, Cells: []string{"Could not look.", "gibberish", "", "Ask."}, More: steps.MoreRequests}})
		for _, key := range []string{"Create one. Key c shows the command.", "Key l has its text."} {
			if strings.Contains(out.String(), key) == auto {
				t.Errorf("auto %v: %s", auto, out.String())
			}
		}
	}
}

// TestFlagsAreNamedByTheInterface: what the landscape's address does not tell, a flag
// says.
func TestFlagsAreNamedByTheInterface(t *testing.T) {
	t.Parallel()
	if got := obstacle(steps.Option{Blocked: "not known", Setting: steps.SettingProvider}); got != "not known; --provider settles it" {
		t.Error(got)
	}
	if got := obstacle(steps.Option{Setting: steps.SettingProvider}) + obstacle(steps.Option{Blocked: "no"}); got != "no" {
		t.Error(got)
	}
}
