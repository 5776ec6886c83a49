package report_test

import (
	"context"
	"maps"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/engine"
	"pg-migrate-wizard/sandbox"
	"pg-migrate-wizard/secret"
	"pg-migrate-wizard/steps"
)

// stage is the real engine on an embedded landscape, in a synctest bubble.
type stage struct {
	t    *testing.T
	cfg  engine.Config
	eng  *engine.Engine
	stop func()
}

// newStage begins a scenario in a landscape that lives the given times faster:
// fewer looks, for the same story.
func newStage(t *testing.T, speed float64, scenario string) *stage {
	t.Helper()
	cfg := sandbox.Config{Scenario: scenario, Speed: speed}
	listener, dial := sandbox.ListenMemory()
	cfg.Listener = listener
	l, err := sandbox.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: dial}
	home := t.TempDir()
	if err := l.WriteCFHome(home); err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, cfg: engine.Config{
		StateDir: t.TempDir(), CFHome: home, Transport: transport, Program: "test",
		Overrides: cfsession.Overrides{Name: "sandbox.example", Provider: l.Info().Provider, MigrationURL: l.Info().Migration},
	}}
	s.start()
	t.Cleanup(func() {
		s.stop()
		transport.CloseIdleConnections()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// start runs a new engine, as after a restart of the wizard.
func (s *stage) start() {
	ctx, cancel := context.WithCancel(context.Background())
	eng := engine.New(s.cfg)
	done := make(chan error, 1)
	go func() { done <- eng.Run(ctx) }()
	s.eng = eng
	s.stop = func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Error(err)
		}
		s.stop = func() {}
	}
}

// await lets time pass until something is asked that waits for a person, or is
// the given question, or the migration has ended.
func (s *stage) await(until string) (steps.State, *steps.Question) {
	s.t.Helper()
	for range 100_000 {
		synctest.Wait()
		now := s.eng.Snapshot()
		q := steps.Ask(now.State)
		if now.State.Choices.Ended != nil || q != nil && (q.ID == until || now.Idle && !q.Waiting) {
			return now.State, q
		}
		time.Sleep(5 * time.Second)
	}
	s.t.Fatal("nothing is asked")
	return steps.State{}, nil
}

func (s *stage) choose(q *steps.Question, option string) {
	s.t.Helper()
	s.chooseWith(q, option, nil)
}

// chooseWith takes an option with other values than it comes with.
func (s *stage) chooseWith(q *steps.Question, option string, values map[string][]string) {
	s.t.Helper()
	a, ok := q.Complete(option, reason)
	if !ok {
		s.t.Fatalf("%s has no open option %s: %+v", q.ID, option, q.Options)
	}
	maps.Copy(a.Values, values)
	time.Sleep(20*time.Second + 170*time.Millisecond) // a person reads, and never answers at the very moment of a look
	s.eng.Answer(a, secret.Text{})
	synctest.Wait()
	if o, _ := q.Option(option); o.Wait {
		return // what was waited for may have come while the person read
	}
	if notice := s.eng.Snapshot().State.Notice; notice != "" {
		s.t.Fatalf("%s, %s: %s", q.ID, option, notice)
	}
}

// reason is what the person says of every writer that the wizard cannot stop.
const reason = "its schedules are off until tomorrow"

// follow takes what is recommended up to a question, or to the end.
func (s *stage) follow(until string) (steps.State, *steps.Question) {
	s.t.Helper()
	for range 60 {
		now, q := s.await(until)
		if now.Choices.Ended != nil || q.ID == until {
			return now, q
		}
		s.choose(q, q.Alone())
	}
	s.t.Fatalf("never asked %s", until)
	return steps.State{}, nil
}
