package steps

import (
	"testing"
	"time"
)

// TestAnUnknownStepHasNothingToSay: a newer journal, or a script, may name one.
func TestAnUnknownStepHasNothingToSay(t *testing.T) {
	s, id := New(), ID("vacuum")
	if id.Known() || id.Number() != 0 || id.Title() != "vacuum" {
		t.Errorf("known %v, number %d, title %q", id.Known(), id.Number(), id.Title())
	}
	if got := StatusOf(s, id); got != Todo || Badge(s, id) != "" || Revise(s, id) != nil || Show(s, id, time.Time{}) != nil || Commands(s, id) != nil {
		t.Errorf("it is %s", got)
	}
}
