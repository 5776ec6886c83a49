package plan_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// census is a state with a writer of each kind that matters here, and the
// question that the machine asks about it.
func census() (steps.State, *steps.Question) {
	s := under()
	app := func(guid, name, state string) steps.App {
		return steps.App{Ref: steps.Ref{GUID: guid, Name: name}, State: state, Source: steps.Bindings{{}}}
	}
	s.Facts.Apps = []steps.App{app("a1", "orders-api", steps.Started), app("a2", "orders-board", steps.Started), app("a3", "orders-admin", steps.Stopped)}
	s.Facts.SourceKeys = []steps.Key{{Ref: steps.Ref{GUID: "k1", Name: "reporting"}}}
	s.Facts.Elsewhere.Schedulers = []steps.Scheduler{{Ref: steps.Ref{GUID: "j1", Name: "nightly-jobs"}, Offering: "jobscheduler"}}
	return s, askCensus(s, "stop", "waive")
}

func askCensus(s steps.State, options ...string) *steps.Question {
	q := &steps.Question{ID: "stop-writers", Step: steps.Writers, Title: "Who writes?"}
	for _, id := range options {
		o := steps.Option{ID: id}
		switch id {
		case "waive":
			lines := steps.Field{ID: "lines", Kind: steps.FieldMany}
			for _, w := range steps.Census(s) {
				if !w.Settled() {
					lines.Choices = append(lines.Choices, steps.Choice{ID: w.ID, Label: w.Name})
				}
			}
			o.Fields = []steps.Field{lines, {ID: "reason", Kind: steps.FieldText}}
		case "stop":
			o.Fields = []steps.Field{{ID: "limit", Kind: steps.FieldText, Number: true, Optional: true, Default: "20"}}
		case "back-out":
			o.Undo, o.Typed = steps.UndoNever, "orders-db"
		}
		q.Options = append(q.Options, o)
	}
	return q
}

// TestWritersAreSettledByThePlan: what it names is waived, one at a time, and then
// the rest is stopped.
func TestWritersAreSettledByThePlan(t *testing.T) {
	t.Parallel()
	s, q := census()
	p := whole(t)
	p.Waive = []plan.Waiver{{"key:reporting", "off tonight"}, {"app:orders-board", "reads only"}, {"scheduler:nightly-jobs", "off tonight"}, {"app:elsewhere", "never heard of"}}
	p.Stop.DecisionAfter = 90*time.Second + time.Minute
	for _, want := range []string{
		"waive map[lines:[app:a2] reason:[reads only]]",
		"waive map[lines:[key:k1] reason:[off tonight]]",
		"waive map[lines:[scheduler:j1] reason:[off tonight]]",
		"stop map[limit:[3]]",
	} {
		a, err := p.Answer(q, s)
		if got := fmt.Sprintf("%s %v", a.Option, a.Values); err != nil || got != want {
			t.Fatalf("%s, %v, and not %s", got, err, want)
		}
		for _, id := range a.Values["lines"] {
			s.Choices.Waivers = append(s.Choices.Waivers, steps.Waiver{ID: id})
		}
		q = askCensus(s, "stop", "waive")
	}
	p.Stop.DecisionAfter = 0
	if a, _ := p.Answer(q, s); a.Value("limit") != "0" {
		t.Errorf("without a decision point it is asked after %q", a.Value("limit"))
	}
}

func TestNothingIsStoppedWhileAPersonHasToDecide(t *testing.T) {
	t.Parallel()
	s, q := census()
	p := whole(t)
	p.Waive = []plan.Waiver{{"key:reporting", "off tonight"}}
	s.Choices.Waivers = []steps.Waiver{{ID: "key:k1"}}
	_, err := p.Answer(q, s)
	wantOpen(t, err, "waive", `nightly-jobs (jobscheduler). Switch it off, or say why it does no harm: waive: [{writer: "scheduler:nightly-jobs", reason: …}]`)

	// In the downtime, what has come back is stopped first.
	s.Choices.Stop = &steps.StopChoice{}
	if a, err := p.Answer(q, s); err != nil || a.Option != "stop" {
		t.Errorf("%+v, %v", a, err)
	}
	_, err = p.Answer(askCensus(s, "waive"), s)
	wantOpen(t, err, "waive", "scheduler:nightly-jobs")
}

