package plan_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// TestAPlanSettlesTheTargetToo: writers to the target are named like others. The run ends
// before the downtime where one is left, goes to the end where each is waived or stopped,
// and ends with a question over the alarm.
func TestAPlanSettlesTheTargetToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "target-writer")
		p := s.plan(plan.CleanedUp)
		now, err := s.follow(p)
		wantOpen(t, err, "waive", "key:preview")
		if now.Choices.Stop != nil || s.state("orders-preview") != "STARTED" {
			t.Errorf("stopped %+v, orders-preview %s", now.Choices.Stop, s.state("orders-preview"))
		}
		p.Waive = append(p.Waive, plan.Waiver{Writer: "key:preview", Reason: "nobody has it"}, plan.Waiver{Writer: "mention:orders-probe", Reason: "reads only"})
		now, err = s.follow(p)
		wantOpen(t, err, "", "orders-preview could write to the target")
		if !plan.Switched.Reached(now) || s.state("orders-preview") != "STARTED" || len(steps.LossAlarms(now)) != 1 {
			t.Errorf("%v, orders-preview %s, alarms %+v", s.asked, s.state("orders-preview"), steps.LossAlarms(now))
		}
		if saved := plan.FromState(now); !slices.Contains(saved.Waive, plan.Waiver{Writer: "key:preview", Reason: "nobody has it"}) {
			t.Errorf("the plan of the run waives %+v", saved.Waive)
		}
	})
}

// TestGreenByPlan: what the plan names as green is started first, and the others follow or
// stay; what it does not name stays stopped.
func TestGreenByPlan(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	for _, c := range []struct {
		sw          plan.Switch
		green, blue string
	}{
		{plan.Switch{Green: []string{"orders-api-green"}}, "STARTED", "STARTED"},
		{plan.Switch{Green: []string{"orders-api-green"}, Blue: plan.BlueStay}, "STARTED", "STOPPED"},
		{plan.Switch{}, "STOPPED", "STARTED"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, "blue-green")
			p := s.plan(plan.Switched)
			p.Switch.Green, p.Switch.Blue = c.sw.Green, c.sw.Blue
			now, err := s.follow(p)
			if !plan.Switched.Reached(now) || s.state("orders-api-green") != c.green || s.state("orders-api") != c.blue {
				t.Fatalf("%+v: %v; %v; green %s, blue %s", c.sw, err, s.asked, s.state("orders-api-green"), s.state("orders-api"))
			}
			var started []string
			for _, m := range now.History {
				if m.Is(steps.MomentApp, steps.AppStarted) {
					started = append(started, m.Object)
				}
			}
			if c.green == "STARTED" && started[0] != "orders-api-green" || len(steps.Alarms(now)) > 0 {
				t.Errorf("started %v, alarms %+v", started, steps.Alarms(now))
			}
			if saved := plan.FromState(now).Switch; !slices.Equal(saved.Green, c.sw.Green) || saved.Blue == plan.BlueStay != (c.sw.Blue == plan.BlueStay) {
				t.Errorf("the plan of the run says %+v", saved)
			}
		})
	}
}

// TestGreenHasToBeThere is said before the downtime.
func TestGreenHasToBeThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "blue-green")
		p := s.plan(plan.Switched)
		p.Switch.Green = []string{"orders-api"}
		now, err := s.follow(p)
		wantOpen(t, err, "switch.green", "no application orders-api is bound to the target")
		if now.Choices.Stop != nil {
			t.Error("the downtime has begun")
		}
	})
	_, err := plan.Parse([]byte("org: a\nspace: b\nsource: {instance: c}\ntarget: {instance: d}\nuntil: switched\nswitch: {blue: stay}\n"))
	if err == nil || !strings.Contains(err.Error(), "switch.green") {
		t.Errorf("blue stays, and nobody is green: %v", err)
	}
}

func (s *stage) state(app string) string {
	a, _ := s.space().App(app)
	return a.State
}
