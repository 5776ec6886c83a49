package engine_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// TestForgottenWriters: one writer of each kind gives exactly that many lines,
// and the finalization is out of reach until each is settled.
func TestForgottenWriters(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "forgotten-writer")
		now, q := s.follow("stop-writers")
		var lines []string
		for _, w := range steps.Census(now.State) {
			lines = append(lines, string(w.Kind)+" "+w.Name+" "+string(w.Fate))
		}
		slices.Sort(lines)
		want := []string{
			"app orders-admin stopped", "app orders-api stop", "app orders-report stop", "app orders-worker stop",
			"key reporting decide", "mention orders-board decide", "mention orders-direct decide",
			"scheduler nightly-jobs decide", "task backfill cancel",
		}
		if !slices.Equal(lines, want) {
			t.Fatalf("lines:\n%s", strings.Join(lines, "\n"))
		}
		s.choose(q, "stop")
		now, q = s.await()
		if q.ID != "stop-writers" {
			t.Fatalf("asks %s with open lines", q.ID)
		}
		truth := s.Landscape.Truth()
		for _, space := range truth.Spaces {
			for _, a := range space.Apps {
				bound := slices.ContainsFunc(a.Bindings, func(b sandbox.BindingTruth) bool { return b.Instance == "orders-db" })
				if bound && (a.State != "STOPPED" || len(a.Tasks) > 0) {
					t.Errorf("%s in %s is %s, tasks %v", a.Name, space.Name, a.State, a.Tasks)
				}
			}
		}
		for range 4 { // each by itself
			s.choose(q, "waive")
			now, q = s.await()
		}
		if q.ID != "finalize" {
			t.Fatalf("asks %s: %+v", q.ID, steps.Census(now.State))
		}
		now, _ = s.follow("")
		if now.State.Choices.Ended == nil || now.State.Choices.Ended.How != steps.EndCompleted {
			t.Fatalf("ended %+v", now.State.Choices.Ended)
		}
		dev, _ := s.Landscape.Truth().Space("acme", "dev")
		report, _ := dev.App("orders-report")
		if report.State != "STARTED" || len(report.Bindings) != 1 || report.Bindings[0].Instance != "orders-hyperscaler" {
			t.Errorf("the application in the other space is %+v", report)
		}
	})
}

// TestAWriterThatComesBackIsNoticedAtTheNextLook: a pipeline starts an
// application in mid-finalization. The alarm is there within one poll, and the
// interval in the record covers the time in which writes were lost.
func TestAWriterThatComesBackIsNoticedAtTheNextLook(t *testing.T) {
	plainly(t)
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStageAt(t, 1, sandbox.Config{Scenario: "comes-back"})
		_, q := s.follow("finalize")
		s.choose(q, "finalize")
		now, q := s.await()
		if q.ID != "stop-writers" || q.Tone != steps.Bad {
			t.Fatalf("asks %+v", q)
		}
		alarms := steps.Alarms(now.State)
		lost := s.Landscape.Truth().Migrations[0].LostWrites
		const poll = 3*time.Second + time.Second
		if len(alarms) != 1 || len(lost) != 1 || alarms[0].Name != "orders-worker" || alarms[0].Since.Sub(lost[0].Since) > poll {
			t.Fatalf("alarms %+v, truth %+v", alarms, lost)
		}
		s.choose(q, "stop")
		now, _ = s.follow("")
		alarm := steps.Alarms(now.State)[0]
		lost = s.Landscape.Truth().Migrations[0].LostWrites
		if alarm.Until.IsZero() || alarm.Until.Before(lost[0].Until) || alarm.Until.Sub(lost[0].Until) > poll {
			t.Errorf("alarm until %s, writes were lost until %s", alarm.Until, lost[0].Until)
		}
	})
}

