package plan_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// TestPlanGoesAsFarAsItSays: behind the end of a plan there is no answer, and
// the next word goes on from there, to the very end. What was done so far can be
// saved at any of these places.
func TestPlanGoesAsFarAsItSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		begin, _ := s.await()
		if _, err := plan.Save(plan.FromState(begin)); err == nil || !strings.Contains(err.Error(), "target.instance is empty") {
			t.Errorf("a run that has chosen nothing yet is saved: %v", err)
		}
		for _, c := range []struct {
			until    plan.Until
			question string
			key      string
		}{
			{plan.Prepared, "source-key", "until"},
			{plan.Keys, "preflight", "until"},
			{plan.Preflight, "replicate", "until"},
			{plan.InSync, "in-sync", "until"},
			{plan.Completed, "switch", "until"},
			{plan.Switched, "validate", "until"},
		} {
			p := s.plan(c.until)
			before, _ := s.await()
			if c.until.Reached(before) {
				t.Errorf("%s is reached before it is", c.until)
			}
			now, err := s.follow(p)
			open, ok := errors.AsType[*plan.OpenError](err)
			if !ok || string(open.Question.ID) != c.question || open.Key != c.key {
				t.Fatalf("until %s: %v (%+v)", c.until, err, open)
			}
			if !c.until.Reached(now) {
				t.Errorf("%s is not reached at %s", c.until, open.Question.ID)
			}
			done := plan.FromState(now)
			if done.Until != c.until {
				t.Errorf("at %s the plan of the run says until: %s", c.until, done.Until)
			}
			if _, err := plan.Save(done); err != nil {
				t.Errorf("at %s: %v", c.until, err)
			}
		}
		p := s.plan(plan.CleanedUp)
		p.CleanUp.SourceInstance = plan.Later
		before := s.Landscape.Info().Source
		_, err := s.follow(p)
		stop, ok := errors.AsType[*plan.StopError](err)
		if !ok || stop.Key != "clean-up.source-instance" || stop.Failure {
			t.Fatalf("for later it says %v", err)
		}
		if !strings.Contains(s.truth(), before) {
			t.Error("the source is gone")
		}
		p.CleanUp.SourceKeys, p.CleanUp.SourceInstance = plan.Delete, plan.Delete
		_, err = s.follow(p)
		if !strings.Contains(s.truth(), before) {
			t.Error("the source is gone while things are open")
		}
		p.Closed = wordsOn(t, err)
		now, err := s.follow(p)
		if err != nil || now.Choices.Ended.How != steps.EndCompleted || !plan.CleanedUp.Reached(now) {
			t.Fatalf("%v, ended %+v; %v", err, now.Choices.Ended, s.asked)
		}
		i := s.Landscape.Info()
		if got := s.truth(); strings.Contains(got, i.Source+" ") || strings.Contains(got, i.Source+"/") || !strings.Contains(got, i.Target+"/") {
			t.Errorf("the landscape is\n%s", got)
		}
	})
}

func TestWarningsAreAcceptedByIdentity(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		p := s.plan(plan.Preflight)
		p.Accept = plan.Acceptance{}
		for rounds := range 10 {
			_, err := s.follow(p)
			open, ok := errors.AsType[*plan.OpenError](err)
			if !ok {
				t.Fatal(err)
			}
			if open.Key != "accept" {
				if open.Question.ID != "replicate" || rounds == 0 {
					t.Errorf("asks %s after %d rounds", open.Question.ID, rounds)
				}
				return
			}
			// One at a time: all that the message names are needed.
			p.Accept.Findings = append(p.Accept.Findings, regexp.MustCompile(`(source|target)-warning-[0-9a-f]{8}`).FindString(open.Message))
		}
		t.Error("never enough")
	})
}

