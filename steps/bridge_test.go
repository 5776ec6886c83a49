package steps_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// refuse lets requests fail that are of one kind and about one application; empty: about
// any.
func (w *world) refuse(verb Verb, app string) {
	w.refuses = func(e Effect) bool { return e.Do == verb && (app == "" || e.App.GUID == app) }
}

// upTo follows the recommendations up to a question, trying nothing twice.
func (r *run) upTo(question QuestionID) {
	r.t.Helper()
	r.until(string(question))
}

func (r *run) mustAsk(question QuestionID) *Question {
	r.t.Helper()
	q := Ask(r.s)
	if q == nil || q.ID != question {
		r.t.Fatalf("asks %+v at %s, not %s; log %v", q, Current(r.s), question, r.w.log)
	}
	return q
}

func offers(q *Question, options ...string) bool {
	return !slices.ContainsFunc(options, func(o string) bool { _, ok := q.Default(o); return !ok })
}

// TestWhatCannotBeBroughtUpIsAskedAboutByName: whichever request fails on the way to the
// target, passing it by is no word that an application may stay down.
func TestWhatCannotBeBroughtUpIsAskedAboutByName(t *testing.T) {
	for _, verb := range []Verb{DoBind, DoUnbind, DoStartApp} {
		t.Run(string(verb), func(t *testing.T) {
			w := newWorld(false)
			r := newRun(t, w)
			r.upTo(QuestionSwitch)
			w.refuse(verb, "a2")
			r.choose(OptionSwitch)
			r.mustAsk(FailedQuestion(Switch))
			r.choose(OptionPass)
			r.watch()
			q := r.mustAsk(QuestionNotUp)
			if Current(r.s) != Switch || !offers(q, OptionStart, OptionLeave, OptionWait, OptionBackOut) || StatusOf(r.s, Switch) != Attention {
				t.Fatalf("at %s: %+v", Current(r.s), q)
			}
			if len(NotUp(r.s)) != 1 || w.app("a1").State != Started {
				t.Errorf("not up: %+v", NotUp(r.s))
			}
			w.refuses = nil
			r.choose(OptionStart)
			r.mustAsk(QuestionValidate)
			r.follow()
			w.checkSwitched(t)
		})
	}
}

// TestWhoeverIsLeftIsNamed: going on without an application takes its name, stands in
// the record, and brings the others through.
func TestWhoeverIsLeftIsNamed(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.upTo(QuestionSwitch)
	w.refuse(DoStartApp, "a2")
	r.choose(OptionSwitch)
	r.choose(OptionPass)
	r.choose(OptionLeave)
	r.mustAsk(QuestionValidate)
	if !r.s.History.Has(1, func(m *Moment) bool { return m.Is(MomentApp, AppLeft) && m.ID == "a2" }) {
		t.Error("the record does not say who was left")
	}
}

// TestANamedBindingThatStaysTakesAnotherName: the platform refuses a second binding of
// the same name; the person gives the new one another, or none.
func TestANamedBindingThatStaysTakesAnotherName(t *testing.T) {
	for _, name := range []string{"", "orders"} {
		w := newWorld(false)
		w.clings = map[string]bool{"b1": true}
		r := upToTheRefusal(t, w)
		q := Ask(r.s)
		if !offers(q, OptionLeaveOld) {
			t.Fatalf("%+v", q)
		}
		a, _ := q.Default(OptionLeaveOld)
		a.Values["name"] = []string{name}
		r.apply(Answered{a})
		r.settle()
		r.watch()
		got := w.app("a1")
		if got.State != Started || len(got.Target) != 1 || got.Target[0].Name != name || len(OldBindings(r.s)) != 1 {
			t.Errorf("%q: %+v, left %+v; log %v", name, got, OldBindings(r.s), w.log)
		}
		r.mustAsk(QuestionValidate)
	}
}

