package plan_test

import (
	"errors"
	"testing"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// TestCleanUp: one word of the plan is for all things of a kind.
func TestCleanUp(t *testing.T) {
	t.Parallel()
	remove := steps.Option{ID: "delete", Label: "Delete it", Undo: steps.UndoNever, Typed: "x"}
	blocked := steps.Option{ID: "delete", Label: "Delete it", Undo: steps.UndoNever, Typed: "x", Blocked: "something is still there"}
	keep, wait := steps.Option{ID: "keep"}, steps.Option{ID: "wait", Wait: true}
	cooling := []steps.Option{wait, {ID: "delete-now"}, {ID: "leave"}}
	names := []steps.Option{{ID: "swap", Undo: steps.UndoWork}, keep, wait}
	for _, c := range []struct {
		question    string
		options     []steps.Option
		words       plan.CleanUp
		want        string // option; or the key that is open, or for later
		destructive bool
	}{
		{"target-key", []steps.Option{{ID: "delete"}, keep}, plan.CleanUp{TargetKey: plan.Delete}, "delete", false},
		{"target-key:k7", []steps.Option{{ID: "delete"}, keep}, plan.CleanUp{TargetKey: plan.Keep, SourceInstance: plan.Delete}, "keep", false},
		{"source-key", []steps.Option{remove, keep}, plan.CleanUp{SourceKeys: plan.Delete}, "delete", true},
		{"source-key:k8", []steps.Option{remove, keep}, plan.CleanUp{SourceKeys: plan.Delete}, "delete", true},
		{"source-key:k8", []steps.Option{remove, keep}, plan.CleanUp{SourceKeys: plan.Keep}, "keep", false},
		{"binding:b1", []steps.Option{remove, keep}, plan.CleanUp{Bindings: plan.Delete}, "delete", true},
		{"binding:b1", []steps.Option{blocked, keep}, plan.CleanUp{Bindings: plan.Delete}, "open clean-up.bindings", false},
		{"binding:b1", []steps.Option{remove, keep}, plan.CleanUp{Bindings: plan.Keep, SourceInstance: plan.Delete}, "open clean-up.bindings", false},
		{"share:s1", []steps.Option{remove, keep}, plan.CleanUp{Shares: plan.Delete}, "delete", true},
		{"share:s1", []steps.Option{remove, keep}, plan.CleanUp{Shares: plan.Keep}, "keep", false},
		{"source-instance", []steps.Option{remove, keep}, plan.CleanUp{SourceInstance: plan.Delete}, "delete", true},
		{"source-instance", []steps.Option{remove, keep}, plan.CleanUp{SourceInstance: plan.Keep}, "keep", false},
		{"source-instance", []steps.Option{remove, keep}, plan.CleanUp{SourceInstance: plan.Later}, "later clean-up.source-instance", false},
		{"source-instance", []steps.Option{blocked, keep}, plan.CleanUp{SourceInstance: plan.Delete}, "open clean-up.source-instance", false},
		{"source-instance", []steps.Option{blocked, keep, {ID: "again"}}, plan.CleanUp{SourceInstance: plan.Delete}, "again", false},
		{"cooling", cooling, plan.CleanUp{SourceInstance: plan.Delete, SourceKeys: plan.Delete}, "delete-now", false},
		{"cooling", cooling, plan.CleanUp{SourceInstance: plan.Later, SourceKeys: plan.Keep}, "later clean-up.source-instance", false},
		{"cooling", cooling, plan.CleanUp{SourceInstance: plan.Later, Shares: plan.Delete}, "delete-now", false},
		{"cooling", cooling, plan.CleanUp{SourceInstance: plan.Keep, Bindings: plan.Delete}, "delete-now", false},
		{"cooling", cooling, plan.CleanUp{SourceInstance: plan.Keep}, "leave", false},
		{"name-swap", names, plan.CleanUp{NameSwap: true}, "swap", false},
		{"name-swap", names, plan.CleanUp{}, "keep", false},
		{"name-swap", append(names, steps.Option{ID: "restore"}), plan.CleanUp{}, "open clean-up.name-swap", false},
		{"name-swap", append(names, steps.Option{ID: "restore"}), plan.CleanUp{NameSwap: true}, "swap", false},
	} {
		p := whole(t)
		p.CleanUp = c.words
		q := &steps.Question{ID: steps.QuestionID("clean-up." + c.question), Step: steps.CleanUp, Title: "And this?", Options: c.options}
		a, err := p.Answer(q, under())
		got := a.Option
		if open, ok := errors.AsType[*plan.OpenError](err); ok {
			got = "open " + open.Key
		}
		if later, ok := errors.AsType[*plan.StopError](err); ok && !later.Failure {
			got = "later " + later.Key
		}
		if got != c.want || err == nil && destructive(q, a) != c.destructive {
			t.Errorf("%s with %+v: %s, %v", c.question, c.words, got, err)
		}
	}
}
