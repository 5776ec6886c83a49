package plan_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// TestForgottenWriters: what the plan does not name stops the run before the
// downtime, and says what to write; with that, it goes through to the end.
func TestForgottenWriters(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "forgotten-writer")
		before := s.apps()
		p := s.plan(plan.CleanedUp)
		now, err := s.follow(p)
		open, ok := errors.AsType[*plan.OpenError](err)
		if !ok || open.Question.ID != "stop-writers" || open.Key != "waive" {
			t.Fatalf("%v", err)
		}
		if diff := cmp.Diff(before, s.apps()); diff != "" || now.Choices.Stop != nil {
			t.Errorf("something was stopped:\n%s", diff)
		}
		for i, m := range regexp.MustCompile(`writer: "([^"]+)"`).FindAllStringSubmatch(open.Message, -1) {
			p.Waive = append(p.Waive, plan.Waiver{Writer: m[1], Reason: []string{"off tonight", "reads only"}[i%2]})
		}
		p.CleanUp = plan.CleanUp{TargetKey: plan.Delete, SourceKeys: plan.Keep, Bindings: plan.Delete, Shares: plan.Delete, SourceInstance: plan.Later}
		_, err = s.follow(p)
		for _, name := range []string{"orders-direct", "orders-board", "reporting", "backfill", "nightly-jobs", "create the roles"} {
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Fatalf("nobody says that %s is open: %v", name, err)
			}
		}
		if source, _ := s.space().Instance("orders-db"); len(source.SharedTo) == 0 {
			t.Error("a share was ended while things are open")
		}
		p.Closed = wordsOn(t, err)
		now, err = s.follow(p)
		if n := len(now.Choices.Closed); n != len(p.Closed) {
			t.Errorf("%d words, %d in the record", len(p.Closed), n)
		}
		later, ok := errors.AsType[*plan.StopError](err)
		if !ok || later.Failure || later.Question.ID != "clean-up.source-instance" {
			t.Fatalf("%v; %v", err, s.asked)
		}
		got := plan.FromState(now)
		byWriter := func(a, b plan.Waiver) int { return strings.Compare(a.Writer, b.Writer) }
		slices.SortFunc(got.Waive, byWriter)
		slices.SortFunc(p.Waive, byWriter)
		if diff := cmp.Diff(p.Waive, got.Waive); diff != "" || len(p.Waive) != 4 {
			t.Errorf("%d waivers, and the plan of the run has others:\n%s", len(p.Waive), diff)
		}
		dev, _ := s.Landscape.Truth().Space("acme", "dev")
		report, _ := dev.App("orders-report")
		if report.State != steps.Started || len(report.Bindings) != 1 || report.Bindings[0].Instance != s.Landscape.Info().Target {
			t.Errorf("the application in the other space is %+v", report)
		}
		source, _ := s.space().Instance("orders-db")
		if len(source.Keys) != 2 || len(source.SharedTo) > 0 {
			t.Errorf("the source is %+v", source)
		}

		// A later word, a week after: the keys that stayed have to go first.
		p.CleanUp.SourceKeys, p.CleanUp.SourceInstance = plan.Delete, plan.Delete
		if now, err = s.follow(p); err != nil || now.Choices.Ended.How != steps.EndCompleted {
			t.Fatalf("%v, ended %+v; %v", err, now.Choices.Ended, s.asked)
		}
		if _, there := s.space().Instance("orders-db"); there {
			t.Error("the source is still there")
		}
	})
}

// wordsOn has a word on everything that kept a plan from deleting, as the message says.
func wordsOn(t *testing.T, err error) []plan.Closed {
	t.Helper()
	open, ok := errors.AsType[*plan.OpenError](err)
	if !ok || open.Reason != plan.ItemsOpen || open.Key != plan.KeyClosed {
		t.Fatalf("nothing is open: %v", err)
	}
	var words []plan.Closed
	for _, m := range regexp.MustCompile(`item: "([^"]+)"`).FindAllStringSubmatch(open.Message, -1) {
		words = append(words, plan.Closed{Item: m[1], By: "Dana", Reason: "done"})
	}
	return words
}

