package report_test

import (
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// stage is the real engine on an embedded landscape, in a synctest bubble.
type stage struct {
	*enginetest.Stage
	t *testing.T
}

// newStage begins a scenario in a landscape that lives the given times faster:
// fewer looks, for the same story.
func newStage(t *testing.T, speed float64, scenario string) *stage {
	t.Helper()
	s := &stage{enginetest.New(t, sandbox.Config{Scenario: scenario, Speed: speed}), t}
	s.Start()
	return s
}

func (s *stage) await(until string) (steps.State, *steps.Question) {
	s.t.Helper()
	now, q := s.Await(steps.QuestionID(until), 5*time.Second)
	return now.State, q
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
	s.Engine.Answer(a, secret.Text{})
	synctest.Wait()
	if o, _ := q.Option(option); o.Wait {
		return // what was waited for may have come while the person read
	}
	if notice := s.Engine.Snapshot().State.Notice; notice != "" {
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
		if now.Choices.Ended != nil || string(q.ID) == until {
			return now, q
		}
		s.choose(q, q.Alone())
	}
	s.t.Fatalf("never asked %s", until)
	return steps.State{}, nil
}
