package tui

import (
	"strings"
	"testing"
	"testing/synctest"

	"pg-migrate-wizard/steps"
)

func TestPreflightOnTheScreen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newTheatre(t, "good-day", 80, 24)
		th.follow("preflight")
		th.press("enter")
		th.frame("limits")
		th.press("1,5", "enter")
		if !strings.Contains(th.text(), `not "1,5"`) || !strings.Contains(th.text(), "│ 1,5") {
			t.Errorf("what was typed is lost, or not said to be wrong:\n%s", th.text())
		}
		th.frame("limits-wrong")
		th.press("backspace", "backspace", "backspace", "37", "enter", "4200", "enter", "enter", "space", "tab", "enter")
		if q := th.await(); q.ID != "preflight.limits" {
			t.Fatalf("asks %s\n%s", q.ID, th.text())
		}
		th.frame("too-large")
		th.press("down")
		th.press("enter")
		q := th.await()
		if q.ID != "preflight.warnings" {
			t.Fatalf("asks %s\n%s", q.ID, th.text())
		}
		th.press("pgdown")
		th.frame("second-finding")
		th.press("up", "enter")
		th.frame("accept-some")
		th.press("space", "tab", "enter")
		th.await()
		th.frame("one-accepted")
		if l := th.Engine.Snapshot().State.Choices; l.Limits.SizeGB != 37 || l.Limits.Schemas != 4200 || len(l.Accepted) != 1 || steps.Current(th.Engine.Snapshot().State) != steps.Preflight {
			t.Errorf("%+v, accepted %+v", l.Limits, l.Accepted)
		}
		th.press("esc", "c")
		th.frame("commands")
	})
}
