package steps_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// deletesNothingOver: while something is open, nothing of the source that is gone for good
// is proposed, taken where nobody is, or under the cursor; and its consequence says so.
func (r *walk) deletesNothingOver(q *Question) {
	if len(Holding(r.s)) == 0 || q.Step != CleanUp {
		return
	}
	for _, o := range q.Options {
		if o.ID != OptionDeleteNow && !(o.ID == OptionDelete && o.Irreversible()) {
			continue
		}
		if q.Recommended == o.ID || q.Alone() == o.ID || q.Start() == o.ID {
			r.t.Fatalf("%s proposes %s over %+v", q.ID, o.ID, Holding(r.s))
		}
		if !strings.Contains(o.Consequence, "open") && len(LossAlarms(r.s)) == 0 {
			r.t.Fatalf("%s does not say what is open: %q", q.ID, o.Consequence)
		}
	}
}

// forgetsNothing: what is open after the switch stays open until a look or a word with a
// name closes it, whatever happens, a restart too; and nothing is called complete over it.
func (r *walk) forgetsNothing() {
	before := r.open
	r.open = nil
	ended := r.s.Choices.Ended
	if !IsCompleted(r.s) || r.s.Choices.BackOut != nil || ended != nil && ended.How != EndCompleted {
		return
	}
	now := map[string]OpenItem{}
	for _, i := range Ledger(r.s) {
		if _, twice := now[i.ID]; twice {
			r.t.Fatalf("%s stands there twice", i.ID)
		}
		now[i.ID] = i
	}
	for id, was := range before {
		i, there := now[id]
		word := slices.ContainsFunc(r.s.Choices.Closed, func(c ClosedItem) bool { return c.ID == id && c.By != "" }) ||
			slices.ContainsFunc(r.s.Choices.AlarmWords, func(w AlarmWord) bool { return "alarm:"+w.ID == id && w.Word == OptionCompared })
		look := slices.ContainsFunc(r.s.History, func(m Moment) bool { return m.Is(MomentOpenItem, "closed") && m.ID == id && m.By == "" })
		switch {
		case there && i.IsOpen(), word, look && there:
		case was.Kind == OpenKept && ended == nil: // it is asked again
		case was.Kind == OpenWaiver && !there && r.s.Choices.Waivers == nil: // taken back
		default:
			r.t.Fatalf("%+v has vanished: %+v; log %v", was, i, r.w.log)
		}
	}
	r.open = map[string]OpenItem{}
	for _, i := range OpenItems(r.s) {
		r.open[i.ID] = i
	}
	if n := len(r.open); ended != nil && n > 0 {
		head := Show(r.s, CleanUp, r.w.now)
		if slices.ContainsFunc(head, func(i Item) bool { return i.Kind == ItemHeadline && i.Tone == Good }) || !strings.Contains(Standing(r.s), "open") && len(LossAlarms(r.s)) == 0 {
			r.t.Fatalf("said to be complete over %+v: %s", r.open, Standing(r.s))
		}
	}
}

// TestNothingThatIsOpenIsForgotten walks at random from the switch on, with writers of
// every kind, while somebody mends what they have left here and there.
func TestNothingThatIsOpenIsForgotten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rapid.Bool().Draw(t, "gcp"))
		w.addWriters()
		r := &walk{t: t, w: w, s: New(), quick: true}
		r.apply(Resumed{})
		r.lead("source-key")
		a, _ := Ask(r.s).Default(OptionCreate)
		r.apply(Answered{a})
		r.lead(rapid.SampledFrom([]string{"finalizing", "switch", "validate", "clean-up.target-key", "clean-up.cooling"}).Draw(t, "begins at"))
		for range rapid.IntRange(5, 60).Draw(t, "steps") {
			w.now = w.now.Add(7_000_000_000)
			if rapid.IntRange(0, 9).Draw(t, "mends") == 0 {
				r.mend()
			}
			r.stride()
		}
		for range 300 {
			if r.s.Choices.Ended != nil {
				break
			}
			r.quietly(func(q *Question) string {
				for _, way := range []string{OptionPass, OptionLeaveOld, OptionForward, "retry", "end", q.Alone(), "look"} {
					if _, ok := q.Default(way); ok {
						return way
					}
				}
				return ""
			})
		}
		if !slices.ContainsFunc(Ledger(r.s), func(i OpenItem) bool { return i.Kind == OpenScheduler }) {
			t.Fatalf("nobody switches the scheduler on again: %+v", Ledger(r.s))
		}
	})
}

// mend gives one who names the source another address, or somebody starts to.
func (r *walk) mend() {
	m := &r.w.elsewhere.Mentions
	switch {
	case len(*m) > 0 && rapid.Bool().Draw(r.t, "away"):
		*m = slices.Clone((*m)[1:])
	case len(*m) < 4:
		guid := r.w.guid("u")
		*m = append(slices.Clone(*m), Mention{Ref: Ref{guid, guid}, Kind: MentionService, Apps: []App{{Ref: Ref{"x9", "late"}, State: Stopped}}})
	}
}
