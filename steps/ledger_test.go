package steps_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// carefully is the way of a person who does what is proposed, and closes what is open
// before saying that all works.
func carefully(q *Question) string {
	if _, open := q.Option(OptionCloseItem); open && q.ID == QuestionValidate {
		return OptionCloseItem
	}
	return q.Alone()
}

// openKinds counts what is open by its kind.
func openKinds(s State) map[OpenKind]int {
	kinds := map[OpenKind]int{}
	for _, i := range OpenItems(s) {
		kinds[i.Kind]++
	}
	return kinds
}

// atValidate has led a migration with writers of every kind to where it is asked whether
// all works; the task is cancelled, and only what cannot be stopped is waived.
func atValidate(t *testing.T) *run {
	t.Helper()
	w := newWorld(false)
	w.addWriters()
	r := newRun(t, w)
	r.until("source-key")
	r.choose(OptionCreate)
	r.until("stop-writers")
	r.choose(OptionStop)
	r.watch()
	r.upTo(QuestionValidate)
	return r
}

// TestEachIsClosedInItsWay: by a look that finds it no more, or by a word with a name, and
// in no other way.
func TestEachIsClosedInItsWay(t *testing.T) {
	r := atValidate(t)
	want := map[OpenKind]int{OpenMention: 2, OpenWaiver: 2, OpenTask: 1, OpenScheduler: 1, OpenFinding: 1, OpenReach: 1}
	if got := openKinds(r.s); !maps.Equal(got, want) {
		t.Fatalf("open: %v", got)
	}
	r.w.elsewhere.Mentions = r.w.elsewhere.Mentions[1:]
	r.w.keys[Source] = r.w.keys[Source][1:]
	r.apply(LookAgain{})
	r.settle()
	want[OpenMention], want[OpenWaiver] = 1, 1
	if got := openKinds(r.s); !maps.Equal(got, want) {
		t.Errorf("after a look: %v", got)
	}
	// A look that cannot see into the space, or does not know the address, closes nothing.
	seen := r.w.elsewhere
	for _, blind := range []Unseen{{Ref: Ref{"s1", "prod"}, Kind: "space"}, {Ref: Ref{"i1", "orders-db"}, Kind: "service"}} {
		r.w.elsewhere = Elsewhere{Unseen: append(slices.Clone(seen.Unseen), blind)}
		r.apply(LookAgain{})
		r.settle()
		if got := openKinds(r.s); got[OpenMention] != 1 {
			t.Errorf("%s not seen: %v", blind.Name, got)
		}
	}
	r.w.elsewhere = seen
	r.restart()
	if got := openKinds(r.s); !maps.Equal(got, want) {
		t.Errorf("after a restart: %v", got)
	}
	// A word has a name and a note.
	q := r.mustAsk(QuestionValidate)
	for _, field := range []string{FieldCloser, FieldNote} {
		a, _ := q.Complete(OptionCloseItem, "done")
		a.Values[field] = []string{" "}
		if r.apply(Answered{a}); r.s.Notice == "" || !maps.Equal(openKinds(r.s), want) {
			t.Errorf("closed without %s: %q", field, r.s.Notice)
		}
	}
	for n := 5; n > 0; n-- {
		if q = r.mustAsk(QuestionValidate); !offers(q, OptionCloseItem, OptionYes) || !strings.Contains(q.Options[0].Consequence, thingsLeft(n)) {
			t.Fatalf("%d open: %+v", n, q.Options)
		}
		r.choose(OptionCloseItem)
	}
	if got := openKinds(r.s); !maps.Equal(got, map[OpenKind]int{OpenReach: 1}) {
		t.Errorf("all said, and open: %v", got)
	}
	if q = r.mustAsk(QuestionValidate); offers(q, OptionCloseItem) {
		t.Errorf("nothing is left to close: %+v", q.Options)
	}
	// Whoever gets the address again is open again.
	r.w.elsewhere.Mentions = append(slices.Clone(seen.Mentions), Mention{Ref: Ref{"u0", "direct"}, Kind: MentionService})
	r.apply(LookAgain{})
	r.settle()
	if got := openKinds(r.s); got[OpenMention] != 1 {
		t.Errorf("found again: %v", got)
	}
}

func thingsLeft(n int) string {
	if n == 1 {
		return "1 thing stays open"
	}
	return fmt.Sprintf("%d things stay open", n)
}

// TestWhatIsKeptStaysOpen: the source that is left on purpose, with until when; and it is
// not told complete before that is closed by a word, which can be said after the end.
func TestWhatIsKeptStaysOpen(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("clean-up.cooling")
	r.choose(OptionLeave)
	if got := openKinds(r.s); r.s.Choices.Ended == nil || !maps.Equal(got, map[OpenKind]int{OpenKept: 1, OpenReach: 1}) {
		t.Fatalf("ended %+v, open %v", r.s.Choices.Ended, got)
	}
	i, err := FindOpen(r.s, "kept:orders-db")
	if err != nil || !i.Until.Equal(r.s.Choices.Validated.At.Add(7*24*time.Hour)) {
		t.Errorf("%+v, %v", i, err)
	}
	for _, id := range []string{i.ID, "access"} {
		if !strings.Contains(Standing(r.s), "still open") || Badge(r.s, CleanUp) == "" {
			t.Errorf("%s is open, and it says %q", id, Standing(r.s))
		}
		r.apply(ItemClosed{ID: id, By: "Kim", Note: "the archive needs it"})
	}
	if len(OpenItems(r.s)) > 0 || strings.Contains(Standing(r.s), "open") || r.s.Choices.Ended == nil {
		t.Errorf("open %v: %s", OpenItems(r.s), Standing(r.s))
	}
}

// TestBackOnTheSourceIsOpen: what was cancelled or switched off by hand is to be brought up
// again there, too; nothing else is left to do.
func TestBackOnTheSourceIsOpen(t *testing.T) {
	r := atValidate(t)
	back, _ := AskBackOut(r.s).Default(OptionBackOut)
	r.apply(Answered{back})
	r.settle()
	for range 6 {
		r.watch()
	}
	r.choose(OptionEnd)
	want := map[OpenKind]int{OpenMention: 2, OpenWaiver: 1, OpenTask: 1, OpenScheduler: 1}
	if got := openKinds(r.s); !maps.Equal(got, want) {
		t.Fatalf("open: %v", got)
	}
	if !strings.Contains(Standing(r.s), "5 things are still open") {
		t.Error(Standing(r.s))
	}
	for _, i := range OpenItems(r.s) {
		if i.Kind == OpenTask && !strings.Contains(i.Why, "on the source") {
			t.Error(i.Why)
		}
	}
}
