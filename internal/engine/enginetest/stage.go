package enginetest

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// Seldom is a pace for tests that are not about the looks themselves: with fewer
// of them the machine is the same, and the test is quick.
const Seldom = 0.2

// Stage is a landscape in memory, and what an engine needs to work on it.
type Stage struct {
	Landscape *sandbox.Landscape
	// Config is what the next engine is made with. At first it has a state
	// directory of its own, a home that is signed in, and a pace of 1.
	Config engine.Config
	// Engine is the one that was started last.
	Engine *engine.Engine

	t    testing.TB
	stop func()
}

// New opens a landscape, and closes it with what runs on it when the test ends.
// It belongs into a bubble of testing/synctest.
func New(t testing.TB, cfg sandbox.Config) *Stage {
	t.Helper()
	listener, dial := sandbox.ListenMemory()
	cfg.Listener = listener
	l, err := sandbox.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	if err := l.WriteCFHome(home); err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: dial}
	i := l.Info()
	s := &Stage{t: t, Landscape: l, stop: func() {}, Config: engine.Config{
		StateDir: t.TempDir(), CFHome: home, Transport: transport, Program: "test",
		Overrides: cfsession.Overrides{Name: i.Landscape, Provider: i.Provider, MigrationURL: i.Migration},
	}}
	t.Cleanup(func() {
		s.Stop()
		transport.CloseIdleConnections()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Start runs a new engine, as after a restart of the program: the one before it
// must have been stopped.
func (s *Stage) Start() {
	s.Engine = engine.New(s.Config)
	s.Engine.Start()
	s.stop = func() {
		if err := s.Engine.Stop(); err != nil {
			s.t.Error(err)
		}
	}
}

// Stop ends the engine, if one runs. What it was doing is given up, as when the
// program is closed.
func (s *Stage) Stop() {
	stop := s.stop
	s.stop = func() {}
	stop()
}

// Await lets time pass, a little at a time, until something is asked that waits
// for a person, or the given question is asked, or the migration has ended.
func (s *Stage) Await(until steps.QuestionID, little time.Duration) (engine.Snapshot, *steps.Question) {
	s.t.Helper()
	for range 100_000 {
		synctest.Wait()
		now := s.Engine.Snapshot()
		q := steps.Ask(now.State)
		if q != nil && q.ID == until || now.Idle && (now.State.Choices.Ended != nil || q != nil && !q.Waiting()) {
			return now, q
		}
		time.Sleep(little)
	}
	now := s.Engine.Snapshot()
	s.t.Fatalf("nothing is asked at %s; %+v", steps.Current(now.State), steps.Show(now.State, steps.Current(now.State), time.Now()))
	return engine.Snapshot{}, nil
}

// Choose takes an option, with the values it comes with and the reason where one
// is asked for.
func (s *Stage) Choose(q *steps.Question, option, reason string) {
	s.t.Helper()
	a, ok := q.Complete(option, reason)
	if !ok {
		s.t.Fatalf("%s has no open option %s: %+v", q.ID, option, q.Options)
	}
	s.Engine.Answer(a, secret.Text{})
	synctest.Wait()
}
