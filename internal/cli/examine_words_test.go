package cli

import (
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/steps"
)

// TestWhatIsNotSoIsSaidInWords: never as a value of the program's.
func TestWhatIsNotSoIsSaidInWords(t *testing.T) {
	t.Parallel()
	space := func(apps []sandbox.AppTruth, instances ...sandbox.InstanceTruth) sandbox.Truth {
		return sandbox.Truth{Spaces: []sandbox.SpaceTruth{{Org: "acme", Name: "prod", Instances: instances, Apps: apps}}}
	}
	names := steps.Names{Org: "acme", Space: "prod", SourceInstance: "orders-db", TargetInstance: "orders-hyperscaler"}
	before := space([]sandbox.AppTruth{
		{Name: "api", State: "STARTED", Instances: 2, Bindings: []sandbox.BindingTruth{{Instance: "orders-db"}}},
		{Name: "worker", State: "STARTED", Instances: 1, Bindings: []sandbox.BindingTruth{{Instance: "orders-db"}}},
	}, sandbox.InstanceTruth{Name: "orders-db"}, sandbox.InstanceTruth{Name: "orders-hyperscaler"})
	after := space([]sandbox.AppTruth{
		{Name: "api", State: "STOPPED", Instances: 2, Bindings: []sandbox.BindingTruth{{Instance: "orders-hyperscaler", Name: "db"}}},
	}, sandbox.InstanceTruth{Name: "orders-db"}, sandbox.InstanceTruth{Name: "orders-hyperscaler", Keys: []sandbox.KeyTruth{{Name: "left"}}})
	after.Migrations = []sandbox.MigrationTruth{{
		Source: "orders-db", Target: "orders-hyperscaler", Replication: sandbox.RunTruth{Status: "COMPLETED"}, Finalization: &sandbox.RunTruth{Status: "COMPLETED"},
		LostWrites: []sandbox.LostWrites{{App: "worker", Via: "binding", Since: time.Unix(0, 0).UTC()}},
	}}
	text := ""
	for _, how := range []string{steps.EndCompleted, steps.EndBackedOut} {
		for _, s := range examine(names, how, false, before, after) {
			text += s.String() + "\n"
		}
	}
	if strings.ContainsAny(text, "{}[]") || strings.Contains(text, "0x") || strings.Contains(text, "<nil>") {
		t.Error(text)
	}
	for _, want := range []string{
		"it is STOPPED, 0 of 2 instances running, bound to orders-hyperscaler as db", "it is gone", "the keys left", "lost are writes of worker (binding) since 00:00:00",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said:\n%s", want, text)
		}
	}
}