// TestNobodyIsAskedWhetherItWorksWhileItIsDown: somebody stops an application after the
// switch, before the word that all works and after it. Nothing is deleted then.
func TestNobodyIsAskedWhetherItWorksWhileItIsDown(t *testing.T) {
	for _, at := range []QuestionID{QuestionValidate, QuestionCleanUpTargetKey, QuestionCleanUpCooling, QuestionCleanUpSourceInstance} {
		for name, hurt := range map[string]func(*world){
			"stopped": func(w *world) { w.app("a2").State = Stopped },
			"unbound": func(w *world) { w.app("a2").Target = nil },
			"ill":     func(w *world) { w.ailing["a2"] = "web 0 is CRASHED" },
		} {
			t.Run(string(at)+" "+name, func(t *testing.T) {
				w := newWorld(false)
				r := newRun(t, w)
				r.upTo(at)
				hurt(w)
				if at != QuestionValidate { // the last look before the deletion sees it
					before := len(w.log)
					q := Ask(r.s)
					option := q.Alone()
					a, _ := q.Complete(option, "")
					r.apply(Answered{a})
					r.settle()
					if got := w.log[before:]; len(got) > 0 && at != QuestionCleanUpCooling {
						t.Fatalf("it was done: %v", got)
					}
					if at == QuestionCleanUpCooling {
						r.watch()
						if name == "ill" { // what was well is not asked again until something is to be deleted
							return
						}
					}
				} else {
					r.watch()
				}
				q := r.mustAsk(QuestionNotUp)
				if !offers(q, OptionStart, OptionLeave, OptionWait) {
					t.Errorf("%+v", q)
				}
				delete(w.ailing, "a2")
				r.choose(OptionStart)
				r.watch()
				r.mustAsk(QuestionValidate)
				r.follow()
				w.checkSwitched(t)
			})
		}
	}
}

// TestTheServiceIsClearedOnlyWhenAllAreHome: while an application cannot go home nothing
// more is removed, and the way on to the target stays open.
func TestTheServiceIsClearedOnlyWhenAllAreHome(t *testing.T) {
	for _, verb := range []Verb{DoBind, DoUnbind, DoStartApp, DoStopApp} {
		t.Run(string(verb), func(t *testing.T) {
			w := newWorld(false)
			r := newRun(t, w)
			r.upTo(QuestionValidate)
			w.refuse(verb, "a2")
			r.choose(OptionBackOut)
			q := r.mustAsk(FailedQuestion(BackOut))
			if w.finalization == "" || w.replication == "" {
				t.Fatalf("removed before all are home: %v", w.log)
			}
			if !offers(q, OptionRetry, OptionPass, OptionForward) {
				t.Errorf("%+v", q.Options)
			}
			r.choose(OptionPass)
			r.watch()
			q = r.mustAsk(QuestionNotUp)
			if w.finalization == "" || w.replication == "" || !offers(q, OptionForward, OptionLeave, OptionStart) {
				t.Fatalf("passing a request by is no word about an application: %v, %+v", w.log, q.Options)
			}
			if o, _ := q.Option(OptionForward); o.Typed == "" {
				t.Errorf("a1 writes to the source again: %+v", o)
			}
			w.refuses = nil
			r.choose(OptionForward)
			r.watch()
			r.mustAsk(QuestionValidate)
			w.checkSide(t, Target)
		})
	}
}

// TestLeftByNameTheRestGoesBack: whoever is left by name does not keep the rest from
// being taken back.
func TestLeftByNameTheRestGoesBack(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.upTo(QuestionValidate)
	w.refuse(DoBind, "a2")
	r.choose(OptionBackOut)
	r.choose(OptionPass)
	r.choose(OptionLeave)
	r.watch()
	q := r.mustAsk(QuestionBackedOut)
	if w.finalization != "" || w.replication != "" || !strings.Contains(q.Why, "worker") {
		t.Errorf("%v; %+v", w.log, q)
	}
}

