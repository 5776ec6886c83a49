package tui

import (
	"testing"

	"pg-migrate-wizard/steps"
)

// TestTheCursorFollowsTheRecommendation, but not under a form that is being filled in.
func TestTheCursorFollowsTheRecommendation(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: "stop-writers", Recommended: "waive", Options: []steps.Option{{ID: "stop"}, {ID: "waive"}, {ID: "later"}}} // none of them grave
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

// TestWhereNothingIsRecommendedNothingIsUnderTheCursor: Enter alone takes nothing then.
func TestWhereNothingIsRecommendedNothingIsUnderTheCursor(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: "target", Options: []steps.Option{{ID: "one", Label: "orders-one"}, {ID: "two", Label: "billing-two"}, {ID: "three", Label: "orders-three"}}}
	var d decision
	m := &model{}
	d.follow(q)
	if d.choose(m, q); d.option != "" || m.note == "" {
		t.Errorf("on %q, said %q", d.option, m.note)
	}
	d.move(q, 1)
	if d.move(q, 1); d.option != "two" {
		t.Errorf("on %s", d.option)
	}
	d = decision{}
	d.follow(q)
	if d.move(q, -1); d.option != "three" {
		t.Errorf("upwards it comes to %s", d.option)
	}
	d = decision{question: "target", filter: filter{text: "billing"}}
	if d.follow(q); d.option != "two" {
		t.Errorf("what was looked for by name is not under the cursor, but %q", d.option)
	}
	q.Options = q.Options[:1] // what was under it is gone: nothing else slips under
	d.filter = filter{}
	if d.follow(q); d.option != "" {
		t.Errorf("slips to %s", d.option)
	}
}
