package steps_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// holdsTheBridge checks at every moment that no bridge is burnt before the other bank is
// reached. It judges by what was seen and by whom the person has named, not by the
// machine's own reading of that.
func (r *walk) holdsTheBridge(effects []Effect) {
	if q := Ask(r.s); q != nil {
		r.asksNothingTooEarly(q)
		r.bringsUp(q)
		r.deletesNothingOver(q)
	}
	r.forgetsNothing()
	for _, e := range effects {
		switch {
		case e.Do != DoDeleteReplication && e.Do != DoDeleteFinalization:
		case e.Do == DoDeleteFinalization && r.s.Facts.Finalization.Word != Completed && r.s.Facts.Finalization.Word != Failed:
			// what may still run goes first
		case e.Do == DoDeleteReplication && r.s.Facts.Finalization.Exists:
			r.t.Fatalf("the replication is removed while the finalization is %s", r.s.Facts.Finalization.Word)
		default:
			for _, m := range r.s.Choices.Memory {
				if !r.upOn(m, Source) && !slices.Contains(r.s.Choices.BackOut.Left, m.GUID) {
					r.t.Fatalf("%s while %s is not home: %+v", e, m.Name, r.seen(m))
				}
			}
		}
	}
	if e := r.s.Choices.Ended; e != nil && !r.touched {
		for _, m := range r.s.Choices.Memory {
			if a := r.seen(m); m.State == Started && a != nil && a.State == Stopped && !r.leftByName(m) {
				r.t.Fatalf("ended %s with %s down; log %v", e.How, m.Name, r.w.log)
			}
		}
	}
}

func (r *walk) seen(m AppMemory) *App {
	if i := slices.IndexFunc(r.s.Facts.Apps, func(a App) bool { return a.GUID == m.GUID }); i >= 0 {
		return &r.s.Facts.Apps[i]
	}
	return nil
}

// upOn: whoever ran is seen to run, bound to that side, and to the other by nothing that
// is in force.
func (r *walk) upOn(m AppMemory, to Side) bool {
	a := r.seen(m)
	if m.State != Started && (to == Source || !green(r.s, m.GUID)) || a != nil && a.Gone {
		return true
	}
	if a == nil || a.State != Started {
		return false
	}
	here, other := a.Source, a.Target
	switch {
	case m.Side == Target:
		return here == nil && (to == Source || other.InForce() != nil)
	case m.Side == Both && to == Source:
		return here.InForce() != nil
	case to == Target:
		here, other = other, here
	}
	return here.InForce() != nil && other.InForce() == nil
}

func (r *walk) leftByName(m AppMemory) bool {
	c := r.s.Choices
	return c.Switch != nil && slices.Contains(c.Switch.Left, m.GUID) || c.BackOut != nil && slices.Contains(c.BackOut.Left, m.GUID)
}

// asksNothingTooEarly: whether all works is asked, and a deletion is offered, only while
// each that ran is up on the target or left by name; and while an alarm may have cost
// writes nothing that deletes is proposed, and the source takes a word of its own.
func (r *walk) asksNothingTooEarly(q *Question) {
	deletion, deletes := q.Option(OptionDelete)
	deletes = deletes && q.Step == CleanUp
	if q.ID != QuestionValidate && !deletes {
		return
	}
	for _, m := range r.s.Choices.Memory {
		if !r.upOn(m, Target) && !slices.Contains(r.s.Choices.Switch.Left, m.GUID) {
			r.t.Fatalf("asks %s while %s is not up: %+v", q.ID, m.Name, r.seen(m))
		}
	}
	open := LossAlarms(r.s)
	switch {
	case len(open) == 0:
	case q.ID == QuestionValidate && (len(r.s.Choices.AlarmWords) == 0 || q.Recommended != OptionWait):
		r.t.Fatalf("asks whether all works over %+v: %+v", open, q)
	case deletes && (q.Recommended == OptionDelete || q.Alone() == OptionDelete):
		r.t.Fatalf("proposes to delete over %+v: %+v", open, q)
	case deletes && q.ID == QuestionCleanUpSourceInstance && deletion.Typed == deletion.Label:
		r.t.Fatalf("the source goes without a word of its own")
	}
}

// ways are the options that lead to where applications are up, each in its question.
var ways = []string{
	OptionRetry, OptionStart, OptionLeaveOld, OptionForward, OptionSwitch, OptionArrange, OptionGreen, OptionGoOn, OptionRestart,
	OptionPostpone, OptionBackOut, OptionFinalize, OptionBack, OptionLook, OptionStop, OptionAgain,
}

// bringsUp: while an application that ran is down and no request is under way, the
// question has a way on which it comes up.
func (r *walk) bringsUp(q *Question) {
	if len(r.flying) > 0 || q.Waiting() || q.Step == SignIn {
		return
	}
	for _, m := range Down(r.s) {
		if r.leftByName(m) || slices.ContainsFunc(q.Options, func(o Option) bool { return o.Blocked == "" && slices.Contains(ways, o.ID) }) {
			continue
		}
		r.t.Fatalf("%s is down, and %s offers nothing for it: %+v", m.Name, q.ID, q.Options)
	}
}

// TestNoBridgeIsBurnt walks at random through switch, back-out and clean-up, with a
// platform that fails to delete some bindings for good, until all that ran is up.
func TestNoBridgeIsBurnt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rapid.Bool().Draw(t, "gcp"))
		w.clings = map[string]bool{}
		for _, b := range []string{"b1", "b2"} {
			w.clings[b] = rapid.Bool().Draw(t, "clings "+b)
		}
		r := &walk{t: t, w: w, s: New(), quick: true}
		r.apply(Resumed{})
		r.lead(rapid.SampledFrom([]string{"finalizing", "switch", "switching", "validate"}).Draw(t, "begins at"))
		for range rapid.IntRange(5, 60).Draw(t, "steps") {
			w.now = w.now.Add(7_000_000_000)
			r.stride()
		}
		for range 600 {
			if r.s.Choices.Ended != nil {
				break
			}
			r.quietly(func(q *Question) string {
				if _, ok := q.Default(OptionPass); ok && q.Step == CleanUp {
					return OptionPass // the old binding stays
				}
				for _, way := range []string{OptionLeaveOld, OptionForward, "retry", "end", q.Alone(), "look"} {
					if _, ok := q.Default(way); ok {
						return way
					}
				}
				return ""
			})
		}
		if r.s.Choices.Ended == nil {
			t.Fatalf("no end at %s: asks %+v, work %+v; log %v", Current(r.s), Ask(r.s), r.s.Work, w.log)
		}
		if r.touched {
			return
		}
		for _, a := range w.apps {
			was := w.before[a.GUID]
			left := r.leftByName(AppMemory{Ref: a.Ref})
			if was.State == Started && a.State != Started && !left {
				t.Fatalf("%s ended %s; log %v", a.Name, a.State, w.log)
			}
		}
	})
}