// TestManyApplicationsInOrder: the canary goes alone, and behind it wait those
// that the plan names, in its order. What does not run needs no place.
func TestManyApplicationsInOrder(t *testing.T) {
	plainly(t)
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "many-apps")
		p := s.plan(plan.Completed)
		p.Switch.Canary, p.Switch.Order, p.Switch.Restage = "orders-api", []string{"orders-api", "returns-01", "delivery-01", "basket-01"}, []string{"returns-01"}
		now, err := s.follow(p)
		if open, ok := errors.AsType[*plan.OpenError](err); !ok || open.Question.ID != "switch" || !plan.Completed.Reached(now) {
			t.Fatalf("%v; %v", err, s.asked)
		}
		p.Until = plan.Switched
		a, err := p.Answer(steps.Ask(now), now)
		if err != nil {
			t.Fatal(err)
		}
		s.give(a)
		now, q := s.await()
		if q.ID != "canary" || len(now.Choices.Memory) < 50 {
			t.Fatalf("asks %s of %d applications", q.ID, len(now.Choices.Memory))
		}
		for _, app := range s.space().Apps {
			for _, b := range app.Bindings {
				if b.Instance == s.Landscape.Info().Target && app.Name != p.Switch.Canary {
					t.Errorf("%s is on the target already", app.Name)
				}
			}
		}
		p.Switch.Order = slices.Delete(p.Switch.Order, 2, 3)
		got := plan.FromState(now)
		if got.Switch.Canary != p.Switch.Canary || !slices.Equal(got.Switch.Order, p.Switch.Order) || !slices.Equal(got.Switch.Restage, p.Switch.Restage) {
			t.Errorf("the plan of the run says %+v", got.Switch)
		}
	})
}

// TestTheCanaryGoesFirst, and the others follow in their order, when it is
// healthy.
func TestTheCanaryGoesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		p := s.plan(plan.Switched)
		p.Switch.Canary, p.Switch.Restage = "orders-worker", []string{"orders-api", "orders-admin"}
		now, err := s.follow(p)
		if !plan.Switched.Reached(now) {
			t.Fatalf("%v; %v", err, s.asked)
		}
		var done []string
		begun := false
		for _, m := range now.History {
			begun = begun || m.Kind == steps.MomentAnswer && m.Object == "switch"
			if begun && (m.Kind == steps.MomentApp && m.Status == "started" || m.Kind == steps.MomentAnswer || strings.HasPrefix(m.Object, "restage")) {
				done = append(done, m.Object)
			}
		}
		if want := []string{"switch", "orders-worker", "canary", "restage orders-api", "orders-api"}; !slices.Equal(done, want) {
			t.Errorf("did %q", done)
		}
	})
}

func TestAWriterComesBackInMidFinalization(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "comes-back")
		now, err := s.follow(s.plan(plan.Switched))
		if !plan.Switched.Reached(now) {
			t.Fatalf("%v; %v", err, s.asked)
		}
		stops := slices.DeleteFunc(slices.Clone(s.asked), func(a string) bool { return a != "stop-writers=stop" })
		if alarms := steps.Alarms(now); len(stops) != 2 || len(alarms) != 1 || alarms[0].Until.IsZero() {
			t.Errorf("stopped %d times, alarms %+v", len(stops), alarms)
		}
	})
}

func TestAtTheDecisionPoint(t *testing.T) {
	plainly(t)
	t.Parallel()
	for _, word := range []plan.OnLate{plan.LateGoOn, plan.LateBackOut} {
		t.Run(string(word), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, "cut-over-late")
				before := s.apps()
				p := s.plan(plan.Switched)
				p.OnLate, p.Stop.DecisionAfter = word, 20*time.Minute
				now, err := s.follow(p)
				late := slices.DeleteFunc(slices.Clone(s.asked), func(a string) bool { return !strings.HasPrefix(a, "decision=") })
				if !slices.Equal(late, []string{"decision=" + string(word)}) {
					t.Errorf("decided %v", late)
				}
				switch {
				case word == plan.LateGoOn:
					if !plan.Switched.Reached(now) {
						t.Errorf("%v", err)
					}
				case err != nil || now.Choices.Ended.How != steps.EndBackedOut:
					t.Errorf("%v, ended %+v", err, now.Choices.Ended)
				default:
					if diff := cmp.Diff(before, s.apps()); diff != "" {
						t.Errorf("the applications are not as they were:\n%s", diff)
					}
					if got := plan.FromState(now); got.OnLate != word || got.Stop.DecisionAfter != 20*time.Minute {
						t.Errorf("the plan of the run says %+v, %s", got.Stop, got.OnLate)
					}
				}
			})
		})
	}
}

