package engine_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/steps"
)

// TestWritersToTheTarget: who can write to the target stands in the census with its side,
// and keeps the finalization locked. One that is started in mid-finalization raises an alarm
// within one poll; after COMPLETED it is started where it was.
func TestWritersToTheTarget(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStageAt(t, 1, sandbox.Config{Scenario: "target-writer"})
		now, q := s.follow("stop-writers")
		var lines []string
		for _, w := range steps.Census(now.State) {
			if w.Side != steps.Source {
				lines = append(lines, string(w.Side)+" "+w.Handle()+" "+string(w.Fate))
			}
		}
		slices.Sort(lines)
		want := []string{"target app:orders-preview stop", "target key:preview decide", "target mention:orders-probe decide"}
		if !slices.Equal(lines, want) {
			t.Fatalf("lines:\n%s", strings.Join(lines, "\n"))
		}
		s.choose(q, "stop")
		_, q = s.await()
		for range 3 { // the key, the scheduler, the environment
			if q.ID != "stop-writers" {
				t.Fatalf("asks %s with open lines", q.ID)
			}
			s.choose(q, "waive")
			_, q = s.await()
		}
		if q.ID != "finalize" || s.app("orders-preview").State != "STOPPED" {
			t.Fatalf("asks %s, orders-preview is %s", q.ID, s.app("orders-preview").State)
		}
		s.choose(q, "finalize")
		now, q = s.await()
		alarms := steps.Alarms(now.State)
		wrote := slices.DeleteFunc(s.Landscape.Truth().Migrations[0].TargetWrites, func(x sandbox.LostWrites) bool { return x.App != "orders-preview" })
		const poll = 3*time.Second + time.Second
		if q.ID != "stop-writers" || len(alarms) != 1 || len(wrote) != 2 || alarms[0].Side != steps.Target || alarms[0].Since.Sub(wrote[1].Since) > poll {
			t.Fatalf("asks %s, alarms %+v, truth %+v", q.ID, alarms, wrote)
		}
		s.choose(q, "stop")
		now, _ = s.follow("switch")
		if open := steps.LossAlarms(now.State); len(open) != 1 || open[0].Until.IsZero() {
			t.Errorf("after COMPLETED: %+v", open)
		}
		if all := steps.Census(now.State); slices.ContainsFunc(all, func(w steps.Writer) bool { return w.Side != steps.Source }) {
			t.Errorf("after COMPLETED the target may be written to, and the census has %+v", all)
		}
		s.follow("alarm")
		a := s.app("orders-preview")
		if a.State != "STARTED" || len(a.Bindings) != 1 || a.Bindings[0].Name != "db" || s.count("DELETE", "/v3/service_credential_bindings") > 3 {
			t.Errorf("orders-preview is %+v", a)
		}
	})
}

// TestGreenGoesFirst: the application that waits on the target is started before any other
// is moved, and its binding is the one that it had.
func TestGreenGoesFirst(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "blue-green")
		now, q := s.follow("switch")
		green := s.app("orders-api-green")
		if green.State != "STOPPED" || q.Recommended != steps.OptionGreen || len(steps.Alarms(now.State)) != 0 {
			t.Fatalf("%+v, asks %+v", green, q)
		}
		binds := s.count("POST", "/v3/service_credential_bindings")
		s.choose(q, steps.OptionGreen)
		_, q = s.await()
		if green = s.app("orders-api-green"); q.ID != steps.QuestionCanary || green.State != "STARTED" || green.Running != 3 {
			t.Fatalf("asks %s, %+v", q.ID, green)
		}
		if n := s.count("POST", "/v3/service_credential_bindings"); n != binds || s.app("orders-api").State != "STOPPED" {
			t.Errorf("%d bindings made before the word, orders-api %s", n-binds, s.app("orders-api").State)
		}
		s.choose(q, steps.OptionLeave)
		_, q = s.await()
		if blue := s.app("orders-api"); q.ID != steps.QuestionValidate || blue.State != "STOPPED" || blue.Bindings[0].Instance == "orders-hyperscaler" {
			t.Errorf("asks %s, blue is %+v", q.ID, blue)
		}
	})
}

// TestBothSidesCostNoMoreThanTheirOwn: the target is looked for in the lists that are read
// for the source; beside them it takes whom it is shared with, and once its address.
func TestBothSidesCostNoMoreThanTheirOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "blue-green")
		state := s.at("replicate")
		requests := func(state steps.State, see steps.Observable) int {
			before := len(s.Landscape.Requests())
			if _, err := s.Engine.Look(t.Context(), state, see); err != nil {
				t.Fatal(err)
			}
			return len(s.Landscape.Requests()) - before
		}
		alone := state
		alone.Choices.Target, alone.Choices.TargetKey = nil, nil
		for _, see := range []steps.Observable{steps.ObserveElsewhere, steps.ObserveApps} {
			requests(state, see) // what is read once
			requests(alone, see)
			if both, one := requests(state, see), requests(alone, see); both > one+1 {
				t.Errorf("%s: %d requests for both, %d for the source", see, both, one)
			}
		}
	})
}