func TestASecondDowntimeTakesThePlansWord(t *testing.T) {
	t.Parallel()
	q := &steps.Question{
		ID: steps.QuestionBeside, Step: steps.Writers, Title: "Another downtime runs in this space.",
		Options: []steps.Option{{ID: steps.OptionLook}, {ID: steps.OptionLater}, {ID: steps.OptionBeside, Typed: "two downtimes"}},
	}
	p := whole(t)
	_, err := p.Answer(q, steps.New())
	wantOpen(t, err, "stop.downtime-beside", "Another downtime runs in this space.")
	p.Stop.Beside = true
	if a, err := p.Answer(q, steps.New()); err != nil || a.Option != steps.OptionBeside || a.Typed != "two downtimes" {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestANameOfSeveralWritersIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := census()
	s.Facts.Apps[2].Name = "orders-board" // in another space
	s.Facts.Elsewhere, s.Facts.SourceKeys = steps.Elsewhere{}, nil
	p := whole(t)
	_, err := p.Answer(askCensus(s, "stop", "waive"), s)
	wantOpen(t, err, "waive", "app:orders-board is the name of 2 writers: say which, by identity (app:a2, app:a3)")
	p.Waive = []plan.Waiver{{"app:a2", "reads only"}}
	if a, err := p.Answer(askCensus(s, "stop", "waive"), s); err != nil || !slices.Equal(a.Values["lines"], []string{"app:a2"}) {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestAWriterThatComesBackIsStoppedSomeTimes(t *testing.T) {
	t.Parallel()
	s, _ := census()
	s.Facts.Elsewhere, s.Facts.SourceKeys = steps.Elsewhere{}, nil
	s.Choices.Stop = &steps.StopChoice{}
	p := whole(t)
	p.Waive, p.OnFailure = nil, plan.FailureStop
	q := askCensus(s, "stop", "waive", "back-out")
	for range 3 {
		if a, err := p.Answer(q, s); err != nil || a.Option != "stop" {
			t.Fatalf("%+v, %v", a, err)
		}
		s.History = append(s.History, steps.Moment{At: s.At, Kind: steps.MomentAnswer, Object: "stop-writers", Status: "stop", Round: 1})
	}
	if _, err := p.Answer(q, s); !isStop(err, "on-failure") {
		t.Errorf("after three times it says %v", err)
	}
	p.OnFailure = plan.FailureBackOut
	if a, err := p.Answer(q, s); err != nil || a.Option != "back-out" || !destructive(q, a) {
		t.Errorf("after three times it answers %+v, %v", a, err)
	}
}

// TestNamesAreHeldAgainstTheApplicationsBeforeTheDowntime: a slip of the pen is
// for the afternoon.
func TestNamesAreHeldAgainstTheApplicationsBeforeTheDowntime(t *testing.T) {
	t.Parallel()
	s, _ := census()
	s.Facts.Elsewhere, s.Facts.SourceKeys = steps.Elsewhere{}, nil
	for _, c := range []struct {
		sw        plan.Switch
		key, says string
	}{
		{plan.Switch{Canary: "orders-abi"}, "switch.canary", "no application orders-abi"},
		{plan.Switch{Canary: "orders-admin"}, "switch.canary", "does not run"},
		{plan.Switch{Order: []string{"orders-api", "x"}}, "switch.order", "no application x"},
		{plan.Switch{Restage: []string{"x"}}, "switch.restage", "no application x"},
		{plan.Switch{Canary: "orders-api", Order: []string{"orders-api", "orders-admin"}, Restage: []string{"orders-admin"}}, "", ""},
	} {
		p := whole(t)
		p.Waive, p.Switch = nil, c.sw
		a, err := p.Answer(askCensus(s, "stop", "waive"), s)
		if c.key != "" {
			wantOpen(t, err, c.key, c.says)
		} else if err != nil || a.Option != "stop" {
			t.Errorf("%+v, %v", a, err)
		}
	}
	s.Facts.Apps[1].Name = "orders-api"
	p := whole(t)
	p.Waive, p.Switch.Canary = nil, "orders-api"
	_, err := p.Answer(askCensus(s, "stop", "waive"), s)
	wantOpen(t, err, "switch.canary", "2 applications are called orders-api")
}
