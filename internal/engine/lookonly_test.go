package engine_test

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/steps"
)

// TestLookOnlyChangesNothing takes up a migration in which requests are due, while
// another engine has it open: it sees what there is to see, says what is due, and
// neither the landscape nor the journal is touched.
func TestLookOnlyChangesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "good-day")
		now, q := s.follow("switch")
		s.choose(q, "switch") // from here on requests follow one another by themselves
		s.Stop()
		list, err := engine.Journals(s.Config.StateDir)
		if err != nil || len(list) != 1 || list[0].Path != now.Journal || list[0].Ended != nil {
			t.Fatalf("%+v, %v", list, err)
		}
		before, err := os.ReadFile(now.Journal)
		if err != nil {
			t.Fatal(err)
		}
		changing := len(changingRequests(s))

		s.Config.LookOnly, s.Config.Resume = true, list[0].ID
		s.Start()
		time.Sleep(time.Minute)
		synctest.Wait()
		seen := s.Engine.Snapshot()
		if steps.Current(seen.State) != steps.Switch || seen.Journal != now.Journal || len(seen.State.Facts.Apps) == 0 {
			t.Errorf("at %s with %d applications, journal %q", steps.Current(seen.State), len(seen.State.Facts.Apps), seen.Journal)
		}
		if len(seen.Withheld) == 0 || seen.Busy {
			t.Errorf("withheld %v, busy %v", seen.Withheld, seen.Busy)
		}
		for id, w := range seen.State.Work {
			if w.Status == steps.InFlight {
				t.Errorf("%s is under way", id)
			}
		}
		if n := len(changingRequests(s)); n != changing {
			t.Errorf("%d changing requests were made", n-changing)
		}
		after, err := os.ReadFile(now.Journal)
		if err != nil || string(after) != string(before) {
			t.Errorf("the journal was written: %v", err)
		}
		look := s.Engine
		s.Config.LookOnly = false
		s.Stop()
		s.Start() // to see that nothing is locked
		synctest.Wait()
		if _, ok := s.Engine.Snapshot().State.Seen[steps.ObserveSession]; !ok || look == s.Engine {
			t.Error("the migration could not be taken up")
		}
	})
}

func TestResumeOfNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := engine.LoadMigration(dir, "nothing"); !errors.Is(err, engine.ErrNoMigration) {
		t.Errorf("%v", err)
	}
	e := engine.New(engine.Config{StateDir: dir, Resume: "nothing", LookOnly: true})
	e.Start()
	err := e.Stop()
	if _, ok := errors.AsType[*engine.JournalError](err); !ok {
		t.Errorf("%v", err)
	}
}

// changingRequests are those that the landscape got, but for signing in and
// checking.
func changingRequests(s *stage) []sandbox.Request {
	return slices.DeleteFunc(s.Landscape.Requests(), func(r sandbox.Request) bool {
		return r.Method == http.MethodGet || r.Service == "uaa"
	})
}
