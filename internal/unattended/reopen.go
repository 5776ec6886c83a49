package unattended

import (
	"cmp"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// reopening looks at the record of a migration that has ended. Where the plan now
// wants something gone that was left, the configuration that is returned takes the
// migration up again for it, and left says what.
func reopening(pl plan.Plan, cfg engine.Config, was *steps.JournalSummary) (again engine.Config, left []string, s steps.State, err error) {
	if was == nil || was.Ended == nil {
		return cfg, nil, steps.State{}, nil
	}
	if s, err = engine.LoadMigration(cfg.StateDir, was.ID); err != nil {
		return cfg, nil, s, err
	}
	if left = pl.Leftovers(s); len(left) > 0 {
		cfg.Resume, cfg.API, cfg.Reopen = was.ID, cmp.Or(cfg.API, was.API), true
	}
	return cfg, left, s, nil
}

// Reopened is reopening for a one-line command, which finds the record itself.
func Reopened(pl plan.Plan, cfg engine.Config) (engine.Config, error) {
	was, err := Remembered(pl, cfg)
	if err != nil {
		return cfg, err
	}
	cfg, _, _, err = reopening(pl, cfg, was)
	return cfg, err
}
