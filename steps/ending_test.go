package steps_test

import (
	"strings"
	"testing"
	"time"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// TestTheEndSaysWhatWasReached: in every way that a migration ends, and where only the
// source is still kept, the same lines say what was reached and what becomes of the source.
func TestTheEndSaysWhatWasReached(t *testing.T) {
	t.Parallel()
	lines := func(r *run) string { return strings.Join(ClosingLines(r.s, ""), "\n") }
	r := newRun(t, newWorld(false))
	r.until("validate")
	if Closed(r.s) || lines(r) != "" {
		t.Errorf("before anybody has said that they work: %s", lines(r))
	}
	r.until("clean-up.cooling")
	week := r.s.Choices.Validated.At.Add(7 * 24 * time.Hour).Format("Monday, 2 January 2006")
	for _, want := range []string{
		"Reached: orders-hyperscaler has replaced orders-db\nWorks: says dana@acme.example, 2026-11-2", "\nDowntime: ", "\nForecast was: ",
		"\nSource: orders-db is kept until " + week + "; nothing deletes it by itself",
	} {
		if !strings.Contains(lines(r), want) {
			t.Errorf("while the source is kept: no %q in\n%s", want, lines(r))
		}
	}
	if leaving := strings.Join(Leaving(r.s), "\n"); !strings.Contains(leaving, lines(r)) {
		t.Errorf("whoever leaves then is told\n%s", leaving)
	}
	r.choose("leave")
	r.watch()
	if r.s.Choices.Ended == nil || !strings.Contains(lines(r), "\nSource: orders-db is kept with its data, and costs money as long as it exists\nOpen: ") {
		t.Errorf("left on purpose:\n%s", lines(r))
	}

	r = newRun(t, newWorld(false))
	r.until("clean-up.cooling")
	r.choose("delete-now")
	for range 20 {
		q := Ask(r.s)
		if r.s.Choices.Ended != nil || q == nil {
			break
		}
		r.choose("delete")
	}
	if !strings.HasSuffix(lines(r), "\nSource: orders-db is deleted") {
		t.Errorf("deleted:\n%s", lines(r))
	}
	shown := false
	for _, it := range Show(r.s, CleanUp, r.s.At) {
		shown = shown || it.Label == "Source" && it.Text == "orders-db is deleted"
	}
	if !shown {
		t.Error("the screen does not say what becomes of the source")
	}

	r = newRun(t, newWorld(false))
	r.until("finalize")
	r.choose("back-out")
	r.until("backed-out")
	if Closed(r.s) {
		t.Error("a way back is no end before it is through")
	}
	r.choose("end")
	if got := lines(r); !strings.HasPrefix(got, "Reached: orders-db stays the database; everything was taken back\nDowntime: ") || strings.Contains(got, "Source: ") {
		t.Errorf("taken back:\n%s", got)
	}
	shown = false
	for _, it := range Show(r.s, BackOut, r.s.At) {
		shown = shown || it.Label == "Reached"
	}
	if !shown {
		t.Error("the screen of a way back does not say what was reached")
	}
}
