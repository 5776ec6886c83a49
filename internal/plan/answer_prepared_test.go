package plan_test

import (
	"testing"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// TestWhatAPlanSaysIsPreparedIsSaidOnce, each by its name, before the question itself is
// answered; what a look says is not said again.
func TestWhatAPlanSaysIsPreparedIsSaidOnce(t *testing.T) {
	t.Parallel()
	p := whole(t)
	p.Prepared = []plan.Preparation{
		{Item: string(steps.PreparePsql), State: "not-needed", By: "kim"}, {Item: string(steps.PrepareTLS), State: "done"}, {Item: string(steps.PrepareRoles), State: "done"},
	}
	s := under()
	s.Facts.Session.User = "dana"
	q := &steps.Question{ID: steps.QuestionReplicate, Step: steps.Replicate, Options: []steps.Option{{ID: steps.OptionStart}, {ID: steps.OptionPrepared}}}
	for _, want := range []struct{ item, state, by string }{{"tls", "done", "dana"}, {"psql", "not-needed", "kim"}} {
		a, err := p.Answer(q, s)
		if err != nil || a.Option != steps.OptionPrepared || a.Value(steps.FieldItems) != want.item || a.Value(steps.FieldState) != want.state || a.Value(steps.FieldBy) != want.by {
			t.Fatalf("%+v, %v, and not %s", a, err, want.item)
		}
		s.Choices.Prepared = append(s.Choices.Prepared, steps.PrepareWord{Item: steps.PrepareID(want.item), State: steps.PrepareState(want.state), By: want.by})
	}
	if a, err := p.Answer(q, s); err != nil || a.Option != steps.OptionStart {
		t.Errorf("%+v, %v: roles, which nobody has looked for, or the same again", a, err)
	}
}

// TestATargetIsCreatedAsThePlanSays, where there is none of its name.
func TestATargetIsCreatedAsThePlanSays(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: steps.QuestionTarget, Step: steps.Databases, Options: []steps.Option{
		{ID: "i2", Label: "orders-hyperscaler"},
		{ID: steps.OptionCreate, Fields: []steps.Field{
			{ID: steps.FieldName, Kind: steps.FieldText},
			{ID: steps.FieldPlan, Kind: steps.FieldOne, Default: "standard", Choices: []steps.Choice{{ID: "standard"}, {ID: "premium"}}},
			{ID: steps.FieldStorage, Kind: steps.FieldText, Number: true, Optional: true},
			{ID: steps.FieldMemory, Kind: steps.FieldText, Number: true, Optional: true},
		}},
	}}
	s := under()
	s.Choices.Target = nil
	p := whole(t)
	p.Target.Create, p.Limits.SizeGB = true, 20
	for _, c := range []struct {
		change                func()
		plan, storage, memory string
	}{
		{func() {}, "standard", "30", ""},
		{func() { p.Target.Plan, p.Target.StorageGB, p.Target.MemoryGB = "premium", 64, 8 }, "premium", "64", "8"},
	} {
		c.change()
		a, err := p.Answer(q, s)
		if err != nil || a.Option != steps.OptionCreate || a.Value(steps.FieldName) != "orders-hyperscaler" || a.Value(steps.FieldPlan) != c.plan ||
			a.Value(steps.FieldStorage) != c.storage || a.Value(steps.FieldMemory) != c.memory {
			t.Errorf("%+v, %v", a, err)
		}
	}
	p.Target.Plan = "huge"
	_, err := p.Answer(q, s)
	wantOpen(t, err, "target.plan", "no plan huge")

	s.Facts.Instances = []steps.Instance{{Ref: steps.Ref{GUID: "i2", Name: "orders-hyperscaler"}, Offering: steps.TargetOffering}}
	if a, err := p.Answer(q, s); err != nil || a.Option != "i2" {
		t.Errorf("one that is there: %+v, %v", a, err)
	}
	s.Facts.Instances, p.Target.Create = nil, false
	q.Options = q.Options[1:]
	_, err = p.Answer(q, s)
	wantOpen(t, err, "target.instance", "no orders-hyperscaler here")
}
