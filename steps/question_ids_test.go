package steps_test

import (
	"testing"

	"pg-migrate-wizard/steps"
)

func TestIdentitiesOfQuestions(t *testing.T) {
	t.Parallel()
	for _, id := range append(steps.Road(), steps.BackOut) {
		if got, ok := steps.FailedQuestion(id).FailedStep(); !ok || got != id {
			t.Errorf("%s is not read back: %s", id, got)
		}
	}
	for _, q := range []steps.QuestionID{steps.QuestionReplicationFailed, steps.QuestionFinalizationFailed, steps.QuestionReplicate} {
		if id, ok := q.FailedStep(); ok {
			t.Errorf("%s is said to be about failed requests of %s", q, id)
		}
	}
	for q, want := range map[steps.QuestionID]steps.QuestionID{
		steps.QuestionCleanUpBinding + ":b1": steps.QuestionCleanUpBinding, steps.QuestionFinalize: steps.QuestionFinalize,
	} {
		if q.Base() != want {
			t.Errorf("the base of %s is %s", q, q.Base())
		}
	}
	if name, ok := steps.UsedKey(steps.UseKey("use:own")); !ok || name != "use:own" {
		t.Errorf("the key is read back as %s", name)
	}
	if _, ok := steps.UsedKey(steps.OptionCreate); ok {
		t.Error("a new key is none that exists")
	}
}

// TestWhatTakesConsent: what cannot be undone, what was kept, what begins the
// downtime, in this order.
func TestWhatTakesConsent(t *testing.T) {
	t.Parallel()
	q := &steps.Question{Options: []steps.Option{
		{ID: "free"},
		{ID: "work", Undo: steps.UndoWork},
		{ID: "never", Undo: steps.UndoNever, KeptBefore: true},
		{ID: "typed", Typed: "x"},
		{ID: "kept", KeptBefore: true, BeginsDowntime: true},
		{ID: "down", BeginsDowntime: true},
	}}
	for option, want := range map[string]steps.Reason{
		"free": "", "work": "", "never": steps.ReasonIrreversible, "typed": "",
		"kept": steps.ReasonKept, "down": steps.ReasonDowntime, "unheard-of": steps.ReasonIrreversible,
	} {
		if got, needed := q.NeedsConsent(steps.Answer{Option: option}); got != want || needed != (want != "") {
			t.Errorf("%s: %q", option, got)
		}
	}
}
