package unattended

import (
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// TestACompletedFinalizationIsKnownWithoutItsKey: after COMPLETED the target's key is
// deleted, as the contract wants it, and the service does not find the migration any more.
func TestACompletedFinalizationIsKnownWithoutItsKey(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 0, 41, 0, 0, time.UTC)
	s, _ := steps.Apply(steps.New(), steps.Event{At: at, Is: steps.Resumed{
		Choices: steps.Choices{
			Where: &steps.Where{API: "https://api.example"}, Source: &steps.Ref{GUID: "i1", Name: "orders-db"}, Target: &steps.Ref{GUID: "i2", Name: "orders-new"},
			SourceKey: &steps.KeyChoice{Name: "k"}, TargetKey: &steps.KeyChoice{Name: "k"},
		},
		History: steps.History{{At: at, Kind: steps.MomentFinalization, Status: steps.Completed, Round: 1}},
	}})
	for _, side := range []steps.Side{steps.Source, steps.Target} {
		s, _ = steps.Apply(s, steps.Event{At: at.Add(time.Hour), Is: steps.SawKeys{Observation: steps.Observation{Asked: s.Sequence()}, Side: side}})
	}
	r, err := Finalization.result(StepEnd{Now: engine.Snapshot{State: s}}, plan.Plan{}, false, 0)
	if err != nil || r.Known || r.Status != steps.Completed || r.LastSeen == nil || !r.LastSeen.Equal(at) || !strings.Contains(r.Says, "COMPLETED at 2026-11-22T00:41:00Z; cannot be asked any more") {
		t.Errorf("%+v, %v", r, err)
	}
}
