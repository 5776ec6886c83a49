package steps_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "pg-migrate-wizard/steps" //nolint:revive // the tests speak the package's words
)

// follow takes the recommended option until the migration ends.
func (r *run) follow() {
	r.t.Helper()
	r.settle()
	for range 200 {
		if r.s.Choices.Ended != nil {
			return
		}
		q := Ask(r.s)
		if q == nil || q.Waiting() {
			r.w.step(false)
			r.watch()
			continue
		}
		r.choose(carefully(q))
	}
	r.t.Fatalf("no end; stands at %s with %+v", Current(r.s), Ask(r.s))
}

func TestGoodDay(t *testing.T) {
	for _, c := range []struct {
		name       string
		gcp, tells bool
	}{{"plain", false, true}, {"broker tells no parameters", false, false}, {"Google Cloud", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(c.gcp)
			w.tells = c.tells
			r := newRun(t, w)
			r.follow()
			if how := r.s.Choices.Ended.How; how != EndCompleted {
				t.Fatalf("ended %s", how)
			}
			w.checkSwitched(t)
			if len(w.keys[Source]) != 0 || len(w.keys[Target]) != 0 {
				t.Errorf("keys left: %v", w.keys)
			}
			if slices.ContainsFunc(w.instances, func(i Instance) bool { return i.Name == "orders-db" }) {
				t.Error("the source is left")
			}
			for _, id := range Road() {
				if StatusOf(r.s, id) != Done {
					t.Errorf("%s is %s", id, StatusOf(r.s, id))
				}
			}
		})
	}
}

// checkSwitched: every application is on the target as it was on the source.
func (w *world) checkSwitched(t testing.TB) {
	t.Helper()
	for _, a := range w.apps {
		was := w.before[a.GUID]
		if a.Source != nil || a.Target == nil {
			t.Errorf("%s: bound to source %v, target %v", a.Name, a.Source, a.Target)
			continue
		}
		if a.State != was.State || a.Target[0].Name != was.Source[0].Name || string(a.Target[0].Params) != string(was.Source[0].Params) || !slices.Equal(a.Processes, was.Processes) {
			t.Errorf("%s is %+v (binding %+v), was %+v (binding %+v)", a.Name, a, a.Target, was, was.Source)
		}
	}
}

// checkBack: every application is on the source as it was.
func (w *world) checkBack(t testing.TB) {
	t.Helper()
	for _, a := range w.apps {
		was := w.before[a.GUID]
		if a.Target != nil || a.Source == nil || a.Source[0].GUID != was.Source[0].GUID || a.State != was.State {
			t.Errorf("%s is %+v, was %+v", a.Name, a, was)
		}
	}
}

// until follows the recommendations up to a question.
func (r *run) until(question string) {
	r.t.Helper()
	r.settle()
	for range 100 {
		q := Ask(r.s)
		if q != nil && string(q.ID) == question {
			return
		}
		if q == nil || q.Waiting() {
			r.w.step(false)
			r.watch()
			continue
		}
		r.choose(carefully(q))
	}
	r.t.Fatalf("never asked %s; stands at %s with %+v", question, Current(r.s), Ask(r.s))
}

func TestFailedReplicationStartsOverWithANewTarget(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("replicating")
	w.replication = Failed
	r.watch()
	if q := Ask(r.s); q.ID != "replication.failed" || StatusOf(r.s, Replicate) != Attention {
		t.Fatalf("asks %s", q.ID)
	}
	r.choose("back-out")
	if w.replication != "" {
		t.Fatal("the replication is still there")
	}
	r.choose("again")
	q := Ask(r.s)
	if q.ID != "target" {
		t.Fatalf("asks %s", q.ID)
	}
	if o, _ := q.Option("i2"); o.Blocked == "" {
		t.Error("the used target is offered again")
	}
	if o, _ := q.Option("i4"); o.Blocked == "" {
		t.Error("a trial plan is offered")
	}
	r.follow()
	w.checkSwitched(t)
	if r.s.Choices.Ended.How != EndCompleted || r.s.Choices.Target.Name != "orders-second" {
		t.Errorf("ended %+v on %+v", r.s.Choices.Ended, r.s.Choices.Target)
	}
}

