package plan_test

import (
	"cmp"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// stage is a landscape and an engine on it, both in the bubble's time.
type stage struct {
	*enginetest.Stage
	t     *testing.T
	asked []string // every question that was answered, with the option
}

func newStage(t *testing.T, scenario string, cards ...string) *stage {
	t.Helper()
	cfg := sandbox.Config{Scenario: scenario}
	for _, line := range cards {
		card, err := sandbox.ParseFault(line)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Faults = append(cfg.Faults, card)
	}
	s := &stage{Stage: enginetest.New(t, cfg), t: t}
	s.Config.Pace = 0.03 // fewer looks: nobody watches
	s.Start()
	return s
}

// plan is what a person would write for the landscape.
func (s *stage) plan(until plan.Until) plan.Plan {
	s.t.Helper()
	i := s.Landscape.Info()
	p, err := plan.Parse([]byte("org: " + i.Org + "\nspace: " + i.Space + "\nsource: {instance: " + i.Source + "}\ntarget: {instance: " + i.Target + "}\n" +
		"until: " + string(until) + "\naccept: all\nwaive: [{writer: 'scheduler:nightly-jobs', reason: its schedules are off tonight}]\n"))
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *stage) await() (steps.State, *steps.Question) {
	s.t.Helper()
	now, q := s.Await("", time.Minute)
	return now.State, q
}

// follow answers from the plan until the migration ends or the plan has no
// answer, and returns why. Where the answer is to wait, time passes.
func (s *stage) follow(p plan.Plan) (steps.State, error) {
	s.t.Helper()
	for range 100 {
		now, q := s.await()
		if now.Choices.Ended != nil {
			return now, nil
		}
		a, err := p.Answer(q, now)
		if later, ok := errors.AsType[*plan.LaterError](err); ok {
			time.Sleep(later.At.Sub(now.At))
			s.Engine.Tick()
			continue
		}
		if err != nil {
			return now, err
		}
		if o, _ := q.Option(a.Option); o.Wait {
			time.Sleep(time.Minute)
			continue
		}
		s.give(a)
	}
	s.t.Fatalf("no end: %v", s.asked)
	return steps.State{}, nil
}

// recommended does what the wizard recommends, as a person would, but for the
// questions that are answered otherwise.
func (s *stage) recommended(otherwise map[string]string) steps.State {
	s.t.Helper()
	for range 100 {
		now, q := s.await()
		if now.Choices.Ended != nil {
			return now
		}
		a, ok := q.Complete(cmp.Or(otherwise[string(q.ID)], q.Alone()), "schedules are off until tomorrow")
		if !ok {
			s.t.Fatalf("%s has no option %s", q.ID, q.Alone())
		}
		s.give(a)
	}
	s.t.Fatalf("no end: %v", s.asked)
	return steps.State{}
}

func (s *stage) give(a steps.Answer) {
	s.t.Helper()
	s.Engine.Answer(a, secret.Text{})
	synctest.Wait()
	if notice := s.Engine.Snapshot().State.Notice; notice != "" {
		s.t.Fatalf("%+v was not taken: %s", a, notice)
	}
	s.asked = append(s.asked, string(a.Question)+"="+a.Option)
}

// truth is what the landscape itself says: applications, instances, keys.
func (s *stage) truth() string {
	var b strings.Builder
	for _, x := range s.space().Instances {
		b.WriteString(x.Name)
		for _, k := range x.Keys {
			b.WriteString(" " + k.Name)
		}
		b.WriteByte('\n')
	}
	return s.apps() + b.String()
}

// apps is what the landscape says of the applications: states and bindings.
func (s *stage) apps() string {
	var b strings.Builder
	for _, a := range s.space().Apps {
		b.WriteString(a.Name + " " + a.State)
		for _, bound := range a.Bindings {
			b.WriteString(" " + bound.Instance + "/" + bound.Name)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (s *stage) space() sandbox.SpaceTruth {
	s.t.Helper()
	i := s.Landscape.Info()
	for _, space := range s.Landscape.Truth().Spaces {
		if space.Org == i.Org && space.Name == i.Space {
			return space
		}
	}
	s.t.Fatal("the space is gone")
	return sandbox.SpaceTruth{}
}

// plainly leaves a long test to the run without the race detector: make test has both.
func plainly(t *testing.T) {
	t.Helper()
	if underRace {
		t.Skip("runs without the race detector")
	}
}
