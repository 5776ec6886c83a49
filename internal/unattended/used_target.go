package unattended

import (
	"context"
	"slices"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// usedTarget finds the migration that was taken back after it had written to the plan's
// target, whatever was begun since; nil: there is none. An instance that was made
// anew under the old name is another one.
func (u Runner) usedTarget(ctx context.Context, pl plan.Plan) (*steps.JournalSummary, error) {
	list, _ := engine.Journals(u.Config.StateDir) // one that cannot be read is not this one
	at := address(u.Config.API)
	list = slices.DeleteFunc(list, func(m steps.JournalSummary) bool {
		return m.Ended == nil || m.Ended.How == steps.EndCompleted || m.Org != pl.Org || m.Space != pl.Space || at != "" && m.API != at ||
			!slices.ContainsFunc(m.UsedTargets, func(r steps.Ref) bool { return r.Name == pl.Target.Instance })
	})
	if len(list) == 0 {
		return nil, nil
	}
	end, err := u.observe(ctx, pl, observation{})
	if err != nil {
		return nil, err
	}
	target := end.Now.State.Choices.Target
	if end.past != nil || target == nil {
		return nil, nil // through, or not to be seen: that is said elsewhere
	}
	for _, m := range list {
		if slices.ContainsFunc(m.UsedTargets, func(r steps.Ref) bool { return r.GUID == target.GUID }) {
			return &m, nil
		}
	}
	return nil, nil
}

// writtenTo says why the plan's target cannot be used.
func writtenTo(pl plan.Plan, by *steps.JournalSummary) *plan.OpenError {
	q := &steps.Question{ID: steps.QuestionTarget, Step: steps.Databases, Title: "Which service instance is the target?"}
	return plan.Open(q, plan.KeyTargetInstance, plan.TargetUsed, pl.Target.Instance, by.Ended.How)
}