// TestAnApplicationThatNeverGetsWell is waited for as long as the plan has
// patience. What others have written to the target by then is not thrown away,
// but where the plan says so.
func TestAnApplicationThatNeverGetsWell(t *testing.T) {
	plainly(t)
	t.Parallel()
	for _, c := range []struct {
		word plan.OnFailure
		says string // empty: it goes back
	}{
		{plan.FailureBackOut, "would lose what was written to the target"},
		{plan.FailureBackOutWithLoss, ""},
	} {
		t.Run(string(c.word), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, "slow-apps")
				before := s.apps()
				p := s.plan(plan.Switched)
				p.OnFailure, p.Switch.Patience = c.word, 15*time.Minute
				now, err := s.follow(p)
				var last time.Time
				for _, m := range now.History {
					if m.Kind == steps.MomentApp && m.Status == "started" {
						last = m.At
					}
				}
				if c.says == "" {
					if err != nil || now.Choices.Ended.How != steps.EndBackedOut {
						t.Fatalf("%v, ended %+v", err, now.Choices.Ended)
					}
					if diff := cmp.Diff(before, s.apps()); diff != "" {
						t.Errorf("the applications are not as they were:\n%s", diff)
					}
					return
				}
				stop, ok := errors.AsType[*plan.StopError](err)
				if !ok || !stop.Failure || stop.Question.ID != "switch.ill" || !strings.Contains(stop.Message, c.says) {
					t.Fatalf("%v", err)
				}
				if waited := now.At.Sub(last); waited < 15*time.Minute || waited > 20*time.Minute {
					t.Errorf("waited %s", waited)
				}
			})
		})
	}
}

// TestNothingIsTakenBackForWantOfALook: where the platform does not tell how the
// applications run, they may well run. No word of a plan brings them back for that, none
// takes them as working, and the source is not deleted.
func TestNothingIsTakenBackForWantOfALook(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	for n, word := range []plan.OnFailure{plan.FailureStop, plan.FailureBackOut, plan.FailureBackOutWithLoss} {
		for m, card := range []string{"403", "503", "field name=resources value=7"} {
			if underRace && n != m {
				continue
			}
			t.Run(string(word)+" "+card[:3], func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newStage(t, "good-day", "GET /v3/processes/*/stats "+card)
					p := s.plan(plan.CleanedUp)
					p.OnFailure, p.CleanUp.SourceInstance = word, plan.Delete
					now, err := s.follow(p)
					open, is := errors.AsType[*plan.OpenError](err)
					if !is || open.Question.ID != steps.QuestionSwitchIll {
						t.Fatalf("%v at %s", err, steps.Current(now))
					}
					for _, a := range s.space().Apps {
						if a.Name == "orders-api" && (a.Running == 0 || !slices.Contains(a.UsesNow, "orders-hyperscaler")) {
							t.Errorf("%+v", a)
						}
					}
					if now.History.Has(1, func(m *steps.Moment) bool { return m.Is(steps.MomentApp, steps.AppHealthy) }) {
						t.Error("the record says that they are healthy")
					}
				})
			})
		}
	}
}

// TestAnApplicationThatIsNotReady is no success, and its source is not deleted.
func TestAnApplicationThatIsNotReady(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day", "GET /v3/processes/*/stats field name=routable value=false")
		p := s.plan(plan.CleanedUp)
		p.CleanUp.SourceInstance = plan.Delete
		now, err := s.follow(p)
		if stop, is := errors.AsType[*plan.StopError](err); !is || stop.Question.ID != steps.QuestionSwitchIll || !strings.Contains(stop.Question.Title, "not ready") {
			t.Fatalf("%v at %s", err, steps.Current(now))
		}
		if !strings.Contains(s.truth(), "orders-db") {
			t.Error("the source is deleted")
		}
	})
}

// TestARunThatFailedElsewhereGoesBack: what the runner finds out by itself has
// the same way back.
func TestARunThatFailedElsewhereGoesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		p := s.plan(plan.InSync)
		now, _ := s.follow(p)
		_, err := p.BackOutAnswer(steps.AskBackOut(now), now)
		if stop, ok := errors.AsType[*plan.StopError](err); !ok || !stop.Failure {
			t.Fatalf("%v", err)
		}
		p.OnFailure = plan.FailureBackOut
		a, err := p.BackOutAnswer(steps.AskBackOut(now), now)
		if err != nil || !destructive(steps.AskBackOut(now), a) {
			t.Fatalf("%+v, %v", a, err)
		}
		s.give(a)
		if now, err = s.follow(p); err != nil || now.Choices.Ended.How != steps.EndBackedOut || now.Facts.Replication.Exists {
			t.Errorf("%v, ended %+v", err, now.Choices.Ended)
		}
	})
}
