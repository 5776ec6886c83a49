package engine_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/steps"
)

// TestANightOfEightHours: tokens live ten minutes, refresh tokens work once, a
// second program renews in between, and the service refuses a good token in the
// middle. No step fails, and the login server is not flooded.
func TestANightOfEightHours(t *testing.T) {
	plainly(t)
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStageAt(t, 1, sandbox.Config{Scenario: "rotating-tokens"}, "migration GET /v1/replication @400 403")
		_, q := s.follow("replicate")
		s.choose(q, "start")
		other, err := cfsession.Open(t.Context(), cfsession.Options{Home: s.Config.CFHome, Transport: s.Config.Transport})
		if err != nil {
			t.Fatal(err)
		}
		before := tokenCalls(s)
		const night = 8 * time.Hour
		for end := time.Now().Add(night); time.Now().Before(end); {
			time.Sleep(23 * time.Minute)
			if _, err := other.Token(t.Context()); err != nil {
				t.Fatalf("the other program's session has died: %v", err)
			}
			now := s.Engine.Snapshot()
			if !now.State.Facts.Session.SignedIn || now.Failures > 0 {
				t.Fatalf("signed in %v, %d looks failed", now.State.Facts.Session.SignedIn, now.Failures)
			}
		}
		// One every eight and a half minutes, and a few for the other program.
		calls := tokenCalls(s) - before
		t.Logf("%d token calls in %v", calls, night)
		if calls > int(night/(8*time.Minute))+25 {
			t.Errorf("%d token calls in %v", calls, night)
		}
		if _, q := s.await(); q.ID != "in-sync" {
			t.Errorf("asks %s", q.ID)
		}
	})
}

func tokenCalls(s *stage) int { return s.count("POST", "/oauth/token") }

// TestLostAnswersAreLookedAtNotRepeated: the work is done, the answer is lost.
func TestLostAnswersAreLookedAtNotRepeated(t *testing.T) {
	t.Parallel()
	paths := []string{"/v1/finalization", "/v1/replication"}
	if underRace {
		paths = paths[:1]
	}
	for _, path := range paths {
		t.Run(path[4:], func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, "good-day", "POST "+path+" @1 lost-answer")
				s.follow("")
				if n := s.count("POST", path); n != 1 {
					t.Errorf("%d times POST %s", n, path)
				}
				checkApps(t, s.Landscape, true)
			})
		})
	}
}

// TestBadDaysLeaveTheWizardAtTheSameStep: whatever comes instead of an answer,
// the person reads what failed, and the step stays.
func TestBadDaysLeaveTheWizardAtTheSameStep(t *testing.T) {
	t.Parallel()
	cards := []string{"html-502", "422", "cut-body", "redirect", "huge-body", "403", "404", "refused", "429"}
	if underRace {
		cards = cards[1:4] // what passes is waited for, for hours; make walks plays it without the detector
	}
	for _, card := range cards {
		t.Run(card, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, "good-day", "GET /v1/preflight-check "+card)
				_, q := s.follow("preflight")
				s.choose(q, "check")
				now, q := s.await()
				if steps.Current(now.State) != steps.Preflight || q.ID != "preflight.failed" {
					t.Fatalf("at %s, asks %s", steps.Current(now.State), q.ID)
				}
				shown := steps.Show(now.State, steps.Preflight, time.Now())
				problem := shown[len(shown)-1]
				if problem.Kind != steps.ItemProblem || len(problem.Cells) < 4 || slices.Contains(problem.Cells[:4], "") {
					t.Errorf("not all is said: %q", problem.Cells)
				}
				t.Log(problem.Cells)
			})
		})
	}
}

func TestAJobThatFailsIsExplainedAndTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "async-slow")
		_, q := s.follow("open-access")
		s.choose(q, "open")
		now, q := s.await()
		if q.ID != "open-access.failed" {
			t.Fatalf("asks %s", q.ID)
		}
		t.Log(steps.Show(now.State, steps.OpenAccess, time.Now()))
		s.choose(q, "retry")
		s.follow("in-sync")
	})
}

// TestADiskThatIsFullStopsChangesAndNothingElse: what could not be announced is
// not begun, and what changes nothing goes on.
func TestADiskThatIsFullStopsChangesAndNothingElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		s.follow("preflight")
		if err := s.Engine.FillDisk(); err != nil {
			t.Fatal(err)
		}
		now, q := s.follow("replicate.failed")
		if now.State.Facts.Findings == nil || now.Warning == "" || q.ID != "replicate.failed" {
			t.Errorf("asks %s, warns %q", q.ID, now.Warning)
		}
		if n := s.count("POST", "/v1/replication"); n != 0 {
			t.Errorf("%d replications that no journal knows", n)
		}
	})
}

func TestARoleThatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "no-rights")
		_, q := s.follow("open-access")
		s.choose(q, "open")
		now, q := s.await()
		if q.ID != "open-access.failed" {
			t.Fatalf("asks %s", q.ID)
		}
		shown := steps.Show(now.State, steps.OpenAccess, time.Now())
		if text := strings.Join(shown[len(shown)-1].Cells, " "); !strings.Contains(text, "Space Developer") {
			t.Errorf("the role is not named: %s", text)
		}
	})
}

func TestAColleaguesMigrationIsTakenOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ scenario, asks string }{{"already-half-way", "in-sync"}} {
		t.Run(c.scenario, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, c.scenario)
				info := s.Landscape.Info()
				for range 20 {
					_, q := s.await()
					option := q.Alone()
					switch q.ID {
					case "source-key":
						option = "use:" + info.SourceKey
					case "target-key":
						option = "use:" + info.TargetKey
					}
					if string(q.ID) == c.asks {
						break
					}
					s.choose(q, option)
				}
				if n := s.count("POST", "/v1/replication"); n != 0 {
					t.Errorf("%d replications were started beside the colleague's", n)
				}
				s.follow("")
				checkApps(t, s.Landscape, true)
			})
		})
	}
}
