package tui

import (
	"testing"

	"pg-migrate-wizard/steps"
)

// TestTheCursorFollowsTheRecommendation, but not under a form that is being filled in.
func TestTheCursorFollowsTheRecommendation(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: "stop-writers", Recommended: "waive", Options: []steps.Option{{ID: "stop"}, {ID: "waive"}, {ID: "later"}}}
	var d decision
	if !d.follow(q) || d.option != "waive" {
		t.Fatalf("%+v", d)
	}
	if d.follow(q) {
		t.Error("the same question is said to be new")
	}
	settled := *q
	settled.Recommended = "stop"
	if !d.follow(&settled) || d.option != "stop" {
		t.Errorf("stays on what is not recommended any more: %+v", d)
	}
	d.follow(q)
	d.form = newForm(q, steps.Option{ID: "waive", Typed: "x"})
	q.Options[1].Typed = "x"
	if d.follow(&settled); d.option != "waive" {
		t.Errorf("moved under a form: %+v", d)
	}
}
