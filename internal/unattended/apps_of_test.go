package unattended

import (
	"strings"
	"testing"

	"pg-migrate-wizard/internal/status"
	"pg-migrate-wizard/steps"
)

// TestApplicationsAsTheyAreTold: how often each is bound, what of that is in force, and
// whether it is ready, for people and programs alike.
func TestApplicationsAsTheyAreTold(t *testing.T) {
	made, stuck := steps.Operation{Type: "create", State: "succeeded"}, steps.Operation{Type: "delete", State: "failed"}
	s := steps.New()
	s.Facts.Apps = []steps.App{
		{Ref: steps.Ref{GUID: "1", Name: "twice"}, State: steps.Started, Source: steps.Bindings{{GUID: "b2", Operation: made}, {GUID: "b1", Operation: made}}},
		{Ref: steps.Ref{GUID: "2", Name: "left"}, State: steps.Started, Healthy: steps.Yes, Source: steps.Bindings{{GUID: "b3", Operation: stuck}}, Target: steps.Bindings{{GUID: "b4", Operation: made}}},
		{Ref: steps.Ref{GUID: "3", Name: "deaf"}, State: steps.Started, Healthy: steps.No, NotReady: true, Ailment: "web: 0 of 1 ready (1 running, not ready)"},
		{Ref: steps.Ref{GUID: "4", Name: "dark"}, State: steps.Started, Ailment: "not known: 403"},
	}
	apps := appsOf(s)
	if a := apps[0]; a.Bindings[steps.Source] != 2 || a.Bindings[steps.Target] != 0 || len(a.BoundTo) != 1 || len(a.NotInForce) != 0 {
		t.Errorf("%+v", a)
	}
	if a := apps[1]; len(a.BoundTo) != 2 || len(a.NotInForce) != 1 || a.NotInForce[0] != "source" {
		t.Errorf("%+v", a)
	}
	if a := apps[2]; !a.NotReady || a.Healthy != steps.No || a.Ailment == "" {
		t.Errorf("%+v", a)
	}
	var table strings.Builder
	status.StepResult{Applications: apps}.Table(&table)
	for _, want := range []string{"source ×2", "source (not in force), target", "not ready", "not known"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, table.String())
		}
	}
}
