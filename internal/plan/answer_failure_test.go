package plan_test

import (
	"errors"
	"testing"
	"time"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

func isStop(err error, key string) bool {
	stop, ok := errors.AsType[*plan.StopError](err)
	return ok && stop.Key == key && stop.Failure && stop.Question != nil
}

// TestFailedRequestsAreTriedAgainSomeTimes, with time between the tries.
func TestFailedRequestsAreTriedAgainSomeTimes(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: "open-access.failed", Title: "Could not.", Step: steps.OpenAccess, Recommended: "retry", Options: []steps.Option{{ID: "retry"}, {ID: "back"}}}
	s := under()
	e := steps.Effect{Do: steps.DoOpenAccess, Instance: *s.Choices.Source, Round: 1}
	fail := func(at time.Time) {
		s.History = append(s.History, steps.Moment{At: at, Kind: steps.MomentEffect, ID: e.ID(), Verb: e.Do, Status: "failed", Round: 1})
	}
	for range 5 {
		fail(s.At.Add(-2 * time.Hour)) // long ago
	}
	p := whole(t)
	for _, pause := range []time.Duration{5 * time.Second, 20 * time.Second} {
		fail(s.At)
		s.Work[e.ID()] = steps.Work{Effect: e, Status: steps.GoneWrong, At: s.At}
		_, err := p.Answer(q, s)
		if later, ok := errors.AsType[*plan.LaterError](err); !ok || !later.At.Equal(s.At.Add(pause)) {
			t.Fatalf("at once: %v", err)
		}
		s.At = s.At.Add(pause)
		if a, err := p.Answer(q, s); err != nil || a.Option != "retry" {
			t.Errorf("after %v: %+v, %v", pause, a, err)
		}
	}
	fail(s.At)
	if _, err := p.Answer(q, s); !isStop(err, "on-failure") {
		t.Errorf("after three failures: %v", err)
	}
}

// TestNothingIsDestroyedForWhatPasses: where a request was given up only because its time
// was used up, no plan turns back, by whatever question.
func TestNothingIsDestroyedForWhatPasses(t *testing.T) {
	t.Parallel()
	back := []steps.Option{{ID: "retry"}, {ID: "back-out", Undo: steps.UndoNever, Typed: "orders-db"}}
	s := under()
	e := steps.Effect{Do: steps.DoBind, App: steps.Ref{GUID: "a"}, Round: 1}
	s.Work[e.ID()] = steps.Work{Effect: e, Status: steps.GoneWrong, At: s.At, OutOfTime: true}
	for _, on := range []plan.OnFailure{plan.FailureStop, plan.FailureBackOut, plan.FailureBackOutWithLoss} {
		p := whole(t)
		p.OnFailure = on
		for _, id := range []steps.QuestionID{steps.FailedQuestion(steps.Switch), steps.QuestionReplicationGone, steps.QuestionFinalizationGone} {
			_, err := p.Answer(&steps.Question{ID: id, Title: "Could not.", Step: steps.Switch, Options: back}, s)
			stop, ok := errors.AsType[*plan.StopError](err)
			if !ok || stop.Reason != plan.NotPassed {
				t.Errorf("%s, on-failure %s: %v", id, on, err)
			}
		}
		if _, err := p.BackOutAnswer(&steps.Question{ID: "go-back", Step: steps.Switch, Options: back}, s); !isStop(err, "on-failure") {
			t.Errorf("on-failure %s: %v", on, err)
		}
	}
}

func TestDecisionPoint(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: "decision", Step: steps.Finalize, Options: []steps.Option{
		{ID: "go-on", Fields: []steps.Field{{ID: "limit", Kind: steps.FieldText, Number: true, Optional: true, Default: "45"}}},
		{ID: "back-out", Undo: steps.UndoNever, Typed: "orders-db"},
	}}
	p := whole(t)
	if a, err := p.Answer(q, under()); err != nil || a.Option != "go-on" || a.Value("limit") != "0" || destructive(q, a) {
		t.Errorf("%+v, %v", a, err)
	}
	p.OnLate = plan.LateBackOut
	if a, err := p.Answer(q, under()); err != nil || a.Option != "back-out" || !destructive(q, a) {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestAPlanTurnsBackOnlyAfterAFailure, where it says so, and never once the
// applications were said to work.
func TestAPlanTurnsBackOnlyAfterAFailure(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: "go-back", Step: steps.Finalize, Options: []steps.Option{{ID: "stay"}, {ID: "back-out", Undo: steps.UndoNever, Typed: "orders-db"}}}
	p := whole(t)
	_, err := p.Answer(q, under())
	wantOpen(t, err, "on-failure", "only after a failure")
	a, err := p.BackOutAnswer(q, under())
	if err != nil || a.Option != "back-out" || q.Check(a) != nil || !destructive(q, a) {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err = p.BackOutAnswer(nil, under()); err == nil {
		t.Error("goes back from nothing")
	}
	s := under()
	s.Choices.Source.Name = "other"
	_, err = p.BackOutAnswer(q, s)
	wantOpen(t, err, "source.instance", "the plan says")
	s = under()
	s.Choices.Validated = &steps.Consent{}
	if _, err = p.BackOutAnswer(q, s); !isStop(err, "on-failure") {
		t.Errorf("once the applications work: %v", err)
	}
	p.OnFailure = plan.FailureStop
	if _, err = p.BackOutAnswer(q, under()); !isStop(err, "on-failure") {
		t.Errorf("where the plan says to stop: %v", err)
	}
}

func TestKeysOfABackOutGoOnThePlansWord(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: "backed-out", Step: steps.BackOut, Recommended: "end-clean", Options: []steps.Option{{ID: "end"}, {ID: "again"}, {ID: "end-clean"}}}
	p := whole(t)
	if a, err := p.Answer(q, under()); err != nil || a.Option != "end-clean" {
		t.Errorf("%+v, %v", a, err)
	}
	p.CleanUp.SourceKeys = plan.Keep
	if a, err := p.Answer(q, under()); err != nil || a.Option != "end" {
		t.Errorf("%+v, %v", a, err)
	}
}
