package unattended

import (
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// backedOut says what the back-out did that the newest record of a plan's migration has
// ended with; empty: there is none, or it has not ended so.
func (u Runner) backedOut(s steps.State, pl plan.Plan) string {
	m := newestOf(u.Config.StateDir, pl, s.Facts.Session.API)
	if m == nil || m.Ended == nil {
		return ""
	}
	was, err := engine.LoadMigration(u.Config.StateDir, m.ID)
	if err != nil {
		return "" // one that cannot be read tells nothing
	}
	return steps.BackedOut(was)
}

// newestOf is the newest journal of a plan's migration at a landscape; nil: none is here.
func newestOf(stateDir string, pl plan.Plan, api string) *steps.JournalSummary {
	list, _ := engine.Journals(stateDir) // one that cannot be read is not this one
	for _, m := range list {
		if m.API == api && m.Org == pl.Org && m.Space == pl.Space && m.Source == pl.Source.Instance && m.Target == pl.Target.Instance {
			return &m
		}
	}
	return nil
}
