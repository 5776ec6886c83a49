package steps_test

import (
	"slices"
	"strings"
	"testing"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// lossPoints are where a record can be lost, from the start of the downtime on.
var lossPoints = []QuestionID{QuestionFinalize, QuestionFinalizing, QuestionSwitch}

// loseRecord goes on with another machine, or with this one after its record was lost:
// the world is as it was left.
func loseRecord(t *testing.T, at QuestionID) *run {
	t.Helper()
	w := newWorld(false)
	r := newRun(t, w)
	r.until(string(at))
	if w.app("a1").State != Stopped {
		t.Fatalf("at %s nothing is stopped", at)
	}
	return newRun(t, w)
}

// onward takes what is recommended until something is asked that has no recommendation,
// or the way is the option to be taken, or it has ended.
func (r *run) onward(way string) *Question {
	for range 200 {
		q := Ask(r.s)
		switch {
		case q == nil && r.s.Choices.Ended != nil:
			return nil
		case q != nil && q.ID == QuestionApplications:
			return q
		case q != nil && q.ID == QuestionAdopted:
			r.choose(OptionTakeOver)
		case q != nil && q.Waiting():
			r.w.step(false)
			r.watch()
		case q == nil:
			r.watch()
		default:
			option := q.Alone()
			for _, o := range q.Options {
				if o.ID == way && way != "" {
					option = way
				}
			}
			if way == OptionBackOut && option == way {
				way = ""
			}
			r.choose(option)
		}
	}
	r.t.Fatalf("no end from %s: %+v", Current(r.s), Ask(r.s))
	return nil
}

// TestWhatAnotherHasStoppedIsAskedAbout: an application that is bound and stopped, and
// that this record has not stopped, is never taken for one that did not run. Whichever
// way is gone, it is asked first, nothing is answered by saying nothing, and with the
// truth everything ends as it was before all of it.
func TestWhatAnotherHasStoppedIsAskedAbout(t *testing.T) {
	t.Parallel()
	for _, at := range lossPoints {
		for way, side := range map[string]Side{"": Target, OptionBackOut: Source} {
			if way != "" && at == QuestionSwitch {
				continue // a machine that finds COMPLETED is at Switch, where this is asked first
			}
			r := loseRecord(t, at)
			q := r.onward(way)
			if q == nil {
				t.Fatalf("%s %q: it was not asked", at, way)
			}
			if q.Recommended != "" || q.Unattended != "" || q.Check(Answer{Question: q.ID}) == nil {
				t.Errorf("%s %q: it can be passed: %+v", at, way, q)
			}
			if o, _ := q.Option(OptionSomeRan); o.Fields[0].Optional || o.Fields[0].Default != "" || q.Check(Answer{Question: q.ID, Option: OptionSomeRan}) == nil {
				t.Errorf("%s %q: it can be passed by picking nothing: %+v", at, way, o)
			}
			if c := Claims(r.s)[0]; c.Value != ValueUnsure || c.Basis != BasisSeen || c.Count != 3 {
				t.Errorf("%s %q: %+v", at, way, c)
			}
			if s := Standing(r.s); !strings.Contains(s, "not known whether they ran before") {
				t.Errorf("%s %q: %s", at, way, s)
			}
			had := len(r.w.log)
			r.watch() // nothing goes on while it is open
			if done := r.w.log[had:]; len(done) > 0 {
				t.Errorf("%s %q: %v before it was answered", at, way, done)
			}
			r.apply(Answered{r.w.whoRan(q)})
			r.settle()
			if q := r.onward(way); q != nil {
				t.Fatalf("%s %q: asked twice: %+v", at, way, q)
			}
			r.w.checkSide(t, side)
			if !slices.ContainsFunc(r.s.History, func(m Moment) bool {
				return m.Kind == MomentBefore && m.ID == "a1" && m.Status == Started && m.By != ""
			}) {
				t.Errorf("%s %q: the record does not have who said so", at, way)
			}
		}
	}
}

// TestWhatWasSeenStoppedIsNotAskedAbout: what this record has seen stopped before it
// began the replication needs nobody's word, unless it ran since.
func TestWhatWasSeenStoppedIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(false)
	r := newRun(t, w)
	r.until(string(QuestionInSync))
	w.app("a3").State = Started // somebody tries something
	r.apply(w.answer(r.s, ObserveApps, r.s.Sequence()))
	w.app("a3").State = Stopped // and somebody stops it
	r.choose(OptionGoOn)
	if q := Ask(r.s); q == nil || q.ID != QuestionApplications || !strings.Contains(q.Title, "admin") {
		t.Fatalf("%+v", q)
	}
	r.choose(OptionNoneRan)
	if q := Ask(r.s); q == nil || q.ID != QuestionStopWriters {
		t.Fatalf("%+v", q)
	}
}

// TestAHalfSwitchedApplicationIsAskedAbout: what another machine has bound to the target
// and not started yet is on neither side's list of bindings to the source.
func TestAHalfSwitchedApplicationIsAskedAbout(t *testing.T) {
	t.Parallel()
	r := loseRecord(t, QuestionSwitch)
	a := r.w.app("a1")
	a.Target, a.Source = Bindings{{GUID: "b9", Name: "db"}}, nil
	q := r.onward("")
	if q == nil || len(Unsure(r.s)) != 3 {
		t.Fatalf("%+v, %+v", q, Unsure(r.s))
	}
	r.apply(Answered{r.w.whoRan(q)})
	r.settle()
	if q := r.onward(""); q != nil {
		t.Fatalf("%+v", q)
	}
	r.w.checkSide(t, Target)
}