// TestManyApplications: sixty applications are brought over a few at a time, the
// chosen ones first, and each is as it was.
func TestManyApplications(t *testing.T) {
	plainly(t)
	synctest.Test(t, func(t *testing.T) {
		s := newStageAt(t, enginetest.Seldom/2, sandbox.Config{Scenario: "many-apps", Seed: 7})
		before, _ := s.Landscape.Truth().Space("acme", "prod")
		now, q := s.follow("switch")
		a, _ := q.Complete("arrange", "")
		var order []string
		for _, m := range now.State.Choices.Memory {
			if m.State == steps.Started && strings.HasPrefix(m.Name, "delivery") {
				order = append(order, m.GUID)
			}
		}
		a.Values["order"] = order
		s.Engine.Answer(a, secret.Text{})
		most := 0
		for range 10_000 {
			synctest.Wait()
			now = s.Engine.Snapshot()
			flying := 0
			for _, w := range now.State.Work {
				if w.Status == steps.InFlight {
					flying++
				}
			}
			most = max(most, flying)
			if steps.Current(now.State) != steps.Switch {
				break
			}
			time.Sleep(time.Second)
		}
		if most < 2 || most > 4 {
			t.Errorf("%d at once", most)
		}
		var started []string
		for _, m := range now.State.History {
			if m.Kind == steps.MomentApp && m.Status == "started" {
				started = append(started, m.ID)
			}
		}
		// While one of the first waits for the platform another takes its turn, so
		// that the order is one of the whole, not of each neighbour.
		first := 0
		for _, guid := range started[:len(started)/2] {
			if slices.Contains(order, guid) {
				first++
			}
		}
		if !slices.Contains(order, started[0]) || first != len(order) {
			t.Errorf("%d of the %d that go first were among the first half of %d", first, len(order), len(started))
		}
		after, _ := s.Landscape.Truth().Space("acme", "prod")
		for _, was := range before.Apps {
			is, _ := after.App(was.Name)
			for i := range was.Bindings {
				if was.Bindings[i].Instance == "orders-db" {
					was.Bindings[i].Instance = "orders-hyperscaler"
				}
			}
			byInstance := func(a, b sandbox.BindingTruth) int { return strings.Compare(a.Instance, b.Instance) }
			slices.SortFunc(was.Bindings, byInstance)
			slices.SortFunc(is.Bindings, byInstance)
			if is.State != was.State || is.Instances != was.Instances || len(is.Bindings) != len(was.Bindings) {
				t.Fatalf("%s is %+v, was %+v", was.Name, is, was)
			}
			for i, b := range was.Bindings {
				if c := is.Bindings[i]; c.Instance != b.Instance || c.Name != b.Name || len(c.Parameters) != len(b.Parameters) {
					t.Errorf("%s: binding %+v, was %+v", was.Name, c, b)
				}
			}
		}
	})
}

// TestTheForecastHolds: over twenty landscapes that differ by chance, what the
// downtime was lies in the range that was said before it, at least sixteen times.
func TestTheForecastHolds(t *testing.T) {
	plainly(t)
	held := make([]bool, 20)
	t.Run("runs", func(t *testing.T) {
		for i := range held {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					// The last is the one that nobody foresees.
					scenario := []string{"good-day", "gcp", "critical-findings", "good-day", "cut-over-late"}[i%5]
					s := newStageAt(t, enginetest.Seldom/2, sandbox.Config{Scenario: scenario, Seed: uint64(i) + 1}) //nolint:gosec // small
					_, q := s.follow("stop-writers")
					s.choose(q, q.Recommended) // the waiver
					now, _ := s.follow("validate")
					low, high := now.State.Choices.Stop.Forecast.Total()
					down := steps.LastDowntime(now.State)
					actual := down.End.Sub(down.Begin)
					held[i] = !down.End.IsZero() && low <= actual && actual <= high
					t.Logf("%s %d: %s in %s to %s", scenario, i, actual, low, high)
				})
			})
		}
	})
	n := 0
	for _, h := range held {
		if h {
			n++
		}
	}
	if n < 16 {
		t.Errorf("only %d of %d", n, len(held))
	}
	t.Logf("%d of %d", n, len(held))
}

// plainly leaves a long test to the run without the race detector: make test
// has both.
func plainly(t *testing.T) {
	t.Helper()
	if underRace {
		t.Skip("runs without the race detector")
	}
}
