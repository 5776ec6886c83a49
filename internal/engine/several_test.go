package engine_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/steps"
)

func (s *stage) app(name string) sandbox.AppTruth {
	s.t.Helper()
	prod, _ := s.Landscape.Truth().Space("acme", "prod")
	a, there := prod.App(name)
	if !there {
		s.t.Fatalf("no application %s", name)
	}
	return a
}

func boundTo(a sandbox.AppTruth, instance string) (list []sandbox.BindingTruth) {
	for _, b := range a.Bindings {
		if b.Instance == instance {
			list = append(list, b)
		}
	}
	return list
}

// TestApplicationsBoundTwice: all bindings to the source go before an application is
// started, and the target's is made like the newest.
func TestApplicationsBoundTwice(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "bound-twice")
		now, _ := s.follow("validate")
		for app, params := range map[string]int{"orders-api": 20, "orders-worker": 10} {
			a := s.app(app)
			target := boundTo(a, "orders-hyperscaler")
			if len(boundTo(a, "orders-db")) != 0 || len(target) != 1 || target[0].Parameters["pool_size"] != float64(params) || slices.Contains(a.UsesNow, "orders-db") || a.Running == 0 {
				t.Errorf("%s: %+v, running with %v", app, a.Bindings, a.UsesNow)
			}
		}
		for _, m := range now.State.Choices.Memory {
			if twice := m.Name != "orders-admin"; twice != (len(m.Older) == 1) {
				t.Errorf("%s is remembered with %d older bindings", m.Name, len(m.Older))
			}
		}
		// No application was started while it could still get the source.
		source := map[string]int{}
		for _, r := range s.Landscape.Requests() {
			if r.Method == "DELETE" && strings.HasPrefix(r.Path, "/v3/service_credential_bindings/") {
				source["gone"]++
			}
			if r.Method == "POST" && strings.HasSuffix(r.Path, "/actions/start") {
				source["starts"]++
			}
		}
		if source["gone"] != 5 || source["starts"] != 2 {
			t.Errorf("%v", source)
		}
		s.follow("")
		if losses := s.Landscape.Truth().Migrations[0].LostWrites; len(losses) != 0 {
			t.Errorf("lost: %+v", losses)
		}
	})
}

// TestAnApplicationThatIsNotReady is asked about, and is no proof.
func TestAnApplicationThatIsNotReady(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "not-ready")
		now, q := s.follow("switch.ill")
		if q == nil || q.ID != steps.QuestionSwitchIll || !strings.Contains(q.Title, "not ready") {
			t.Fatalf("asks %+v", q)
		}
		worker := appNamed(t, now.State.Facts.Apps, "orders-worker")
		if worker.Healthy != steps.No || !worker.NotReady || worker.Ailment != "web: 0 of 1 ready (1 running, not ready)" {
			t.Errorf("%+v", worker)
		}
	})
}

// TestAnAddressThatIsNotUnderstoodIsAnOpenLine, and stops nothing else.
func TestAnAddressThatIsNotUnderstoodIsAnOpenLine(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	for card, unseen := range map[string]int{
		"GET /v3/service_credential_bindings/*/details field name=credentials value='{\"hostname\":\"fd00::1\",\"username\":\"u\",\"uri\":\"postgres://u:p@[fd00::1]:5432/d\"}'": 0,
		"GET /v3/service_credential_bindings/*/details field name=credentials value='{\"username\":\"u\",\"uri\":\"db\"}'":                                                       2, // of source and target
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, "good-day", card)
			now, _ := s.follow("stop-writers")
			var lines []string
			for _, w := range steps.Census(now.State) {
				if w.Kind == steps.WriterUnseen {
					lines = append(lines, w.What)
				}
			}
			if len(lines) != unseen || len(now.State.Facts.Apps) != 3 {
				t.Errorf("%v, %d applications", lines, len(now.State.Facts.Apps))
			}
		})
	}
}
