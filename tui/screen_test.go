package tui

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"pg-migrate-wizard/steps"
)

// TestWholeMigrationOnTheScreen drives the real program with keys through a
// whole migration over HTTP, and compares its main screens; beside it the model
// draws the same for other terminals.
func TestWholeMigrationOnTheScreen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newTheatre(t, "good-day", 80, 24)
		seen := map[string]int{}
		for range 40 {
			q := th.await()
			name := "end"
			if q != nil {
				name = string(q.ID)
			}
			if seen[name]++; seen[name] > 1 {
				name += fmt.Sprint("-", seen[name])
			}
			checkWidths(t, th)
			th.frame(filepath.Join("80x24", name))
			large, small := th.another(120, 40), th.another(60, 20)
			if !underRace { // drawing is one goroutine's
				large.frame(name)
				small.frame(name)
			}
			if q == nil {
				break
			}
			if name == "stop-writers" {
				enter := tea.KeyPressMsg{Code: tea.KeyEnter}
				small.m.Update(tea.KeyPressMsg{Code: tea.KeyUp})
				small.m.Update(enter)
				small.frame("waiver")
				small.m.Update(enter)
				small.frame("waiver-reason")
				th.press("up", "enter")
				th.frame("80x24/waiver")
				th.press("enter")
				th.frame("80x24/waiver-reason")
				th.press("esc", "esc") // something is filled in
			}
			if name == "validate" {
				th.press("down", "enter")
				th.frame("80x24/close-item")
				th.press("enter")
				th.frame("80x24/close-item-by")
				th.press("esc")
				if th.await(); strings.Contains(th.text(), "Who says so") {
					th.press("esc")
				}
			}
			th.take(q, q.Alone())
		}
		end := th.Engine.Snapshot().State.Choices.Ended
		if end == nil || end.How != steps.EndCompleted {
			t.Fatalf("ended %+v\n%s", end, th.text())
		}
		sameInLines(t, th, "good-day")
		// The report of the end is written by itself, once, and the screen says where.
		for n := 0; n < 10 && !strings.Contains(th.text(), "Report written:"); n++ {
			th.press("pgdown")
		}
		if len(th.saved) != 1 || th.saved[0].Choices.Ended == nil || !strings.Contains(th.text(), "Report written:") {
			t.Errorf("%d reports were written; the screen:\n%s", len(th.saved), th.text())
		}
		th.press("q")
		if err := <-th.screen; err != nil {
			t.Error(err)
		}
		th.ended = true
	})
}

func checkWidths(t *testing.T, th *theatre) {
	t.Helper()
	for i, l := range strings.Split(th.text(), "\n") {
		if cells(l) > th.width {
			t.Errorf("line %d is %d cells wide: %q", i, cells(l), l)
		}
	}
}

func TestQuittingADemo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newTheatre(t, "good-day", 80, 24)
		th.close()
		th.leaving = func(steps.State) []string { return []string{"Everything in this demo ends with the program."} }
		th.passing = true
		th.start()
		th.follow("open-access")
		th.press("q")
		for _, wrong := range []string{"come back", "nothing is stopped", "your choices are kept"} {
			if strings.Contains(th.text(), wrong) {
				t.Errorf("it speaks as of a real landscape: %s\n%s", wrong, th.text())
			}
		}
		th.frame("quit")
	})
}

// TestQuittingWhereNothingIsBegun asks nothing: there is nothing to come back to, and
// nothing goes on.
func TestQuittingWhereNothingIsBegun(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"q", "ctrl+c"} {
		synctest.Test(t, func(t *testing.T) {
			th := newTheatre(t, "good-day", 80, 24)
			if q := th.await(); q.ID != steps.QuestionWhere {
				t.Fatalf("asks %s", q.ID)
			}
			th.press(key)
			select {
			case err := <-th.screen:
				if th.ended = true; err != nil != (key == "ctrl+c") { // that is an interruption all the same
					t.Errorf("%s: %v", key, err)
				}
			default:
				t.Errorf("%s asks a question:\n%s", key, th.text())
			}
		})
	}
}

func TestTheReportIsAKeyAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newTheatre(t, "good-day", 60, 20)
		th.follow("source")
		before := changing(th)
		th.press("r")
		if len(th.saved) != 1 || th.saved[0].Choices.Where == nil {
			t.Fatalf("saved %d times", len(th.saved))
		}
		th.frame("written")
		th.press("x")
		if strings.Contains(th.text(), "Report written") || changing(th) != before {
			t.Errorf("the word does not go, or something was done:\n%s", th.text())
		}
		th.unsaved = errors.New("no space left on device")
		th.press("r")
		if !strings.Contains(th.text(), "The report could not be written: no space left on") {
			t.Errorf("the failure is not said:\n%s", th.text())
		}
	})
}

// TestAnAlarmIsHeard: in mid-finalization a pipeline starts an application again.
func TestAnAlarmIsHeard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newDarkTheatre(t, "comes-back", 80, 24)
		q := th.follow("finalize")
		th.show()
		th.take(q, "finalize")
		if n := bells(th); n > 0 {
			t.Errorf("the bell rings %d times without an alarm", n)
		}
		th.await()
		th.frame("alarm")
		if n := bells(th); n != 1 {
			t.Errorf("the bell rings %d times", n)
		}
		if !strings.Contains(th.written(), "Finalize, ALARM") {
			t.Error("the window's title does not say it")
		}
	})
}

// bells counts those that ring: the others end an escape sequence.
func bells(th *theatre) int {
	return strings.Count(regexp.MustCompile(`\x1b\][^\a]*\a`).ReplaceAllString(th.written(), ""), "\a")
}

func TestQuitIsAskedAndNothingIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newDarkTheatre(t, "good-day", 80, 24)
		th.follow("in-sync")
		th.show()
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
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newDarkTheatre(t, "good-day", 80, 24)
		th.follow("replicate")
		th.show()
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
	for _, r := range th.Landscape.Requests() {
		if r.Method != "GET" && !r.Metadata && r.Service != "uaa" {
			n++
		}
	}
	return n
}

func TestAConfirmationIsTypedNotPasted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newDarkTheatre(t, "good-day", 80, 24)
		th.follow("finalize")
		th.show()
		before := changing(th)
		th.press("enter") // where it begins nothing is finalized
		th.press("up", "enter", "\x1b[200~finalize orders-db\x1b[201~", "enter")
		th.press("wrong", "enter")
		if !strings.Contains(th.text(), "type \"finalize orders-db\" exactly") || changing(th) != before {
			t.Errorf("not refused:\n%s", th.text())
		}
		th.press("esc")
		if !strings.Contains(th.text(), "❯ Finalize now") {
			t.Errorf("Esc does not go back:\n%s", th.text())
		}
	})
}

func TestAQuestionThatJustCameTakesNoStrayKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		th := newTheatre(t, "good-day", 80, 24)
		th.close()
		th.grace = 10 * time.Second
		th.start()
		th.await()
		th.press("enter", "enter", "enter")
		if q := steps.Ask(th.Engine.Snapshot().State); q == nil || q.ID != "where" {
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
	t.Parallel()
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

// TestEnterAloneStopsNothing: whoever presses Enter at whatever comes, for as long as they
// like, comes as far as the downtime and not into it.
func TestEnterAloneStopsNothing(t *testing.T) {
	t.Parallel()
	for n, from := range []string{"finalize", "stop-writers", "clean-up.target-key"} {
		if underRace && n > 0 {
			break
		}
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				th := newDarkTheatre(t, "", 80, 24)
				th.follow(from)
				th.show()
				before := changing(th)
				for range 12 {
					time.Sleep(2 * time.Second)
					th.press("enter")
				}
				if after := changing(th); after != before {
					t.Errorf("%d requests by Enter alone:\n%s", after-before, th.text())
				}
			})
		})
	}
}
