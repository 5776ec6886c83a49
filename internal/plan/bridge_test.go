package plan_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/steps"
)

// TestWhatCannotBeRemovedKeepsNobodyDown: the old database's broker deletes no binding.
// Whatever the plan says about failures, all that ran is up on the target in the end.
func TestWhatCannotBeRemovedKeepsNobodyDown(t *testing.T) {
	plainly(t)
	t.Parallel()
	for _, word := range []plan.OnFailure{plan.FailureStop, plan.FailureBackOut, plan.FailureBackOutWithLoss} {
		t.Run(string(word), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				card, err := sandbox.ParseFault(`cf DELETE /v3/service_credential_bindings/* job-fails text="Service broker error: the database is gone"`)
				if err != nil {
					t.Fatal(err)
				}
				s := &stage{Stage: enginetest.New(t, sandbox.Config{Faults: []sandbox.Fault{card}}), t: t}
				s.Config.Pace = 0.03
				s.Start()
				p := s.plan(plan.Switched)
				p.OnFailure = word
				now, err := s.follow(p)
				if !plan.Switched.Reached(now) || len(steps.NotUp(now)) > 0 {
					t.Fatalf("%v; %v\n%s", err, s.asked, s.apps())
				}
				for _, m := range now.Choices.Memory {
					a, _ := s.space().App(m.Name)
					if a.State != m.State {
						t.Errorf("%s was %s and is %s", m.Name, m.State, a.State)
					}
				}
				if old := steps.OldBindings(now); len(old) == 0 {
					t.Error("what is left is not known")
				}
			})
		})
	}
}

// TestNoPlanDeletesOverAnAlarm: a writer that came back in the finalization ends the run
// with a question, before anything is taken for working or deleted.
func TestNoPlanDeletesOverAnAlarm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "comes-back")
		p := s.plan(plan.CleanedUp)
		p.CleanUp = plan.CleanUp{TargetKey: plan.Delete, SourceKeys: plan.Delete, Bindings: plan.Delete, Shares: plan.Delete, SourceInstance: plan.Delete}
		now, err := s.follow(p)
		refused := func(err error) {
			t.Helper()
			open, ok := errors.AsType[*plan.OpenError](err)
			if !ok || open.Reason != plan.WritesMayBeLost || !strings.Contains(open.Message, "orders-worker") {
				t.Fatalf("%v; %v", err, s.asked)
			}
		}
		refused(err)
		if source, ok := s.space().Instance("orders-db"); !ok || len(source.Keys) == 0 || now.Choices.Validated != nil {
			t.Fatalf("%+v", source)
		}
		// A person goes on with the alarm open, and says that all works: the plan still
		// deletes nothing.
		for _, option := range []string{steps.OptionAccept, steps.OptionYes} {
			now, q := s.await()
			if q.ID == steps.QuestionValidate {
				_, err = p.Answer(q, now)
				refused(err)
			}
			a, _ := q.Default(option)
			s.give(a)
		}
		_, err = s.follow(p)
		refused(err)
		if _, ok := s.space().Instance("orders-db"); !ok {
			t.Error("the source is gone")
		}
		p.CleanUp = plan.CleanUp{TargetKey: plan.Keep, SourceKeys: plan.Keep, Bindings: plan.Keep, Shares: plan.Keep, SourceInstance: plan.Keep}
		if now, err = s.follow(p); err != nil || now.Choices.Ended == nil || len(steps.LossAlarms(now)) == 0 {
			t.Errorf("%v, ended %+v, alarms %+v", err, now.Choices.Ended, steps.LossAlarms(now))
		}
	})
}

// TestStoppedAfterTheSwitchIsNotWorking: whoever ran before and was stopped since, or
// unbound, is not taken for working, whichever question is asked.
func TestStoppedAfterTheSwitchIsNotWorking(t *testing.T) {
	t.Parallel()
	up := steps.App{Ref: steps.Ref{GUID: "a1", Name: "orders-api"}, State: steps.Started, Target: steps.Bindings{{GUID: "b"}}, Healthy: steps.Yes}
	down, unbound, ill := up, up, up
	down.State = steps.Stopped
	unbound.Target = nil
	ill.Healthy, ill.Ailment = steps.No, "web 0 is CRASHED"
	for name, a := range map[string]steps.App{"up": up, "down": down, "unbound": unbound, "ill": ill} {
		for _, q := range []steps.Question{
			{ID: steps.QuestionValidate, Step: steps.Validate, Options: []steps.Option{{ID: steps.OptionYes}}},
			{ID: steps.QuestionNotUp, Step: steps.Validate, Options: []steps.Option{{ID: steps.OptionStart}}},
			{ID: steps.QuestionNotUp, Step: steps.CleanUp, Options: []steps.Option{{ID: steps.OptionStart}}},
		} {
			s := under()
			s.Choices.Memory = []steps.AppMemory{{Ref: up.Ref, State: steps.Started, Binding: &steps.BoundMemory{}}}
			s.Facts.Apps = []steps.App{a}
			_, err := whole(t).Answer(&q, s)
			if open, refused := errors.AsType[*plan.OpenError](err); refused != (name != "up" || q.ID == steps.QuestionNotUp) || refused && open.Reason != plan.AppNotUp && open.Reason != plan.AppNotHealthy {
				t.Errorf("%s, %s at %s: %v", name, q.ID, q.Step, err)
			}
		}
	}
}

// TestABarredWayBackIsGivenUpOnce: where going on to the target loses nothing.
func TestABarredWayBackIsGivenUpOnce(t *testing.T) {
	t.Parallel()
	forward := steps.Option{ID: steps.OptionForward, Undo: steps.UndoWork}
	lossy := steps.Option{ID: steps.OptionForward, Undo: steps.UndoNever, Typed: "go on to orders-hyperscaler"}
	again := steps.Option{ID: steps.OptionRetry}
	for _, c := range []struct {
		name    string
		options []steps.Option
		before  bool // it was taken already
		want    string
	}{
		{"no loss", []steps.Option{again, forward}, false, steps.OptionForward},
		{"loss", []steps.Option{again, lossy}, false, ""},
		{"a second time", []steps.Option{again, forward}, true, ""},
		{"an old binding", []steps.Option{again, {ID: steps.OptionLeaveOld, Undo: steps.UndoWork}}, false, steps.OptionLeaveOld},
	} {
		s := under()
		q := &steps.Question{ID: steps.QuestionNotUp, Step: steps.BackOut, Title: "api ran before.", Options: c.options}
		if c.before {
			s.History = []steps.Moment{{At: s.At.Add(-time.Minute), Kind: steps.MomentAnswer, Object: string(q.ID), Status: steps.OptionForward, Round: 1}}
		}
		a, err := whole(t).Answer(q, s)
		if a.Option != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", c.name, a.Option, err)
		}
	}
}
