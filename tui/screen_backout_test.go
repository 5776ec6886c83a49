package tui

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/sandbox"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// TestBackOutFromEveryState looks at the card (key b) where it differs, backs out
// with keys, and asks the landscape itself what it looks like then.
func TestBackOutFromEveryState(t *testing.T) {
	t.Parallel()
	running := func(th *theatre, of func(steps.State) steps.Progress) {
		th.until(func(s steps.State) bool { return of(s).Is(steps.Running) })
	}
	for n, c := range []struct {
		name  string
		from  string         // the question up to which nobody looks
		reach func(*theatre) // what is done then
		left  bool           // on the service: nobody can name the migration to it any more
	}{
		{name: "preflight", from: "preflight.warnings"},
		{name: "copying", from: "replicate", reach: func(th *theatre) {
			th.press("enter")
			running(th, func(s steps.State) steps.Progress { return s.Facts.Replication })
		}},
		{name: "in-sync", from: "in-sync"},
		{name: "downtime", from: "finalize"},
		{name: "finalizing", from: "finalize", reach: func(th *theatre) {
			th.press("up", "enter", "finalize orders-db", "enter")
			running(th, func(s steps.State) steps.Progress { return s.Facts.Finalization })
		}},
		{name: "completed", from: "switch"},
		{name: "half-switched", from: "switch", reach: func(th *theatre) {
			th.press("down", "enter", "down", "enter", "tab", "tab", "enter") // orders-api goes first
			if q := th.await(); q.ID != "canary" {
				th.t.Fatalf("asks %s", q.ID)
			}
		}},
		{name: "validate", from: "validate"},
		{name: "clean-up", from: "clean-up.target-key"},
		{name: "clean-up-begun", from: "clean-up.cooling", left: true},
	} {
		if underRace && n%4 != 1 {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				th := newDarkTheatre(t, "", 80, 24)
				before := th.Landscape.Truth()
				th.follow(c.from)
				th.show()
				if c.reach != nil {
					c.reach(th)
				}
				th.press("b")
				th.frame("card")
				q := steps.AskBackOut(th.Engine.Snapshot().State)
				if q == nil {
					t.Fatalf("no way back is offered:\n%s", th.text())
				}
				th.take(q, "back-out")
				if q := th.await(); q.ID != "backed-out" {
					t.Fatalf("asks %s:\n%s", q.ID, th.text())
				}
				after := th.Landscape.Truth()
				if diff := cmp.Diff(asTheyAre(t, before), asTheyAre(t, after)); diff != "" {
					t.Errorf("the applications are not as they were:\n%s", diff)
				}
				for _, m := range after.Migrations {
					gone := m.Replication.Deleted && (m.Finalization == nil || m.Finalization.Deleted)
					if gone == c.left {
						t.Errorf("left on the service: %v, %+v", !gone, m)
					}
					if m.Finalization != nil && m.Finalization.Status != steps.Completed && len(m.LostWrites) > 0 {
						t.Errorf("lost: %+v", m.LostWrites)
					}
				}
			})
		})
	}
}

// asTheyAre is what has to be the same again: which applications run, with how
// many instances, and bound to what in which way. Parameters are compared as JSON,
// in which a number has no type.
func asTheyAre(t *testing.T, truth sandbox.Truth) map[string]sandbox.AppTruth {
	t.Helper()
	text, err := json.Marshal(truth)
	if err != nil {
		t.Fatal(err)
	}
	var same sandbox.Truth
	if err := json.Unmarshal(text, &same); err != nil {
		t.Fatal(err)
	}
	apps := map[string]sandbox.AppTruth{}
	for _, space := range same.Spaces {
		for _, a := range space.Apps {
			for i := range a.Bindings {
				a.Bindings[i].LastOperation = ""
			}
			if a.State != steps.Started { // what it was started with last is past
				a.UsesNow = nil
			}
			apps[space.Org+"/"+space.Name+"/"+a.Name] = a
		}
	}
	return apps
}

// until lets time pass until the state is as wanted.
func (th *theatre) until(wanted func(steps.State) bool) {
	th.t.Helper()
	for range 10_000 {
		th.rest()
		if wanted(th.Engine.Snapshot().State) {
			return
		}
	}
	th.t.Fatalf("it never comes to that:\n%s", th.text())
}

func TestACardWithoutAWayBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newTheatre(t, "", 80, 24)
		th.follow("source")
		th.press("b")
		th.frame("before-anything")
		th.press("enter", "b", "q", "down", "enter")
		if strings.Contains(th.text(), "Back out\n") || changing(th) > 0 {
			t.Errorf("the card is not closed, or did something:\n%s", th.text())
		}
		th.close()

		th.dark, th.careful = true, true
		th.start()
		th.follow("")
		th.show()
		th.press("b")
		th.frame("ended")

		s := th.Engine.Snapshot().State // and where the program is not at its end yet
		s.Choices.Ended = nil
		m := newModel(stillMigration{s}, ScreenOptions{Width: 80, Height: 24, Now: func() time.Time { return s.At }})
		m.open(newBackOutDialog(m))
		th.compare("source-deleted", ansi.Strip(m.View().Content)+"\n")
	})
}

// TestTheCardFollowsTheWorld: what is read while the world goes on is asked anew.
func TestTheCardFollowsTheWorld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newDarkTheatre(t, "", 80, 24)
		th.follow("finalize")
		th.show()
		th.press("up", "enter", "finalize orders-db", "enter")
		th.until(func(s steps.State) bool { return s.Facts.Finalization.Is(steps.Running) })
		th.press("b", "down", "enter", "back out orders")
		if !strings.Contains(th.text(), "│ back out orders\n") {
			t.Fatalf("not typed:\n%s", th.text())
		}
		if q := th.await(); q.ID != "switch" {
			t.Fatalf("asks %s", q.ID)
		}
		th.frame("changed")
		before := changing(th)
		th.press("-db", "enter") // the other half
		if changing(th) != before || !strings.Contains(th.text(), `type "back out orders-db" exactly`) {
			t.Errorf("half a confirmation was taken:\n%s", th.text())
		}
		th.press("esc", "esc")
	})
}

// TestTheCardGoesWhenTheWayDoes: what was offered and is impossible now can not
// be chosen any more.
func TestTheCardGoesWhenTheWayDoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newDarkTheatre(t, "", 80, 24)
		th.follow("in-sync")
		world := &movingMigration{stillMigration: stillMigration{th.Engine.Snapshot().State}}
		m := newModel(world, ScreenOptions{Width: 80, Height: 24, Grace: -1})
		press := func(text string, code rune) {
			m.Update(tea.KeyPressMsg{Code: code, Text: text})
		}
		press("b", 'b')
		press("", tea.KeyDown)
		press("", tea.KeyEnter)
		if !strings.Contains(ansi.Strip(m.View().Content), "To confirm, type back out orders-db") {
			t.Fatalf("no form:\n%s", ansi.Strip(m.View().Content))
		}
		world.state.Choices.BackOut = &steps.BackOutChoice{} // a colleague was quicker
		m.Update(newsMsg{})
		press("back out orders-db", 0)
		press("", tea.KeyEnter)
		if text := ansi.Strip(m.View().Content); !strings.Contains(text, "The way back is under way.") || len(world.answers) > 0 {
			t.Errorf("answered %v:\n%s", world.answers, text)
		}
	})
}

// movingMigration is one whose state a test changes.
type movingMigration struct {
	stillMigration
	answers []steps.Answer
}

func (m *movingMigration) Answer(a steps.Answer, _ secret.Text) { m.answers = append(m.answers, a) }