func TestFailedFinalizationGoesBackToTheSource(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("finalizing")
	w.finalization = Failed
	r.watch()
	if q := Ask(r.s); q.ID != "finalization.failed" || q.Recommended != "restart" {
		t.Fatalf("asks %s", q.ID)
	}
	r.choose("restart")
	w.checkBack(t)
	if w.finalization != Failed {
		t.Error("what support wants to see was removed without being asked")
	}
	r.choose("support")
	if r.s.Choices.Ended.How != EndForHelp {
		t.Errorf("ended %+v", r.s.Choices.Ended)
	}
}

func TestBackOutFromEveryStateBeforeCompleted(t *testing.T) {
	for _, question := range []string{"replicating", "in-sync", "stop-writers", "finalize", "finalizing"} {
		t.Run(question, func(t *testing.T) {
			w := newWorld(true)
			r := newRun(t, w)
			r.until(question)
			r.choose("back-out")
			w.checkBack(t)
			if w.replication != "" || w.finalization != "" {
				t.Errorf("left on the service: %q %q", w.replication, w.finalization)
			}
			r.choose("end-clean")
			if len(w.keys[Source])+len(w.keys[Target]) != 0 || r.s.Choices.Ended == nil {
				t.Errorf("keys left: %v, ended %v", w.keys, r.s.Choices.Ended)
			}
		})
	}
}

func TestPostponedCutOverKeepsTheReplication(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("finalize")
	r.choose("postpone")
	w.checkBack(t)
	if w.replication != InSync || Current(r.s) != Replicate {
		t.Fatalf("replication %q, at %s", w.replication, Current(r.s))
	}
	w.confirmed = false
	r.follow()
	w.checkSwitched(t)
}

func TestGroundMovesUnderTheConfirmation(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("finalize")
	w.app("a1").State = Started // a pipeline starts it behind our back
	q := Ask(r.s)
	a, _ := q.Default("finalize")
	r.apply(Answered{a})
	r.settle()
	if w.finalization != "" || w.app("a1").State != Started {
		t.Fatal("finalized over a running writer, or stopped it without a word")
	}
	if r.s.Choices.Finalize != nil || r.s.Notice == "" {
		t.Errorf("the confirmation still stands: %+v, notice %q", r.s.Choices.Finalize, r.s.Notice)
	}
	if q := Ask(r.s); q.ID != "stop-writers" || q.Tone != Bad {
		t.Fatalf("asks %+v", q)
	}
	r.follow()
	w.checkSwitched(t)
}

func TestWaivedApplicationIsSwitchedToo(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("stop-writers")
	a, _ := Ask(r.s).Default("waive")
	a.Values["lines"], a.Values["reason"] = []string{"app:a2"}, []string{"reads only"}
	r.apply(Answered{a})
	r.choose("stop")
	if w.app("a2").State != Started || w.app("a1").State != Stopped {
		t.Fatal("the waiver was not kept")
	}
	r.follow()
	w.checkSwitched(t)
}

func TestWrongAnswersChangeNothing(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("finalize")
	for _, a := range []Answer{
		{Question: "finalize", Option: "finalize", Typed: "orders"},
		{Question: "finalize", Option: "nonsense"},
		{Question: "in-sync", Option: "go-on"},
		{},
	} {
		before := len(w.log)
		r.apply(Answered{a})
		r.settle()
		if r.s.Notice == "" || len(w.log) != before {
			t.Errorf("answer %+v: notice %q, log %v", a, r.s.Notice, w.log[before:])
		}
	}
}

// TestARememberedMigrationIsOfferedWithoutASpace: a login that points at no space
// is an ordinary one, and no reason to begin a second migration beside the first.
func TestARememberedMigrationIsOfferedWithoutASpace(t *testing.T) {
	for _, remembered := range []bool{true, false} {
		w := newWorld(false)
		org, space := w.session.Org, w.session.Space
		w.session.Org, w.session.Space = Ref{}, Ref{}
		if remembered {
			w.saved = []JournalSummary{{ID: "20261122-1", Org: org.Name, Space: space.Name, Source: "orders-db", Target: "orders-hyperscaler", Step: Switch}}
		}
		r := newRun(t, w)
		r.settle()
		q := Ask(r.s)
		if remembered {
			if q.ID != "where" || q.Recommended != "continue:20261122-1" {
				t.Fatalf("asks %+v", q)
			}
			if _, ok := q.Option("here"); ok {
				t.Error("offers to start in no space")
			}
			r.apply(Answered{Answer{Question: "where", Option: "elsewhere"}})
			r.settle()
			q = Ask(r.s)
		}
		if q.ID != "org" {
			t.Errorf("asks %+v", q)
		}
	}
}

