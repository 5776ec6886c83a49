package engine_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/engine/enginetest"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// stage is a landscape and an engine on it, both in the bubble's time.
type stage struct {
	*enginetest.Stage
	t *testing.T
}

func newStage(t *testing.T, scenario string, faults ...string) *stage {
	t.Helper()
	return newStageAt(t, enginetest.Seldom, sandbox.Config{Scenario: scenario}, faults...)
}

func newStageAt(t *testing.T, pace float64, cfg sandbox.Config, faults ...string) *stage {
	t.Helper()
	for _, line := range faults {
		fault, err := sandbox.ParseFault(line)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Faults = append(cfg.Faults, fault)
	}
	s := &stage{enginetest.New(t, cfg), t}
	s.Config.Pace = pace
	s.Start()
	return s
}

func (s *stage) await() (engine.Snapshot, *steps.Question) {
	s.t.Helper()
	return s.Await("", 5*time.Second)
}

func (s *stage) choose(q *steps.Question, option string) {
	s.t.Helper()
	s.Choose(q, option, "it is off")
}

// follow takes what is recommended up to a question, or to the end.
func (s *stage) follow(until string) (engine.Snapshot, *steps.Question) {
	s.t.Helper()
	for range 60 {
		now, q := s.await()
		if now.State.Choices.Ended != nil || string(q.ID) == until {
			return now, q
		}
		option := q.Alone()
		if q.ID == steps.QuestionApplications { // a colleague's migration, in whose company one did not run
			option = steps.OptionNoneRan
		}
		if q.ID == steps.QuestionAdopted {
			option = steps.OptionTakeOver
		}
		s.choose(q, option)
	}
	s.t.Fatal("no end")
	return engine.Snapshot{}, nil
}

func (s *stage) count(method, path string) int {
	n := 0
	for _, r := range s.Landscape.Requests() {
		if r.Method == method && strings.HasPrefix(r.Path, path) {
			n++
		}
	}
	return n
}

func TestWholeMigrations(t *testing.T) {
	t.Parallel()
	for n, c := range []struct{ scenario, how string }{
		{"gcp", steps.EndCompleted},
		{"finalization-fails", steps.EndForHelp},
		{"good-day", steps.EndCompleted},
		{"critical-findings", steps.EndCompleted},
		{"replication-fails", steps.EndForHelp},
	} {
		if underRace && n > 1 {
			break
		}
		t.Run(c.scenario, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, c.scenario)
				now, _ := s.follow("")
				if how := now.State.Choices.Ended.How; how != c.how {
					t.Fatalf("ended %s, want %s", how, c.how)
				}
				for _, name := range []string{"replication", "finalization"} {
					if n := s.count("POST", "/v1/"+name); n > 1 {
						t.Errorf("%d times POST /v1/%s", n, name)
					}
				}
				checkApps(t, s.Landscape, c.how == steps.EndCompleted)
			})
		})
	}
}

// checkApps asks the landscape itself who is bound where.
func checkApps(t *testing.T, l *sandbox.Landscape, switched bool) {
	t.Helper()
	info := l.Info()
	want, not := info.Source, info.Target
	if switched {
		want, not = not, want
	}
	seen := 0
	for _, space := range l.Truth().Spaces {
		if space.Org != info.Org || space.Name != info.Space {
			continue
		}
		for _, app := range space.Apps {
			for _, b := range app.Bindings {
				if b.Instance == not {
					t.Errorf("%s is bound to %s", app.Name, not)
				}
				if b.Instance == want {
					seen++
				}
			}
		}
	}
	if seen != 3 {
		t.Errorf("%d applications are bound to %s, want 3", seen, want)
	}
}

func TestResumeAtEveryQuestionRepeatsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "gcp")
		restarted := map[steps.QuestionID]bool{}
		for range 80 {
			now, q := s.await()
			if now.State.Choices.Ended != nil {
				break
			}
			if now.Journal != "" && !restarted[q.ID] {
				restarted[q.ID] = true
				s.Stop()
				s.Start()
				_, again := s.await()
				if again.ID == "where" {
					s.choose(again, again.Alone())
					_, again = s.await()
				}
				// A preflight check is a fact that only asking again can bring.
				if again.ID != q.ID && again.ID != "preflight" {
					t.Fatalf("asked %s before the restart, %s after it", q.ID, again.ID)
				}
				q = again
			}
			s.choose(q, q.Alone())
		}
		if now := s.Engine.Snapshot(); now.State.Choices.Ended == nil || now.State.Choices.Ended.How != steps.EndCompleted {
			t.Fatalf("ended %+v", now.State.Choices.Ended)
		}
		for path, want := range map[string]int{"/v1/replication": 1, "/v1/finalization": 1} {
			if n := s.count("POST", path); n != want {
				t.Errorf("%d times POST %s", n, path)
			}
		}
		checkApps(t, s.Landscape, true)
	})
}

func TestPullThePlugDuringTheFinalization(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		_, q := s.follow("finalize")
		a, _ := q.Default("finalize")
		s.Engine.Answer(a, secret.Text{})
		time.Sleep(30 * time.Second) // the service is at it
		s.Stop()
		time.Sleep(2 * time.Hour) // the night goes on without us
		s.Start()
		s.follow("")
		if n := s.count("POST", "/v1/finalization"); n != 1 {
			t.Errorf("%d finalizations", n)
		}
		checkApps(t, s.Landscape, true)
	})
}

func TestRequestsStayFewWhileNothingIsUrgent(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("played without the detector")
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStageAt(t, 1, sandbox.Config{Scenario: "good-day"})
		s.follow("in-sync")
		before := len(s.Landscape.Requests())
		time.Sleep(time.Hour)
		// The replication every half a minute, the finalization and the note every minute; a
		// renewal, and a sign of life in the note with a look before it, every ten.
		if n := len(s.Landscape.Requests()) - before; n > 120+60+60+10+2*6 {
			t.Errorf("%d requests in a quiet hour", n)
		}
	})
}

func TestTheJournalHoldsNoSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		now, _ := s.follow("")
		s.Stop()
		requests, total := s.Engine.Requests()
		if total == 0 || !slices.ContainsFunc(requests, func(r engine.Request) bool { return r.Service == "migration" }) {
			t.Error("the log of requests is empty")
		}
		checkNoSecret(t, now.Journal, s.Config.CFHome)
	})
}

func TestALoginElsewhereIsNoLogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		s.Stop()
		for _, c := range []struct{ api, asked string }{
			{"https://api.cf.eu10.hana.ondemand.com/", "sign-in"},
			{s.Landscape.Info().API + "/", "where"},
		} {
			s.Config.API = c.api
			s.Start()
			now, q := s.await()
			if string(q.ID) != c.asked {
				t.Errorf("for %s it asks %s", c.api, q.ID)
			}
			if api := now.State.Facts.Session.API; api != strings.TrimSuffix(c.api, "/") {
				t.Errorf("for %s the API is %s", c.api, api)
			}
			s.Stop()
		}
	})
}