func TestWhatThePlanSaysAfterAFailure(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scenario string
		word     plan.OnFailure
		question string // where it stops; empty: it ends
	}{
		{"replication-fails", plan.FailureStop, "replication.failed"},
		{"replication-fails", plan.FailureBackOut, ""},
		{"finalization-fails", plan.FailureStop, "finalization.support"},
		{"finalization-fails", plan.FailureBackOut, ""},
	} {
		t.Run(c.scenario+" "+string(c.word), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, c.scenario)
				before := s.apps()
				p := s.plan(plan.Switched)
				p.OnFailure = c.word
				now, err := s.follow(p)
				stop, stopped := errors.AsType[*plan.StopError](err)
				switch {
				case c.question == "" && (err != nil || now.Choices.Ended.How != steps.EndBackedOut):
					t.Fatalf("%v, ended %+v", err, now.Choices.Ended)
				case c.question == "" && now.Facts.Replication.Exists:
					t.Error("the replication is still there")
				case c.question != "" && (!stopped || string(stop.Question.ID) != c.question || !stop.Failure || now.Choices.Ended != nil):
					t.Fatalf("%v, ended %+v", err, now.Choices.Ended)
				}
				if diff := cmp.Diff(before, s.apps()); diff != "" {
					t.Errorf("the applications are not as they were:\n%s", diff)
				}
			})
		})
	}
}

func TestCriticalFindingsAreNobodysToAccept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "critical-findings")
		_, err := s.follow(s.plan(plan.CleanedUp))
		open, ok := errors.AsType[*plan.OpenError](err)
		if !ok || open.Question.ID != "preflight.critical" || open.Key != "" {
			t.Errorf("%v", err)
		}
	})
}

// TestWhatTheWizardDidIsAPlan: the plan of a run, saved, read and carried out on
// a landscape like the first, leaves it the same.
func TestWhatTheWizardDidIsAPlan(t *testing.T) {
	t.Parallel()
	const scenario = "gcp"
	var text []byte
	var truth string
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, scenario)
		end := s.recommended(map[string]string{"clean-up.name-swap": "swap"})
		truth = s.truth()
		var err error
		if text, err = plan.Save(plan.FromState(end)); err != nil {
			t.Fatal(err)
		}
	})
	p, err := plan.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if p.Until != plan.CleanedUp || p.CleanUp.SourceInstance != plan.Keep || !p.CleanUp.NameSwap || !p.Source.Key.Create || p.Provider != "gcp" ||
		len(p.Accept.Findings) == 0 || len(p.Waive) != 1 || p.Stop.DecisionAfter == 0 {
		t.Errorf("the plan is\n%s", text)
	}
	if err := holds(t, published(t), text); err != nil {
		t.Error(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, scenario)
		p.API = "" // the second landscape has another address
		now, err := s.follow(p)
		if err != nil || now.Choices.Ended.How != steps.EndCompleted {
			t.Fatalf("%v, ended %+v", err, now.Choices.Ended)
		}
		if diff := cmp.Diff(truth, s.truth()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestEveryQuestionHasAnAnswer holds the plan's answers against the machine's
// questions, so that none is added without a plan knowing what to do.
func TestEveryQuestionHasAnAnswer(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../steps/question_ids.go")
	if err != nil {
		t.Fatal(err)
	}
	waits := map[steps.QuestionID]bool{
		"target.creating": true, "open-access.working": true, "keys.working": true, "preflight.running": true, "replication.starting": true, "replicating": true,
		"writers.stopping": true, "finalization.starting": true, "finalizing": true, "switching": true,
		"clean-up.working": true, "clean-up.renaming": true, "backing-out": true,
	}
	all := regexp.MustCompile(`QuestionID = "([a-z.-]+)"`).FindAllStringSubmatch(string(text), -1)
	if len(all) < 50 {
		t.Fatalf("only %d questions were found: does the expression still fit?", len(all))
	}
	p := plan.Plan{Until: plan.CleanedUp}
	for _, m := range all {
		id := steps.QuestionID(m[1])
		if strings.HasSuffix(m[1], ".revise") || waits[id] {
			continue // offered, never asked; only a wait
		}
		for _, id := range []steps.QuestionID{id, id + ":guid"} {
			_, err := p.Answer(&steps.Question{ID: id}, steps.New())
			if open, ok := errors.AsType[*plan.OpenError](err); ok && open.Reason == plan.NoKey {
				t.Errorf("no plan knows what to do at %s", id)
			}
		}
	}
}
