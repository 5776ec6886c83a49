package tui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/steps"
)

// TestWholeMigrationOnTheScreen drives the real program with keys through a
// whole migration over HTTP, and compares its main screens.
func TestWholeMigrationOnTheScreen(t *testing.T) {
	for _, size := range []struct{ width, height int }{{80, 24}, {120, 40}, {60, 20}} {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				th := newTheatre(t, "good-day", size.width, size.height)
				for range 40 {
					q := th.await()
					name := "end"
					if q != nil {
						name = q.ID
					}
					checkWidths(t, th)
					th.frame(name)
					if q == nil {
						break
					}
					th.take(q, q.Alone())
				}
				end := th.eng.Snapshot().State.Choices.Ended
				if end == nil || end.How != steps.EndCompleted {
					t.Fatalf("ended %+v\n%s", end, th.text())
				}
				th.press("q")
				if err := <-th.screen; err != nil {
					t.Error(err)
				}
				th.ended = true
			})
		})
	}
}

func checkWidths(t *testing.T, th *theatre) {
	t.Helper()
	for i, l := range strings.Split(th.text(), "\n") {
		if cells(l) > th.width {
			t.Errorf("line %d is %d cells wide: %q", i, cells(l), l)
		}
	}
}

func TestQuitIsAskedAndNothingIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := newTheatre(t, "good-day", 80, 24)
		th.follow("in-sync")
		th.press("q")
		if !strings.Contains(th.text(), "goes on with the replication without") {
			t.Errorf("the person is not told what goes on:\n%s", th.text())
		}
		th.press("enter")
		if th.ended || strings.Contains(th.text(), "Quit the wizard?") {
			t.Fatal("Enter did not stay")
		}
		th.press("q", "down", "enter")
		if err := <-th.screen; err != nil {
			t.Error(err)
		}
		th.ended = true
		th.close()
		time.Sleep(time.Hour)

		th.start()
		q := th.await()
		if q.ID != "where" || !strings.Contains(th.text(), "Go on with orders-db") {
			t.Fatalf("the migration is not offered again:\n%s", th.text())
		}
		th.press("enter")
		if q = th.await(); q.ID != "in-sync" {
			t.Errorf("asks %s after the return", q.ID)
		}
	})
}

func TestLookingAroundChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := newTheatre(t, "good-day", 80, 24)
		th.follow("replicate")
		before := changing(th)
		for _, k := range []string{"left", "left", "left", "left", "left", "right", "right", "g", "esc", "c", "down", "esc", "l", "esc", "?", "esc", "esc", "right", "right", "right", "right", "esc", "r", "x", "7"} {
			th.press(k)
			checkWidths(t, th)
		}
		if n := changing(th) - before; n != 0 {
			t.Errorf("%d changing requests", n)
		}
		if q := th.await(); q.ID != "replicate" || !strings.Contains(th.text(), "Start the replication?") {
			t.Errorf("not where it was:\n%s", th.text())
		}
	})
}

// changing counts requests that change something.
func changing(th *theatre) int {
	n := 0
	for _, r := range th.landscape.Requests() {
		if r.Method != "GET" && r.Service != "uaa" {
			n++
		}
	}
	return n
}

func TestAConfirmationIsTypedNotPasted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := newTheatre(t, "good-day", 80, 24)
		th.follow("finalize")
		before := changing(th)
		th.press("enter", "\x1b[200~orders-db\x1b[201~", "enter")
		th.press("wrong", "enter")
		if !strings.Contains(th.text(), "type \"orders-db\" exactly") || changing(th) != before {
			t.Errorf("not refused:\n%s", th.text())
		}
		th.press("esc")
		if !strings.Contains(th.text(), "❯ Finalize now") {
			t.Errorf("Esc does not go back:\n%s", th.text())
		}
	})
}

func TestAQuestionThatJustCameTakesNoStrayKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := newTheatre(t, "good-day", 80, 24)
		th.close()
		th.grace = 10 * time.Second
		th.start()
		th.await()
		th.press("enter", "enter", "enter")
		if q := steps.Ask(th.eng.Snapshot().State); q == nil || q.ID != "where" {
			t.Fatalf("quick strokes went as far as %+v", q)
		}
		time.Sleep(10 * time.Second)
		th.press("enter")
		if q := th.await(); q.ID != "source" {
			t.Errorf("asks %s", q.ID)
		}
	})
}

func TestOddSizesDoNotHangOrPanic(t *testing.T) {
	for _, size := range []struct{ w, h int }{{0, 0}, {1, 1}, {10, 3}, {39, 12}, {40, 11}, {40, 12}, {79, 24}, {200, 60}} {
		m := newModel(stillMigration{}, ScreenOptions{Width: size.w, Height: size.h})
		v := m.View()
		lines := strings.Split(v.Content, "\n")
		if len(lines) > max(size.h, 1) {
			t.Errorf("%dx%d: %d lines", size.w, size.h, len(lines))
		}
		for _, l := range lines {
			if cells(l) > size.w {
				t.Errorf("%dx%d: %q is too wide", size.w, size.h, l)
			}
		}
	}
}
