package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

func TestApplicationsAreBroughtOverAsThePlanSays(t *testing.T) {
	t.Parallel()
	s := under()
	memory := func(guid, name, state string) steps.AppMemory {
		return steps.AppMemory{Ref: steps.Ref{GUID: guid, Name: name}, State: state}
	}
	s.Choices.Memory = []steps.AppMemory{memory("a1", "api", steps.Started), memory("a2", "worker", steps.Started), memory("a3", "admin", steps.Stopped)}
	running := []steps.Choice{{ID: "a1", Label: "api"}, {ID: "a2", Label: "worker"}}
	q := &steps.Question{ID: "switch", Step: steps.Switch, Options: []steps.Option{{ID: "switch", Undo: steps.UndoWork}, {ID: "arrange", Undo: steps.UndoWork, Fields: []steps.Field{
		{ID: "canary", Kind: steps.FieldOne, Default: "none", Choices: append([]steps.Choice{{ID: "none"}}, running...)},
		{ID: "restage", Kind: steps.FieldMany, Optional: true, Choices: running},
		{ID: "order", Kind: steps.FieldMany, Optional: true, Choices: running},
		{ID: "start", Kind: steps.FieldMany, Optional: true, Choices: []steps.Choice{{ID: "a9", Label: "stranger"}}},
	}}}}
	for _, c := range []struct {
		sw   plan.Switch
		want string
	}{
		{plan.Switch{How: plan.Restart}, " [] [] []"},
		{plan.Switch{How: plan.Restart, Canary: "worker", Order: []string{"worker", "admin", "api"}, Restage: []string{"api", "admin"}}, "a2 [a1] [a2 a1] []"},
		{plan.Switch{How: plan.Restage}, "none [a1 a2] [] []"},
	} {
		p := whole(t)
		p.Switch = c.sw
		a, err := p.Answer(q, s)
		got := fmt.Sprint(a.Value("canary"), " ", a.Values["restage"], a.Values["order"], a.Values["start"])
		if got = strings.ReplaceAll(got, "][", "] ["); err != nil || got != c.want || destructive(q, a) {
			t.Errorf("%+v: %s, %v", c.sw, got, err)
		}
	}
	p := whole(t)
	p.Switch.Canary = "admin"
	_, err := p.Answer(q, s)
	wantOpen(t, err, "switch.canary", "does not run")
}

// TestPatience counts from the last start, and ends.
func TestPatience(t *testing.T) {
	t.Parallel()
	s := under()
	q := &steps.Question{ID: "switch.ill", Step: steps.Switch, Title: "api does not run.", Options: []steps.Option{{ID: "wait", Wait: true}, {ID: "back-out", Undo: steps.UndoNever}}}
	p := whole(t)
	p.OnFailure, p.Switch.Patience = plan.FailureStop, 10*time.Minute
	s.Choices.Switch = &steps.SwitchChoice{Consent: steps.Consent{At: s.At.Add(-time.Hour)}}
	if _, err := p.Answer(q, s); !isStop(err, "on-failure") {
		t.Errorf("where nothing was started for an hour: %v", err)
	}
	s.History = []steps.Moment{{At: s.At.Add(-10 * time.Minute), Kind: steps.MomentApp, Status: "started", Round: 1}, {At: s.At.Add(-9 * time.Minute), Kind: steps.MomentApp, Status: "started", Round: 1}}
	if a, err := p.Answer(q, s); err != nil || a.Option != "wait" {
		t.Errorf("after nine minutes: %+v, %v", a, err)
	}
	s.At = s.At.Add(time.Minute)
	if _, err := p.Answer(q, s); !isStop(err, "on-failure") {
		t.Errorf("after ten minutes: %v", err)
	}
	p.OnFailure = plan.FailureBackOut
	if a, err := p.Answer(q, s); err != nil || a.Option != "back-out" {
		t.Errorf("after ten minutes: %+v, %v", a, err)
	}
}

func TestSickApplicationsAreNotTakenAsWorking(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: "validate", Step: steps.Validate, Options: []steps.Option{{ID: "yes"}}}
	s := under()
	s.Facts.Apps = []steps.App{{Ref: steps.Ref{Name: "orders-api"}, Target: steps.Bindings{{}}, Healthy: steps.Yes}}
	if _, err := whole(t).Answer(q, s); err != nil {
		t.Error(err)
	}
	s.Facts.Apps[0].Healthy, s.Facts.Apps[0].Ailment = steps.No, "1 of 3 instances has crashed"
	_, err := whole(t).Answer(q, s)
	wantOpen(t, err, "", "1 of 3 instances has crashed")
}
