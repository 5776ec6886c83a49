package plan_test

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/engine"
	"pg-migrate-wizard/plan"
	"pg-migrate-wizard/sandbox"
	"pg-migrate-wizard/secret"
	"pg-migrate-wizard/steps"
)

// stage is a landscape and an engine on it, both in the bubble's time.
type stage struct {
	t         *testing.T
	landscape *sandbox.Landscape
	eng       *engine.Engine
	asked     []string // every question that was answered, with the option
}

func newStage(t *testing.T, scenario string) *stage {
	t.Helper()
	listener, dial := sandbox.ListenMemory()
	l, err := sandbox.Start(sandbox.Config{Scenario: scenario, Listener: listener})
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	if err := l.WriteCFHome(home); err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: dial}
	s := &stage{t: t, landscape: l, eng: engine.New(engine.Config{
		StateDir: t.TempDir(), CFHome: home, Transport: transport, Program: "test", Pace: 0.03, // fewer looks: nobody watches
		Overrides: cfsession.Overrides{Name: l.Info().Landscape, Provider: l.Info().Provider, MigrationURL: l.Info().Migration},
	})}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.eng.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// plan is what a person would write for the landscape.
func (s *stage) plan(until plan.Until) plan.Plan {
	s.t.Helper()
	i := s.landscape.Info()
	p, err := plan.Parse([]byte("org: " + i.Org + "\nspace: " + i.Space + "\nsource: {instance: " + i.Source + "}\ntarget: {instance: " + i.Target + "}\n" +
		"until: " + string(until) + "\naccept: all\nwaive: [{writer: 'scheduler:nightly-jobs', reason: its schedules are off tonight}]\n"))
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// await lets time pass until something is asked that waits for a person, or the
// migration has ended.
func (s *stage) await() (steps.State, *steps.Question) {
	s.t.Helper()
	for range 100_000 {
		synctest.Wait()
		now := s.eng.Snapshot()
		q := steps.Ask(now.State)
		if now.Idle && (now.State.Choices.Ended != nil || q != nil && !q.Waiting) {
			return now.State, q
		}
		time.Sleep(time.Minute)
	}
	now := s.eng.Snapshot().State
	s.t.Fatalf("nothing is asked at %s", steps.Current(now))
	return steps.State{}, nil
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
		a, ok := q.Complete(cmp.Or(otherwise[q.ID], q.Alone()), "schedules are off until tomorrow")
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
	s.eng.Answer(a, secret.Text{})
	synctest.Wait()
	if notice := s.eng.Snapshot().State.Notice; notice != "" {
		s.t.Fatalf("%+v was not taken: %s", a, notice)
	}
	s.asked = append(s.asked, a.Question+"="+a.Option)
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
	i := s.landscape.Info()
	for _, space := range s.landscape.Truth().Spaces {
		if space.Org == i.Org && space.Name == i.Space {
			return space
		}
	}
	s.t.Fatal("the space is gone")
	return sandbox.SpaceTruth{}
}
