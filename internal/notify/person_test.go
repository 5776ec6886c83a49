package notify

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/steps"
)

// TestAPersonIsToldOfWhatTheyDoNotSee: what is asked right after an answer is under their
// eyes; what comes while they are away, for hours, is told, once.
func TestAPersonIsToldOfWhatTheyDoNotSee(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := enginetest.New(t, sandbox.Config{Scenario: "comes-back", Seed: 7})
		var list []Message
		var p *Person
		s.Config.Pace, s.Config.Published = enginetest.Seldom, func(now engine.Snapshot) { p.Saw(now) }
		p = Watch(func(m Message) { list = append(list, m) }).Person()
		s.Start()
		defer s.Stop()
		reasons := func() string {
			synctest.Wait()
			var says []string
			for _, m := range list {
				word := string(m.Reason)
				if m.Event.Question != nil {
					word += " " + m.Event.Question.ID
				}
				says = append(says, strings.TrimSpace(word+" "+m.Event.Word))
			}
			list = nil
			return strings.Join(says, ", ")
		}
		answer := func(until steps.QuestionID) {
			for range 40 {
				_, q := s.Await(until, 5*time.Second)
				if q.ID == until {
					return
				}
				s.Choose(q, q.Alone(), "off tonight")
			}
			t.Fatalf("%s is never asked", until)
		}
		answer(steps.QuestionReplicate)
		if got := reasons(); got != "question source-key, question preflight" { // behind jobs of 40 s
			t.Errorf("told on the way to the replication: %s", got)
		}
		_, q := s.Await(steps.QuestionReplicate, time.Second)
		s.Choose(q, steps.OptionStart, "")
		s.Await(steps.QuestionInSync, time.Second)
		if got := reasons(); got != "status WAITING, status RUNNING, status IN-SYNC, question in-sync" && got != "status RUNNING, status IN-SYNC, question in-sync" {
			t.Errorf("in the hours of the replication: %s", got)
		}
		time.Sleep(5 * time.Hour)
		if got := reasons(); got != "" {
			t.Errorf("told again: %s", got)
		}
	})
}