// TestOneAfterTheOtherEachSeen: the replication is never removed while the finalization
// is there, whatever became of the request to remove that.
func TestOneAfterTheOtherEachSeen(t *testing.T) {
	for _, at := range []QuestionID{QuestionFinalizing, QuestionValidate} {
		for _, way := range []string{OptionRetry, OptionPass} {
			t.Run(string(at)+" "+way, func(t *testing.T) {
				w := newWorld(false)
				r := newRun(t, w)
				r.upTo(at)
				w.refuse(DoDeleteFinalization, "")
				r.choose(OptionBackOut)
				r.mustAsk(FailedQuestion(BackOut))
				r.choose(way)
				for range 3 {
					r.watch()
				}
				if w.replication == "" || w.logged("delete-replication") >= 0 || w.logged("refused delete-replication") >= 0 {
					t.Fatalf("%v", w.log)
				}
				if way == OptionPass {
					q := r.mustAsk(QuestionBackedOut)
					if offers(q, OptionEndClean) || !strings.Contains(q.Why, "finalization") {
						t.Errorf("what is left on the service still needs its keys: %+v", q)
					}
					w.checkSide(t, Source)
					return
				}
				w.refuses = nil
				r.choose(OptionRetry)
				r.watch()
				r.mustAsk(QuestionBackedOut)
				if w.replication != "" || w.logged("delete-replication") < w.logged("delete-finalization") {
					t.Errorf("%v", w.log)
				}
			})
		}
	}
}

// TestALookThatContradictsCancels: what was decided because something was gone or had
// failed is not carried out when it is seen to run.
func TestALookThatContradictsCancels(t *testing.T) {
	for _, c := range []struct {
		name  string
		at    QuestionID
		spoil func(*world)
		ask   QuestionID
		heal  func(*world)
	}{
		{"replication gone", QuestionReplicating, func(w *world) { w.replication = "" }, QuestionReplicationGone, func(w *world) { w.replication = Running }},
		{"replication failed", QuestionReplicating, func(w *world) { w.replication = Failed }, QuestionReplicationFailed, func(w *world) { w.replication = Running }},
		{"finalization gone", QuestionFinalizing, func(w *world) { w.finalization = "" }, QuestionFinalizationGone, func(w *world) { w.finalization = Running }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(false)
			r := newRun(t, w)
			r.upTo(c.at)
			c.spoil(w)
			for range 12 {
				if q := Ask(r.s); q != nil && q.ID == c.ask {
					break
				}
				w.now = w.now.Add(time.Minute)
				r.watch()
			}
			r.mustAsk(c.ask)
			before := len(w.log)
			a, _ := Ask(r.s).Default(OptionBackOut)
			c.heal(w)
			r.apply(Answered{a})
			r.settle()
			r.watch()
			if got := w.log[before:]; len(got) > 0 {
				t.Fatalf("it was done all the same: %v", got)
			}
			if r.s.Choices.BackOut != nil || r.s.Notice == "" {
				t.Errorf("the decision stands: %+v, notice %q", r.s.Choices.BackOut, r.s.Notice)
			}
			r.mustAsk(c.at)
		})
	}
}

// TestNothingIsRemovedOnAnOldLook: between the decision and the request there may be a
// night.
func TestNothingIsRemovedOnAnOldLook(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.upTo(QuestionInSync)
	a, _ := Ask(r.s).Default(OptionBackOut)
	r.apply(Answered{a})
	for _, see := range []Observable{ObserveReplication, ObserveFinalization} {
		r.apply(w.answer(r.s, see, r.s.Sequence()))
	}
	w.now = w.now.Add(8 * time.Hour)
	r.apply(w.answer(r.s, ObserveApps, r.s.Sequence()))
	if len(r.queue) > 0 {
		t.Fatalf("sent on a look of last night: %v", r.queue)
	}
	r.watch()
	r.mustAsk(QuestionBackedOut)
}