// TestLeavingSaysOnlyWhatWasSeen: a resumed wizard that is left at once has not
// seen what runs, and does not say that nothing does.
func TestLeavingSaysOnlyWhatWasSeen(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("in-sync")
	r.s, _ = Apply(New(), Event{At: w.now, Is: Resumed{Choices: r.s.Choices, History: r.s.History, Did: r.s.Did}})
	before := r.s
	for _, seen := range []Occurrence{
		SawSession{Observation{9}, w.session},
		SawReplication{Observation: Observation{9}, Names: r.s.Names(), Exists: true, Word: Failed},
		SawFinalization{Observation: Observation{9}, Names: r.s.Names(), Exists: false, Word: ""},
	} {
		r.s, _ = Apply(r.s, Event{At: w.now, Is: seen})
	}
	if said := strings.Join(Leaving(r.s), " "); !strings.Contains(said, "failed") || strings.Contains(said, "goes on") {
		t.Error(said)
	}
	r.s = before
	if said := strings.Join(Leaving(r.s), " "); !strings.Contains(said, "goes on") {
		t.Error(said)
	}
	if said := strings.Join(Leaving(r.s), " "); !strings.Contains(said, "not seen yet") || strings.Contains(said, "Nothing runs") {
		t.Error(said)
	}
}

// TestSinceWhenIsSaidWhereItWasSeen: of a replication that a colleague has begun
// it is not known since when it runs, also after a restart; only of its next turn.
func TestSinceWhenIsSaidWhereItWasSeen(t *testing.T) {
	w := newWorld(false)
	r := newRun(t, w)
	r.until("target-key")
	w.replication = Running
	r.until("in-sync")
	if p := r.s.Facts.Replication; p.Since.IsZero() || r.s.Choices.Replicate != nil {
		t.Errorf("its turn to %s was seen: %+v", p.Word, p)
	}

	again := newWorld(false)
	r = newRun(t, again)
	r.until("target-key")
	again.replication = InSync
	r.until("in-sync")
	r.restart()
	r.until("in-sync")
	if p := r.s.Facts.Replication; !p.Since.IsZero() {
		t.Errorf("%s since %s, which nobody has seen", p.Word, p.Since)
	}
}

// TestAnAnswerIsCountedTakenOrNot: whoever has sent one sees that it has arrived,
// also when an older one was refused and looks have come in since.
func TestAnAnswerIsCountedTakenOrNot(t *testing.T) {
	r := newRun(t, newWorld(false))
	r.until("source")
	at := r.s.Answers()
	r.apply(Answered{Answer{Question: "finalize", Option: "finalize"}})
	if r.s.Notice == "" || r.s.Answers() != at+1 {
		t.Fatalf("%d answers, %q", r.s.Answers()-at, r.s.Notice)
	}
	r.apply(LookAgain{})
	r.settle()
	if r.s.Notice == "" || r.s.Answers() != at+1 {
		t.Errorf("after looks %d answers, %q", r.s.Answers()-at, r.s.Notice)
	}
	r.apply(Answered{Answer{Question: "source", Option: "look"}})
	if r.s.Notice != "" || r.s.Answers() != at+2 {
		t.Errorf("%d answers, %q", r.s.Answers()-at, r.s.Notice)
	}
}

// TestTakingUpBeginsNothing: a resumed wizard looks where the migration stands;
// the record gets no steps by that, and their times stay as they were.
func TestTakingUpBeginsNothing(t *testing.T) {
	for _, question := range []string{"preflight.warnings", "in-sync", "finalize", "validate"} {
		w := newWorld(false)
		r := newRun(t, w)
		r.until(question)
		before := slices.Clone(r.s.History)
		w.now = w.now.Add(time.Hour)
		r.restart()
		if got := r.s.History; question != "preflight.warnings" && len(got) != len(before) {
			t.Errorf("%s: taking up has noted %+v", question, got[len(before):])
		}
		for _, id := range []ID{Databases, OpenAccess, Keys} {
			begin, end := Span(r.s, id)
			if end.Sub(begin) > time.Minute {
				t.Errorf("%s: %s took from %s to %s", question, id, begin, end)
			}
		}
	}
}
